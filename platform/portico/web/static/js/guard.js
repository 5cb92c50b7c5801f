// form[data-guard]: leaving a page with changes that were not sent asks first (the browser's own words).
const first = new WeakMap();

function content(form) {
  return JSON.stringify([...new FormData(form)].map(([name, value]) => [name, value instanceof File ? value.name : value]));
}

export function isDirty(root = document) {
  return [...root.querySelectorAll('form[data-guard]')].some((form) => !form.dataset.sent && first.has(form) && first.get(form) !== content(form));
}

export function start() {
  // What the form held is noted at the first touch, after the browser has restored what it restores.
  document.addEventListener('focusin', (event) => {
    const form = event.target.closest?.('form[data-guard]');
    if (form && !first.has(form)) first.set(form, content(form));
  });
  addEventListener('beforeunload', (event) => { if (isDirty()) event.preventDefault(); });
}
