// Notices at the edge of the page: those the server sent with the page, and those of scripts.
import { text } from './texts.js';

const LIFE = 6000; // ms; errors stay until they are closed
const MOST = 4;
const ICONS = {
  success: '<circle cx="12" cy="12" r="10"/><path d="m9 12 2 2 4-4"/>',
  danger: '<circle cx="12" cy="12" r="10"/><path d="M12 8v4"/><path d="M12 16h.01"/>',
  warning: '<path d="m21.7 18-8-14a2 2 0 0 0-3.4 0l-8 14A2 2 0 0 0 4 21h16a2 2 0 0 0 1.7-3"/><path d="M12 9v4"/><path d="M12 17h.01"/>',
  info: '<circle cx="12" cy="12" r="10"/><path d="M12 16v-4"/><path d="M12 8h.01"/>',
  close: '<path d="M18 6 6 18"/><path d="m6 6 12 12"/>',
};

function drawing(name, size) {
  const box = document.createElement('template');
  box.innerHTML = `<svg class="icon" width="${size}" height="${size}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${ICONS[name]}</svg>`;
  return box.content.firstChild;
}

function expire(note) {
  let timer = setTimeout(() => note.remove(), LIFE);
  const hold = () => clearTimeout(timer);
  const release = () => { timer = setTimeout(() => note.remove(), LIFE / 2); };
  note.addEventListener('pointerenter', hold);
  note.addEventListener('pointerleave', release);
  note.addEventListener('focusin', hold);
  note.addEventListener('focusout', release);
}

export function equip(note) {
  if (note.querySelector('[data-dismiss]')) return;
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'btn btn-icon';
  button.dataset.dismiss = '';
  button.setAttribute('aria-label', text('close'));
  button.append(drawing('close', 15));
  button.addEventListener('click', () => note.remove());
  note.append(button);
  if (!note.classList.contains('is-danger')) expire(note);
}

// toast('Saved', {tone: 'success', from: 'Leave'}): plain text only; `from` names the app that speaks.
export function toast(words, { tone = 'info', from = null } = {}) {
  const region = document.querySelector('[data-toasts]');
  const kind = Object.hasOwn(ICONS, tone) && tone !== 'close' ? tone : 'info';
  const note = document.createElement('div');
  note.className = `toast-note is-${kind}`;
  note.setAttribute('role', kind === 'danger' ? 'alert' : 'status');
  note.dataset.toast = '';
  const line = document.createElement('p');
  if (from) {
    const name = document.createElement('span');
    name.className = 'toast-from';
    name.textContent = from;
    line.append(name);
  }
  line.append(words);
  note.append(drawing(kind, 18), line);
  region.append(note);
  equip(note);
  while (region.children.length > MOST) region.firstElementChild.remove();
}

export function start() {
  document.querySelectorAll('[data-toast]').forEach(equip);
}
