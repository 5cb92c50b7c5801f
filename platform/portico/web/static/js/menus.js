// <details data-menu>: one open at a time, Escape and a click elsewhere close it, arrows walk through it.
const ITEMS = 'a[href], button:not([disabled]), select';

function close(menu, giveFocus) {
  menu.open = false;
  if (giveFocus) menu.querySelector('summary').focus();
}

function step(menu, direction) {
  const items = [...menu.querySelectorAll(`.menu-panel :is(${ITEMS})`)].filter((item) => item.checkVisibility());
  const at = items.indexOf(document.activeElement);
  items.at((at + direction + items.length) % items.length)?.focus();
}

function onKey(event) {
  const menu = event.target.closest?.('details[data-menu][open]');
  if (!menu) return;
  if (event.key === 'Escape') {
    event.preventDefault();
    close(menu, true);
  } else if ((event.key === 'ArrowDown' || event.key === 'ArrowUp') && event.target.tagName !== 'SELECT') {
    event.preventDefault();
    step(menu, event.key === 'ArrowDown' ? 1 : -1);
  }
}

function closeOthers(target) {
  for (const menu of document.querySelectorAll('details[data-menu][open]')) {
    if (!menu.contains(target)) close(menu, false);
  }
}

export function start() {
  document.addEventListener('click', (event) => closeOthers(event.target));
  document.addEventListener('focusin', (event) => closeOthers(event.target));
  document.addEventListener('keydown', onKey);
  // A click inside an app's frame never reaches this document; the window only loses the focus.
  addEventListener('blur', () => { if (document.activeElement?.tagName === 'IFRAME') closeOthers(null); });
}
