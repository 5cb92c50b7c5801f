// <time data-relative>: "3 minutes ago", kept true while the page stays open. The server says it in the same words
// (web/relative_times.py), so that nothing moves when this begins.
const UNITS = [['year', 31536000], ['month', 2592000], ['week', 604800], ['day', 86400], ['hour', 3600], ['minute', 60]];
const TICK = 20000; // ms
const language = document.documentElement.lang || 'en';
const named = new Intl.RelativeTimeFormat(language, { numeric: 'auto', style: 'long' });
const counted = new Intl.RelativeTimeFormat(language, { numeric: 'always', style: 'long' });

export function phrase(moment, now = Date.now()) {
  const seconds = (moment - now) / 1000;
  const [unit, size] = UNITS.find(([, length]) => Math.abs(seconds) >= length) ?? ['second', 1];
  if (unit === 'second') return named.format(0, 'second');
  const count = Math.trunc(seconds / size);
  return (Math.abs(count) === 1 ? named : counted).format(count, unit);
}

// The exact instant on hover, in the person's zone with its name, to the second.
function exact(moment) {
  const timeZone = document.documentElement.dataset.timezone || undefined;
  return new Intl.DateTimeFormat(language, { dateStyle: 'full', timeStyle: 'long', timeZone }).format(moment);
}

export function refresh(root = document) {
  for (const element of root.querySelectorAll('time[datetime]')) {
    const moment = Date.parse(element.dateTime);
    if (Number.isNaN(moment)) continue;
    if (!element.dataset.exact) {
      element.dataset.exact = 'true';
      element.title = `${exact(moment)} · ${element.dateTime}`;
    }
    if ('relative' in element.dataset) {
      const words = phrase(moment);
      if (element.textContent !== words) element.textContent = words;
    }
  }
}

export function start() {
  refresh();
  setInterval(() => { if (!document.hidden) refresh(); }, TICK);
  document.addEventListener('visibilitychange', () => { if (!document.hidden) refresh(); });
  document.addEventListener('portico:swap', (event) => refresh(event.target));
}
