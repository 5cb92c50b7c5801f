// [data-here="URL"]: who else has this record open, and who is writing. Pages tell one another by whispers of the streams
// (`portico:live` of type "here"): who comes says so, those who are there answer, and nothing is kept anywhere. The line
// itself is fetched, so names and words are the server's.
import { load } from './fragments.js';
import { csrfToken } from './texts.js';

const AGAIN = 25000; // ms between two signs of being here
const GONE = 60000; // ms without a sign
const WRITING = 7000; // ms without a sign of writing
const EVERY = 3000; // ms between two signs of writing
const ANSWER = 500; // ms within which those who are there answer

const people = new Map(); // employee -> {until, writing}
let shown = '';
let wrote = 0;
let timer;

const place = () => document.querySelector('[data-here]');

function say(state) {
  const body = new URLSearchParams({ state });
  const headers = { 'X-CSRFToken': csrfToken(), Accept: 'application/json' };
  // Lost, or offline: the next sign says it again.
  fetch(place().dataset.here, { method: 'POST', body, headers, keepalive: true, redirect: 'error' }).catch(() => {});
}

async function show() {
  clearTimeout(timer);
  const now = Date.now();
  for (const [who, { until }] of people) if (until <= now) people.delete(who);
  const ids = [...people.keys()].sort();
  const writing = ids.filter((who) => people.get(who).writing > now);
  const url = new URL(place().dataset.here, location.href);
  url.searchParams.set('looking', ids.filter((who) => !writing.includes(who)).join(','));
  url.searchParams.set('writing', writing.join(','));
  const next = Math.min(...ids.flatMap((who) => [people.get(who).until, people.get(who).writing]).filter((at) => at > now));
  if (Number.isFinite(next)) timer = setTimeout(show, next - now + 20);
  if (url.search === shown) return;
  shown = url.search;
  if (ids.length === 0) place().replaceChildren();
  else await load('#ticket-here', url.href, { remember: false, words: '', onRefusal: () => {} });
}

function onWhisper({ detail: { type, data } }) {
  if (type !== 'here' || !place() || data.resource !== place().dataset.hereRecord) return;
  const now = Date.now();
  if (data.state === 'left') people.delete(data.by);
  else people.set(data.by, { until: now + GONE, writing: data.state === 'writing' ? now + WRITING : 0 });
  if (data.state === 'came') setTimeout(() => { if (place() && !document.hidden) say('looking'); }, Math.random() * ANSWER);
  show();
}

function onInput({ target }) {
  if (!place() || !target.matches(place().dataset.hereWriting) || Date.now() - wrote < EVERY) return;
  wrote = Date.now();
  say('writing');
}

// After sending, and when the text was taken back, one only looks.
function onRest({ target }) {
  if (!place() || !wrote || !target.matches?.(place().dataset.hereWriting)) return;
  wrote = 0;
  say('looking');
}

export function start() {
  if (!place()?.dataset.here) return;
  const come = () => { if (document.documentElement.dataset.liveState === 'open') say('came'); };
  document.addEventListener('portico:live', onWhisper);
  document.addEventListener('input', onInput);
  document.addEventListener('focusout', onRest);
  document.addEventListener('portico:live-open', come);
  document.addEventListener('visibilitychange', () => say(document.hidden ? 'left' : 'came'));
  addEventListener('pagehide', () => say('left'));
  setInterval(() => { if (!document.hidden) say('looking'); }, AGAIN);
  come();
}
