// The portal's side of app frames. The app's side is bridge/v1.js; both speak the protocol of docs/reference/bridge.md:
//
//   window  app → portal  {portico: 1, type: "hello", id}            to the portal's origin, repeated until welcomed
//           portal → app  {portico: 1, type: "welcome", id} + port   to the app's exact origin
//           portal → app  {portico: 1, type: "check", nonce}         after each load of the frame, to that origin
//   port    app → portal  {id, method, params}
//           portal → app  {id, result} or {id, error: {code, message}}
//           portal → app  {event: "context", data} or {event: "bye"}
//
// What is not exactly this is ignored without an answer: other origin, other window, no id, unknown method, too large.
import { refreshRegions } from './regions.js';
import { csrfToken, text } from './texts.js';
import { toast } from './toasts.js';

const SLOW = 3000; // ms without content until the frame says that it is slow
const FAILED = 10000; // ms until it says that the app does not answer
const PROOF = 5000; // ms for a loaded document to prove that it is still the app's
const LARGEST = 16384; // characters of a message as JSON
const WAITING = 32; // requests and answers held while a document proves itself
const HEIGHTS = [48, 4000]; // CSS pixels
const CONSENT = '/oauth/authorize'; // where people agree to what an app does in their name
const SANDBOX = 'allow-scripts allow-forms allow-same-origin allow-popups';

class Refusal extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

function isMessage(data) {
  if (typeof data !== 'object' || data === null) return false;
  if (typeof data.id !== 'string' || data.id.length === 0 || data.id.length > 64) return false;
  try {
    return JSON.stringify(data).length <= LARGEST;
  } catch (refusal) {
    if (refusal instanceof TypeError) return false; // circular, or a BigInt
    throw refusal;
  }
}

function isRequest(data) {
  return isMessage(data) && typeof data.method === 'string' && Object.hasOwn(METHODS, data.method);
}

// At most `most` calls in `span` ms.
function limiter(most, span) {
  let times = [];
  return () => {
    const now = performance.now();
    times = times.filter((time) => now - time < span);
    if (times.length >= most) throw new Refusal('too_many', 'Called too often.');
    times.push(now);
  };
}

const METHODS = {
  present(frame, { nonce }) { frame.prove(nonce); },
  context(frame) { return frame.context(); },
  ready(frame) { frame.show('ready'); },
  failed(frame, { sending }) {
    if (!sending) frame.show('failed');
    else toast(text('sendFailed'), { tone: 'danger', from: frame.element.dataset.app });
  },
  leave(frame) { frame.element.querySelector('.app-frame-head summary')?.focus(); },

  async token(frame) {
    const { surface, object = null } = frame.declared;
    let answer;
    try {
      answer = await fetch(frame.element.dataset.tokenUrl, {
        method: 'POST', credentials: 'same-origin', cache: 'no-store', body: JSON.stringify({ surface, object }),
        headers: { 'Content-Type': 'application/json', Accept: 'application/json', 'X-CSRFToken': csrfToken() },
      });
    } catch (refusal) {
      if (refusal instanceof TypeError) throw new Refusal('unavailable', 'The portal could not be reached.');
      throw refusal;
    }
    if (!answer.ok) throw new Refusal(answer.status >= 500 ? 'unavailable' : 'denied', `The portal answered ${answer.status}.`);
    const { token, expires_at } = await answer.json();
    return { token, expires_at };
  },

  resize(frame, { height }) {
    if (frame.element.dataset.fit === 'fill' || !Number.isFinite(height)) return;
    frame.iframe.style.height = `${Math.min(Math.max(Math.ceil(height), HEIGHTS[0]), HEIGHTS[1])}px`;
  },

  toast(frame, { text: words, tone }) {
    frame.allow.toast();
    if (typeof words !== 'string' || !words.trim() || words.length > 200) throw new Refusal('invalid', 'A text of 1 to 200 characters is needed.');
    toast(words, { tone, from: frame.element.dataset.app });
  },

  // What is not saved in the frame is asked about as in forms of our own.
  dirty(frame, { dirty }) { frame.dirty = dirty === true; },

  // Only within this workspace, or to the page of consent: a pop-up of a sandboxed frame may not open that. And only
  // while the person is at work in this frame.
  navigate(frame, { path }) {
    const root = frame.element.dataset.workspacePath;
    if (typeof path !== 'string' || !/^\/(?![/\\])/.test(path) || path.length > 2000) throw new Refusal('invalid', 'A path that begins with one slash is needed.');
    const whole = path.startsWith(`${root}/`) || path.startsWith(`${CONSENT}?`);
    const url = new URL(whole ? path : root + path, location.origin);
    if (url.origin !== location.origin || !(url.pathname === CONSENT || url.pathname.startsWith(`${root}/`))) throw new Refusal('invalid', 'The path leaves the workspace.');
    if (document.activeElement !== frame.iframe) throw new Refusal('not_active', 'The person is not at work in this frame.');
    location.assign(url);
  },

  // Of the app's own origin, in a tab of its own: a sandboxed frame keeps no files and opens no PDF.
  open(frame, { path }) {
    if (typeof path !== 'string' || !/^\/(?![/\\])/.test(path) || path.length > 2000) throw new Refusal('invalid', 'A path that begins with one slash is needed.');
    const url = new URL(path, frame.origin);
    if (url.origin !== frame.origin) throw new Refusal('invalid', 'The path leaves the app.');
    if (document.activeElement !== frame.iframe) throw new Refusal('not_active', 'The person is not at work in this frame.');
    frame.allow.open();
    window.open(url, '_blank', 'noopener,noreferrer');
  },

  async refresh(frame) {
    frame.allow.refresh();
    await refreshRegions();
  },
};

class Frame {
  constructor(element) {
    this.element = element;
    this.declared = JSON.parse(element.dataset.context || '{}');
    this.origin = new URL(element.dataset.origin).origin;
    this.allow = { toast: limiter(5, 10000), open: limiter(3, 2000), refresh: limiter(1, 1000) };
    element.addEventListener('click', (event) => {
      if (!event.target.closest('[data-frame-reload]')) return;
      event.target.closest('details')?.removeAttribute('open');
      this.open();
    });
    this.open();
  }

  // The listener on the window stands since start(): only then does the frame get its address, or its first words
  // would be lost. A page of our own origin is never framed: with scripts and same-origin it could lift its sandbox.
  open() {
    this.close();
    this.iframe?.remove();
    this.show('loading');
    const source = new URL(this.element.dataset.src);
    if (source.origin !== this.origin || this.origin === location.origin) {
      this.show('failed');
      return;
    }
    const iframe = document.createElement('iframe');
    iframe.title = this.element.dataset.title;
    iframe.setAttribute('sandbox', SANDBOX);
    iframe.setAttribute('allow', '');
    iframe.referrerPolicy = 'no-referrer';
    iframe.addEventListener('load', () => this.check());
    this.iframe = iframe;
    iframe.src = source.href;
    this.element.querySelector('[data-frame-stage]').append(iframe);
  }

  show(state) {
    clearTimeout(this.timer);
    this.element.dataset.state = state;
    this.part('wait').hidden = state === 'ready' || state === 'failed';
    this.part('slow').hidden = state !== 'slow';
    this.part('failed').hidden = state !== 'failed';
    if (state === 'loading') this.timer = setTimeout(() => this.show('slow'), SLOW);
    if (state === 'slow') this.timer = setTimeout(() => this.show('failed'), FAILED - SLOW);
  }

  part(name) {
    return this.element.querySelector(`[data-frame-${name}]`);
  }

  context() {
    const root = document.documentElement;
    const timezone = root.dataset.timezone || Intl.DateTimeFormat().resolvedOptions().timeZone;
    return { ...this.declared, path: location.pathname, theme: root.dataset.bsTheme, locale: root.lang, timezone };
  }

  welcome(id) {
    if (this.connection?.id === id) return; // said again before our answer arrived
    this.close();
    const { port1, port2 } = new MessageChannel();
    this.connection = { id, port: port1, nonce: null, held: [] };
    port1.onmessage = (event) => this.receive(event.data, this.connection);
    this.iframe.contentWindow.postMessage({ portico: 1, type: 'welcome', id }, this.origin, [port2]);
  }

  // A new document is in the frame, perhaps of another origin. The nonce reaches only a document of the app's origin;
  // until it comes back over the port, every request waits, and without it port and frame are taken away: a stranger's
  // page is not shown under the app's name.
  check() {
    this.dirty = false;
    const connection = this.connection;
    if (!connection) return;
    connection.nonce = crypto.getRandomValues(new Uint32Array(4)).join('-');
    clearTimeout(connection.timer);
    connection.timer = setTimeout(() => this.lose(connection), PROOF);
    this.iframe.contentWindow.postMessage({ portico: 1, type: 'check', nonce: connection.nonce }, this.origin);
  }

  lose(connection) {
    if (this.connection !== connection) return;
    this.close();
    this.iframe.remove();
    this.show('failed');
  }

  prove(nonce) {
    const connection = this.connection;
    if (connection.nonce === null || nonce !== connection.nonce) return;
    clearTimeout(connection.timer);
    connection.nonce = null;
    connection.held.splice(0).forEach((step) => step());
  }

  receive(data, connection) {
    if (connection !== this.connection || !isRequest(data)) return;
    if (connection.nonce === null || data.method === 'present') this.answer(data, connection);
    else if (connection.held.length < WAITING) connection.held.push(() => this.answer(data, connection));
  }

  async answer({ id, method, params }, connection) {
    let reply;
    try {
      reply = { id, result: (await METHODS[method](this, Object(params))) ?? null };
    } catch (refusal) {
      if (!(refusal instanceof Refusal)) throw refusal;
      reply = { id, error: { code: refusal.code, message: refusal.message } };
    }
    // While we asked the server the frame may have gone elsewhere: then nobody gets the answer, or not before the proof.
    if (connection !== this.connection) return;
    const send = () => connection.port.postMessage(reply);
    if (connection.nonce === null) send();
    else connection.held.push(send);
  }

  tell(event, data) {
    if (this.connection?.nonce === null) this.connection.port.postMessage({ event, data });
  }

  close() {
    if (!this.connection) return;
    const { port, timer } = this.connection;
    clearTimeout(timer);
    this.connection = null;
    port.postMessage({ event: 'bye' });
    port.close();
  }
}

let frames = [];

function onMessage(event) {
  const frame = frames.find((one) => one.iframe && one.iframe.contentWindow === event.source);
  if (!frame || event.origin !== frame.origin) return;
  const { data } = event;
  if (!isMessage(data) || data.portico !== 1 || data.type !== 'hello') return;
  frame.welcome(data.id);
}

function find(root) {
  frames.filter((frame) => !frame.element.isConnected).forEach((frame) => frame.close());
  frames = frames.filter((frame) => frame.element.isConnected);
  for (const element of root.querySelectorAll('[data-app-frame]')) {
    if (!frames.some((frame) => frame.element === element)) frames.push(new Frame(element));
  }
}

export function start() {
  addEventListener('message', onMessage);
  find(document);
  document.addEventListener('portico:swap', () => find(document));
  addEventListener('beforeunload', (event) => {
    if (frames.some((frame) => frame.dirty && frame.element.isConnected)) event.preventDefault();
  });
  document.addEventListener('portico:theme', () => frames.forEach((frame) => frame.tell('context', frame.context())));
}
