// [data-reads="url"]: once the page has been looked at for a second, it says that it was read.
import { csrfToken } from './texts.js';

const LOOKED_AT_MS = 1000;

export function start() {
  const place = document.querySelector('[data-reads]');
  if (!place) return;
  let timer;
  const wait = () => {
    clearTimeout(timer);
    if (document.visibilityState === 'visible') timer = setTimeout(tell, LOOKED_AT_MS);
  };
  const tell = async () => {
    document.removeEventListener('visibilitychange', wait);
    const headers = { 'X-CSRFToken': csrfToken(), 'X-Requested-With': 'fetch' };
    const answer = await fetch(place.dataset.reads, { method: 'POST', headers, keepalive: true }).catch(() => null);
    // Not told: the next visit tries again.
    if (answer?.ok) place.removeAttribute('data-reads');
  };
  document.addEventListener('visibilitychange', wait);
  wait();
}
