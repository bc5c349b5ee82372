"""HTTP: the route table, what every request goes through, and errors as answers. Knows no domain."""
