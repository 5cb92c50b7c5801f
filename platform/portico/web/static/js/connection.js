// Tells when the machine is offline, and when it is back.
import { text } from './texts.js';
import { toast } from './toasts.js';

function show() {
  const bar = document.createElement('div');
  bar.className = 'offline-bar';
  bar.setAttribute('role', 'status');
  bar.dataset.offline = '';
  bar.textContent = text('offline');
  document.body.prepend(bar);
}

export function start() {
  addEventListener('offline', show);
  addEventListener('online', () => {
    document.querySelector('[data-offline]')?.remove();
    toast(text('online'), { tone: 'success' });
  });
  if (!navigator.onLine) show();
}
