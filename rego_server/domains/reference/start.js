// No validator and no other origin: the page works where there is no internet.
window.ui = SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#endpoints",
  deepLinking: true,
  docExpansion: "none",
  filter: true,
  persistAuthorization: false,
  validatorUrl: null,
});
