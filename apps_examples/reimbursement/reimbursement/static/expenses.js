// A sandboxed frame keeps no files and opens no PDF: the portal opens those in a tab of their own. And a page of the
// workspace, such as the approval, is the portal's to show.
document.addEventListener('click', (event) => {
  const link = event.target.closest('[data-open], [data-navigate]');
  if (!link || !window.portico?.embedded) return;
  event.preventDefault();
  const { open, navigate } = link.dataset;
  const done = navigate ? window.portico.navigate(navigate) : window.portico.open(open);
  done.catch((refusal) => console.warn('Expenses:', refusal.code));
});
// Files chosen are sent at once: one press less on a phone.
document.addEventListener('change', ({ target }) => {
  if (target.matches('input[type=file][data-send]') && target.files.length) target.form.requestSubmit();
});
