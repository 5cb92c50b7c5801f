// Ctrl-K (⌘K) and [data-palette] open the palette. What it is made of is fetched when it is first wanted; until then
// this notes which records were looked at, for the list of recent ones. Without scripts [data-palette] is a link.
const RECORD = /^\/w\/([^/]+)\/(tickets|contacts|companies|people|announcements)\/[a-z]{3}_[0-9a-v]{26}$/;
const KEPT = 8;
const PREFIX = 'portico-recent:';

export function recent(slug) {
  try {
    const kept = JSON.parse(localStorage.getItem(PREFIX + slug) ?? '[]');
    return Array.isArray(kept) ? kept : [];
  } catch {
    return []; // storage is switched off, or holds what is not ours
  }
}

function note() {
  const [, slug, kind] = RECORD.exec(location.pathname) ?? [];
  const title = document.querySelector('main h1')?.textContent.trim().replace(/\s+/g, ' ').slice(0, 120);
  if (!slug || !title) return;
  const url = location.pathname;
  const kept = [{ url, kind, title }, ...recent(slug).filter((one) => one.url !== url)].slice(0, KEPT);
  try {
    localStorage.setItem(PREFIX + slug, JSON.stringify(kept));
  } catch {
    // full, or switched off: then there are no recent ones
  }
}

// Who signs in next at this browser does not see what somebody else looked at.
function forget() {
  try {
    Object.keys(localStorage).filter((key) => key.startsWith(PREFIX)).forEach((key) => localStorage.removeItem(key));
  } catch {
    // switched off: nothing is kept
  }
}

let summoned = false;
async function summon() {
  if (summoned) return;
  summoned = true;
  try {
    (await import('./palette-dialog.js')).show();
  } catch (refusal) {
    if (!(refusal instanceof TypeError)) throw refusal;
    const page = document.querySelector('a[data-palette]');
    if (page) location.assign(page.href);
  } finally {
    summoned = false;
  }
}

function onKey(event) {
  if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
  if (!document.querySelector('[data-palette-dialog]')) return;
  event.preventDefault();
  summon();
}

export function start() {
  if (document.body.classList.contains('has-shell')) note();
  else if (location.pathname.startsWith('/sign-')) forget();
  document.addEventListener('keydown', onKey);
  document.addEventListener('click', (event) => {
    const link = event.target.closest('[data-palette]');
    if (!link || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    summon();
  });
}
