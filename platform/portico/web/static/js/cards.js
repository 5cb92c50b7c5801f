// Cards that are old, or not there yet, are asked for when the page is: each by the form that it has for that.
import { load } from './fragments.js';

function fetchCard(card) {
  const form = card.querySelector('[data-card-load]');
  if (!form || card.contains(document.activeElement)) return;
  card.removeAttribute('data-card-stale');
  load(`#${card.id}`, form.action, {
    remember: false, words: '', init: { method: 'POST', body: new URLSearchParams([...new FormData(form)]) }, onRefusal: () => card.removeAttribute('aria-busy'),
  });
}

export function start() {
  document.querySelectorAll('[data-card-stale]').forEach(fetchCard);
}
