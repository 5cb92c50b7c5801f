// [data-picker="#list"]: the list below a search box inside a larger form. While one types, the form is sent with
// step=search and the list alone is replaced; without scripts the button "Search" sends it all.
import { load } from './fragments.js';

const PAUSE = 250; // ms after the last key
const timers = new WeakMap();

function find(picker) {
  const form = picker.closest('form');
  const body = new URLSearchParams([...new FormData(form)].filter(([name, value]) => name !== 'password' && typeof value === 'string'));
  body.set('step', 'search');
  load(picker.dataset.picker, form.getAttribute('action') || location.href, { init: { method: 'POST', body }, remember: false, onRefusal: () => {} });
}

function later(picker, pause) {
  clearTimeout(timers.get(picker));
  timers.set(picker, setTimeout(() => find(picker), pause));
}

export function start() {
  document.addEventListener('input', (event) => {
    if (event.target.matches('[data-picker-search]')) later(event.target.closest('[data-picker]'), PAUSE);
  });
  // Enter in the box searches; it does not send the form that the box stands in.
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || !event.target.matches('[data-picker-search]')) return;
    event.preventDefault();
    later(event.target.closest('[data-picker]'), 0);
  });
  document.addEventListener('click', (event) => {
    const button = event.target.closest('[data-picker-find]');
    if (!button) return;
    event.preventDefault();
    later(button.closest('[data-picker]'), 0);
  });
  // What was typed before this module listened.
  for (const box of document.querySelectorAll('[data-picker-search]')) {
    if (box.value !== box.defaultValue) later(box.closest('[data-picker]'), PAUSE);
  }
}
