// Native <dialog>: opened by [data-open="#id"], closed by [data-close] or a click beside it; the focus returns to
// what opened it. <details data-confirm> becomes a modal that holds the same form.
let opener = null;

export function open(dialog, from = document.activeElement) {
  opener = from;
  dialog.showModal();
}

function giveBack(dialog) {
  if (opener?.isConnected) opener.focus();
  opener = null;
  const home = dialog.porticoHome;
  if (!home) return;
  home.append(dialog.querySelector('[data-confirm-body]'));
  dialog.remove();
}

function ask(details) {
  const body = details.querySelector('[data-confirm-body]');
  const title = body.querySelector('.confirm-title');
  const dialog = document.createElement('dialog');
  dialog.className = 'dialog';
  title.id ||= `confirm-${crypto.randomUUID?.() ?? Math.random().toString(36).slice(2)}`;
  dialog.setAttribute('aria-labelledby', title.id);
  dialog.porticoHome = details;
  dialog.append(body);
  document.body.append(dialog);
  open(dialog, details.querySelector('summary'));
}

function onClick(event) {
  const summary = event.target.closest('details[data-confirm] > summary');
  if (summary) {
    event.preventDefault();
    ask(summary.parentElement);
    return;
  }
  const button = event.target.closest('[data-open]');
  const wanted = button && document.querySelector(button.dataset.open);
  if (wanted) {
    const menu = button.closest('details[data-menu]');
    if (menu) menu.open = false;
    open(wanted, menu ? menu.querySelector('summary') : button);
  }
  const dialog = event.target.closest('dialog[open]');
  if (dialog && (event.target.closest('[data-close]') || event.target === dialog && outside(dialog, event))) dialog.close();
}

function outside(dialog, event) {
  const box = dialog.getBoundingClientRect();
  return event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
}

export function start() {
  document.addEventListener('click', onClick);
  // "close" does not bubble, but it is seen on the way down.
  document.addEventListener('close', (event) => { if (event.target.tagName === 'DIALOG') giveBack(event.target); }, true);
}
