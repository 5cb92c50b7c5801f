// [data-copy]: copies the text and says so, to the eye and to the ear.
import { announce, text } from './texts.js';
import { toast } from './toasts.js';

const SHOWN = 1600; // ms

async function copy(button) {
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
  } catch (refusal) {
    if (!(refusal instanceof DOMException || refusal instanceof TypeError)) throw refusal; // no permission, or plain http
    toast(text('copyFailed'), { tone: 'warning' });
    return;
  }
  button.classList.add('is-done');
  announce(text('copied'));
  const label = button.querySelector('span');
  const before = label.textContent;
  label.textContent = text('copied');
  setTimeout(() => {
    button.classList.remove('is-done');
    label.textContent = before;
  }, SHOWN);
}

export function start() {
  document.addEventListener('click', (event) => {
    const button = event.target.closest('[data-copy]');
    if (button && !button.classList.contains('is-done')) copy(button);
  });
}
