// Draws the API reference without anything from outside: no fonts, no telemetry, no client, no assistants.
const place = document.getElementById("reference");
window.Scalar.createApiReference(place, {
  url: place.dataset.document,
  withDefaultFonts: false,
  telemetry: false,
  hideClientButton: true,
  agent: { disabled: true },
  mcp: { disabled: true },
  showDeveloperTools: "never",
});
