// [data-bell="URL"]: the number of unread notifications, asked for anew when the streams say that it changed, and by who
// comes back to the page.
const TOGETHER = 400; // ms within which the pages of many ask, when all are told something
const FRESH = 10000; // ms: whoever comes back sooner sees what was asked last

let asked = Date.now();
let soon;

function show({ label, text }) {
  for (const bell of document.querySelectorAll('[data-bell]')) {
    bell.setAttribute('aria-label', text);
    const count = bell.querySelector('[data-bell-count]');
    if (count.textContent !== label) count.textContent = label;
    count.hidden = !label;
  }
}

async function ask() {
  const url = document.querySelector('[data-bell]')?.dataset.bell;
  if (!url || document.hidden || !navigator.onLine) return;
  asked = Date.now();
  try {
    const answer = await fetch(url, { headers: { Accept: 'application/json' }, redirect: 'error' });
    if (answer.ok) show(await answer.json());
  } catch {
    // Offline, or signed out elsewhere: the next page says so.
  }
}

export function start() {
  if (!document.querySelector('[data-bell]')) return;
  document.addEventListener('portico:live', ({ detail }) => {
    if (detail.type !== 'told') return;
    clearTimeout(soon);
    soon = setTimeout(ask, Math.random() * TOGETHER);
  });
  document.addEventListener('visibilitychange', () => { if (Date.now() - asked > FRESH) ask(); });
}
