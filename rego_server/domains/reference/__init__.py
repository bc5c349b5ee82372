"""What the server says of its own interface: an OpenAPI document and a page to read it."""
