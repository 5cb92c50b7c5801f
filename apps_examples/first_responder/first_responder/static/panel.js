// A ticket opens in the portal around this frame; window.portico comes from the bridge, which the shell has loaded.
document.addEventListener("click", (event) => {
  const ticket = event.target.closest("[data-portico-path]");
  if (ticket) window.portico?.navigate(ticket.dataset.porticoPath);
});
