// The one connection of a browser to the streams, for all its pages of one workspace. It runs in a SharedWorker, or in
// the page that holds the lock where there is none. Pages and host speak over a BroadcastChannel:
//
//   page → host  {to: "host", type: "here", page, resources, also, heard}   on coming, and from time to time
//                {to: "host", type: "bye", page}                      on leaving, and when nobody has looked for long
//   host → page  {to: "pages", type: "who"}                           a new host asks who is there
//                {to: "pages", type: "state", state: "open"|"down"|"over"}
//                {to: "pages", type: "missed"}                        something may have happened unheard
//                {to: "pages", type: "change"|"here"|"told", data}    what the stream said
const FORGOTTEN = 150000; // ms without a word of a page: it crashed
const FIRST = 1000; // ms until a refused connection is tried again; twice as long each time
const LONGEST = 60000;
const TOGETHER = 50; // ms: pages that come and go at once cost one connection
const PATIENCE = 2; // times that the browser tries by itself before we do, slower

export class Host {
  constructor(base, channel) {
    this.base = base;
    this.channel = channel;
    this.pages = new Map(); // page -> {topics, seen}
    this.failures = 0;
    this.state = 'down';
    this.follows = false; // pages have heard another host, which is gone: between the two something may have happened
    channel.addEventListener('message', ({ data }) => { if (data.to === 'host') this.onWord(data); });
    setInterval(() => this.sweep(), FORGOTTEN / 3);
    this.say('who');
  }

  say(type, more = {}) {
    this.channel.postMessage({ to: 'pages', type, ...more });
  }

  turn(state) {
    this.state = state;
    this.say('state', { state });
  }

  onWord({ type, page, resources, also, heard }) {
    if (type === 'bye') this.pages.delete(page);
    else this.pages.set(page, { resources, also, seen: Date.now() });
    if (type === 'here') {
      if (heard && !this.url) this.follows = true;
      if (this.state === 'over') this.state = 'down'; // perhaps signed in again
      this.say('state', { state: this.state });
    }
    clearTimeout(this.soon);
    this.soon = setTimeout(() => this.follow(), TOGETHER);
  }

  sweep() {
    const before = this.pages.size;
    for (const [page, { seen }] of this.pages) if (Date.now() - seen > FORGOTTEN) this.pages.delete(page);
    if (this.pages.size !== before) this.follow();
  }

  wanted() {
    const all = (name) => [...new Set([...this.pages.values()].flatMap((page) => page[name]))].sort();
    const url = new URL(this.base);
    url.searchParams.set('resource', all('resources').slice(0, 50).join(','));
    if (all('also').length) url.searchParams.set('also', all('also').join(','));
    return url.href;
  }

  // Open what the pages want; a connection that brings more than that is left as it is.
  follow() {
    if (this.pages.size === 0) {
      this.close();
      return;
    }
    const url = this.wanted();
    if (this.state === 'over' || (this.url === url && (this.source || this.retry))) return;
    const changed = this.follows || (this.source !== null && this.source !== undefined);
    this.follows = false;
    this.url = url;
    this.open(changed);
  }

  open(missed) {
    this.close();
    const url = new URL(this.url);
    if (this.last) url.searchParams.set('after', this.last);
    const source = new EventSource(url, { withCredentials: true });
    let tries = 0;
    this.source = source;
    source.addEventListener('open', () => {
      tries = 0;
      this.failures = 0;
      this.turn('open');
      if (missed && !this.last) this.say('missed');
      missed = false;
    });
    for (const type of ['change', 'here', 'told']) {
      source.addEventListener(type, ({ data, lastEventId }) => {
        if (lastEventId) this.last = lastEventId;
        this.say(type, { data: JSON.parse(data) });
      });
    }
    source.addEventListener('end', () => { this.close(); this.last = null; this.turn('over'); });
    source.addEventListener('error', () => {
      if (this.source !== source) return;
      tries += 1;
      if (source.readyState === EventSource.CLOSED || tries > PATIENCE) this.later();
    });
  }

  // A broken connection the browser mends by itself at first, behind the last id; a refusal it takes for an answer.
  later() {
    this.close();
    this.last = null; // it may be what was refused
    this.failures += 1;
    this.turn('down');
    const pause = Math.min(FIRST * 2 ** (this.failures - 1), LONGEST);
    this.retry = setTimeout(() => { this.retry = null; this.open(true); }, pause * (0.5 + Math.random()));
  }

  close() {
    this.source?.close();
    this.source = null;
    clearTimeout(this.retry);
    this.retry = null;
  }
}
