// Shows DOCUMENT, and nothing that asks for a key: an API key belongs to a back end, and this page sends nothing.
delete DOCUMENT.components.securitySchemes;
SwaggerUIBundle({
  dom_id: "#swagger-ui",
  spec: DOCUMENT,
  deepLinking: true,
  supportedSubmitMethods: [],
  validatorUrl: null,
  plugins: [{ wrapComponents: { authorizeOperationBtn: () => () => null } }],
});
