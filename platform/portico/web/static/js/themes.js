// The theme switch: at once on the page, remembered in a cookie (also before anyone signs in) and sent to the
// server for the person's other devices. Without scripts the same form does it by a page load.
import { csrfToken } from './texts.js';

const system = matchMedia('(prefers-color-scheme: dark)');
const root = document.documentElement;
const YEAR = 31536000; // s

function show() {
  const choice = root.dataset.theme;
  const theme = choice === 'dark' || (choice !== 'light' && system.matches) ? 'dark' : 'light';
  if (root.dataset.bsTheme === theme) return;
  root.dataset.bsTheme = theme;
  document.dispatchEvent(new CustomEvent('portico:theme', { detail: { theme } }));
}

function choose(choice) {
  root.dataset.theme = choice;
  const secure = location.protocol === 'https:' ? '; secure' : '';
  document.cookie = `portico_theme=${choice}; path=/; max-age=${YEAR}; samesite=lax${secure}`;
  for (const button of document.querySelectorAll('[data-theme-form] button[name="theme"]')) {
    button.setAttribute('aria-pressed', String(button.value === choice));
  }
  show();
}

async function remember(url, choice) {
  try {
    await fetch(url, {
      method: 'POST', body: new URLSearchParams({ theme: choice, csrf_token: csrfToken() }), keepalive: true,
      headers: { Accept: 'application/json', 'X-CSRFToken': csrfToken() },
    });
  } catch (refusal) {
    if (!(refusal instanceof TypeError)) throw refusal; // offline: the cookie holds the choice on this device
  }
}

export function start() {
  system.addEventListener('change', show);
  document.addEventListener('submit', (event) => {
    const form = event.target.closest('[data-theme-form]');
    const choice = event.submitter?.value;
    if (!form || !choice) return;
    event.preventDefault();
    choose(choice);
    remember(form.action, choice);
  });
}
