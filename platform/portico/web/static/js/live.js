// [data-live-url] on the shell: pages hear what changed elsewhere, by one connection for all pages of the browser.
// [data-live="ID"] is about that record; [data-live-types] hears of types of events. The streams say that something
// changed, not what; regions marked data-refreshable are then fetched anew. Those that somebody is writing in stay as
// they are, and the notice marked data-live-notice says so. Others listen to `portico:live` on the document.
import { Host } from './live-host.js';
import { text } from './texts.js';
import { refreshRegions } from './regions.js';

const TOGETHER = 150; // ms: what is changed at once is fetched at once
const UNSEEN = 60000; // ms in the background after which nobody listens
const AGAIN = 45000; // ms
const QUIET = 4000; // ms without a connection until the page says so

class Live {
  constructor(base, worker) {
    this.base = base;
    this.heard = false; // whether a host has told anything yet
    this.page = Array.from(crypto.getRandomValues(new Uint32Array(3)), (part) => part.toString(36)).join('');
    this.channel = new BroadcastChannel(`portico-live ${base}`);
    this.channel.addEventListener('message', ({ data }) => { if (data.to === 'pages') this.onWord(data); });
    this.host(worker);
    this.come();
    document.addEventListener('visibilitychange', () => this.onVisibility());
    addEventListener('pagehide', () => this.go());
    addEventListener('pageshow', (event) => { if (event.persisted) this.comeBack(); });
  }

  // One for the browser: a SharedWorker; else whichever page holds the lock; else, on an insecure address, each page.
  host(worker) {
    if (globalThis.SharedWorker) {
      this.worker = new SharedWorker(worker, { type: 'module', name: this.base });
      this.worker.onerror = () => this.lead();
    } else this.lead();
  }

  lead() {
    const begin = () => new Promise(() => { this.own = new Host(this.base, new BroadcastChannel(`portico-live ${this.base}`)); });
    if (navigator.locks) navigator.locks.request(`portico-live ${this.base}`, begin);
    else begin();
  }

  say(type) {
    const ids = [...document.querySelectorAll('[data-live]')].map((element) => element.dataset.live).filter(Boolean);
    const also = [...document.querySelectorAll('[data-live-types]')].flatMap((element) => element.dataset.liveTypes.split(','));
    this.channel.postMessage({ to: 'host', type, page: this.page, resources: ids, also, heard: this.heard });
  }

  come() {
    this.present = true;
    this.say('here');
    clearInterval(this.again);
    this.again = setInterval(() => this.say('here'), AGAIN);
  }

  go() {
    this.present = false;
    clearInterval(this.again);
    this.say('bye');
  }

  comeBack() {
    if (this.present) return;
    this.come();
    this.onMissed(); // nobody listened meanwhile
  }

  onVisibility() {
    clearTimeout(this.unseen);
    if (document.hidden) this.unseen = setTimeout(() => this.go(), UNSEEN);
    else this.comeBack();
  }

  onWord({ type, state, data }) {
    if (!this.present) return;
    if (type === 'who') this.say('here');
    else if (type === 'state') this.show(state);
    else if (type === 'missed') this.onMissed();
    else {
      document.dispatchEvent(new CustomEvent('portico:live', { detail: { type, data } }));
      if (type === 'change' && this.concerns(data)) this.refresh();
    }
  }

  concerns({ type, resource }) {
    if (document.querySelector(`[data-live="${CSS.escape(resource.id)}"]`)) return true;
    const wanted = [...document.querySelectorAll('[data-live-types]')].flatMap((element) => element.dataset.liveTypes.split(','));
    return wanted.some((one) => one === type || (one.endsWith('.*') && type.startsWith(one.slice(0, -1))));
  }

  onMissed() {
    document.dispatchEvent(new CustomEvent('portico:live', { detail: { type: 'told' } }));
    if (document.querySelector('[data-live]')) this.refresh();
  }

  show(state) {
    clearTimeout(this.quiet);
    const say = (quiet) => document.querySelectorAll('[data-live-quiet]').forEach((mark) => { mark.hidden = !quiet; });
    const before = document.documentElement.dataset.liveState;
    document.documentElement.dataset.liveState = state;
    if (state === 'open' && before !== 'open') document.dispatchEvent(new CustomEvent('portico:live-open'));
    if (state === 'open') this.heard = true;
    if (state === 'open') say(false);
    else this.quiet = setTimeout(() => say(true), QUIET);
  }

  // On pages that hear of much, not more often than they say.
  refresh() {
    if (this.soon) return;
    const calm = Number(document.querySelector('[data-live-calm]')?.dataset.liveCalm ?? 0);
    const pause = Math.max(TOGETHER, (this.refreshed ?? -Infinity) + calm - performance.now());
    this.soon = setTimeout(async () => {
      this.soon = null;
      this.refreshed = performance.now();
      const someKept = await refreshRegions({ words: calm ? '' : text('changedElsewhere') });
      const notice = document.querySelector('[data-live-notice]');
      if (notice) notice.hidden = !someKept;
    }, pause);
  }
}

// Who has the newest in front of them has seen it: what they send next says so.
function onSwap({ target }) {
  const seen = target.id && document.querySelector(`[data-newest-of="${CSS.escape(target.id)}"]`);
  if (seen) seen.value = target.dataset.newest;
}

export function start() {
  document.addEventListener('portico:swap', onSwap);
  const shell = document.querySelector('[data-live-url]');
  if (shell && globalThis.BroadcastChannel) new Live(shell.dataset.liveUrl, shell.dataset.liveWorker);
}
