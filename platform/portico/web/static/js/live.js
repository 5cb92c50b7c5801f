// <div data-live="URL">: what the page shows may change elsewhere. Server-sent events of the streams say that it did, not
// what; regions marked data-refreshable are then fetched anew. Those that somebody is writing in stay as they are, and
// the notice marked data-live-notice says so.
import { text } from './texts.js';
import { refreshRegions } from './regions.js';

const TOGETHER = 150; // ms: what is changed at once is fetched at once
const AGAIN = 30000; // ms after a refusal, such as a restart
const MOST_REFUSALS = 5;
const UNSEEN = 60000; // ms in the background after which nobody listens

class Live {
  constructor(element) {
    this.url = element.dataset.live;
    this.refusals = 0;
    this.open();
    document.addEventListener('visibilitychange', () => this.onVisibility());
    addEventListener('pagehide', () => this.close());
    addEventListener('pageshow', (event) => { if (event.persisted) this.comeBack(); });
  }

  open() {
    this.source = new EventSource(this.url, { withCredentials: true });
    this.source.addEventListener('open', () => { this.refusals = 0; });
    this.source.addEventListener('change', () => this.onChange());
    this.source.addEventListener('end', () => { this.over = true; this.close(); });
    this.source.addEventListener('error', () => this.onError());
  }

  close() {
    this.source?.close();
    this.source = null;
    clearTimeout(this.retry);
  }

  comeBack() {
    if (this.over || this.source) return;
    this.open();
    this.onChange(); // nobody listened meanwhile
  }

  // A broken connection the browser mends by itself, behind the last id; a refusal it takes for an answer.
  onError() {
    if (this.source?.readyState !== EventSource.CLOSED) return;
    this.close();
    this.refusals += 1;
    if (this.refusals < MOST_REFUSALS) this.retry = setTimeout(() => this.comeBack(), AGAIN);
  }

  onVisibility() {
    clearTimeout(this.unseen);
    if (document.hidden) this.unseen = setTimeout(() => this.close(), UNSEEN);
    else this.comeBack();
  }

  onChange() {
    clearTimeout(this.soon);
    this.soon = setTimeout(async () => {
      const someKept = await refreshRegions({ words: text('changedElsewhere') });
      const notice = document.querySelector('[data-live-notice]');
      if (notice) notice.hidden = !someKept;
    }, TOGETHER);
  }
}

// Who has the newest in front of them has seen it: what they send next says so.
function onSwap({ target }) {
  const seen = target.id && document.querySelector(`[data-newest-of="${CSS.escape(target.id)}"]`);
  if (seen) seen.value = target.dataset.newest;
}

export function start() {
  document.addEventListener('portico:swap', onSwap);
  const element = document.querySelector('[data-live]');
  if (element) new Live(element);
}
