/* Portico bridge, version 1: loaded by pages of an app inside the portal, from the portal, as a classic script:
 *
 *   <script src="https://portal.example/bridge/v1.js" data-portico-panel></script>
 *
 * It gives window.portico = {embedded, context(), token(), navigate(path), open(path), toast(text, tone), resize(height),
 * refresh(), dirty(is)}; each call is a promise that fails with an Error whose `code` says why. The other side is
 * js/frame-host.js; both speak the protocol of docs/reference/bridge.md:
 *
 *   window  app → portal  {portico: 1, type: "hello", id}            to the portal's origin, repeated until welcomed
 *           portal → app  {portico: 1, type: "welcome", id} + port   to the app's exact origin
 *           portal → app  {portico: 1, type: "check", nonce}         after each load of the frame, to that origin
 *   port    app → portal  {id, method, params}
 *           portal → app  {id, result} or {id, error: {code, message}}
 *           portal → app  {event: "context", data} or {event: "bye"}
 *
 * With data-portico-panel the page is a shell: the bridge asks for a session token, fetches the same path with it as
 * Bearer and puts the answer in the shell's place; forms to the same origin are sent the same way, each with a fresh
 * token. A token never stands in a URL, a cookie or a storage.
 */
(() => {
  'use strict';
  if (window.portico) return; // the page that replaced its shell names the bridge again

  const script = document.currentScript;
  const portal = new URL(script.src).origin;
  const isPanel = script.hasAttribute('data-portico-panel');
  const embedded = window.parent !== window;
  const PATIENCE = 15000; // ms for an answer
  const pending = new Map(); // id -> {message, resolve, reject, timer}
  let port = null;
  let hello = null; // {id, timer, pause, tries}
  let busy = false; // a form is on its way

  const newId = () => Array.from(crypto.getRandomValues(new Uint32Array(3)), (part) => part.toString(36)).join('');

  function failure(code, message) {
    return Object.assign(new Error(message), { name: 'PorticoError', code });
  }

  /* ---- the connection ---- */

  function sayHello() {
    if (hello.tries++ > 30) return; // a minute: nobody there speaks this protocol
    window.parent.postMessage({ portico: 1, type: 'hello', id: hello.id }, portal);
    hello.pause = Math.min(hello.pause * 1.5, 2000);
    hello.timer = setTimeout(sayHello, hello.pause);
  }

  function connect() {
    if (hello) clearTimeout(hello.timer);
    hello = { id: newId(), timer: 0, pause: 80, tries: 0 };
    sayHello();
  }

  function onWindowMessage(event) {
    if (event.source !== window.parent || event.origin !== portal || event.data?.portico !== 1) return;
    const { type, id, nonce } = event.data;
    if (type === 'welcome' && hello?.id === id && event.ports[0]) {
      clearTimeout(hello.timer);
      hello = null;
      port = event.ports[0];
      port.onmessage = onPortMessage;
      pending.forEach(({ message }) => port.postMessage(message));
    } else if (type === 'check' && port) {
      port.postMessage({ id: newId(), method: 'present', params: { nonce } });
    }
  }

  function onPortMessage({ data, currentTarget }) {
    if (currentTarget !== port) return;
    if (data.event === 'bye') {
      port = null;
      connect(); // this document lives, so it may introduce itself again
    } else if (data.event === 'context') {
      applyTheme(data.data);
      document.dispatchEvent(new CustomEvent('portico:context', { detail: data.data }));
    } else if (pending.has(data.id)) {
      const { resolve, reject, timer } = pending.get(data.id);
      pending.delete(data.id);
      clearTimeout(timer);
      if (data.error) reject(failure(data.error.code, data.error.message));
      else resolve(data.result);
    }
  }

  // What is asked before the connection stands, or while it is made anew, is kept and sent then.
  function ask(method, params = {}) {
    if (!embedded) return Promise.reject(failure('not_embedded', 'This page is not inside the portal.'));
    return new Promise((resolve, reject) => {
      const message = { id: newId(), method, params };
      const timer = setTimeout(() => {
        pending.delete(message.id);
        reject(failure('timeout', `The portal did not answer "${method}".`));
      }, PATIENCE);
      pending.set(message.id, { message, resolve, reject, timer });
      port?.postMessage(message);
    });
  }

  const quietly = (promise) => promise.catch(() => undefined); // the portal shows its own state

  /* ---- what the page looks like ---- */

  function applyTheme({ theme, locale }) {
    const root = document.documentElement;
    root.dataset.porticoTheme = theme;
    root.style.colorScheme = theme;
    if (!root.lang) root.lang = locale;
  }

  const observer = new ResizeObserver(() => {
    if (document.documentElement) quietly(ask('resize', { height: document.documentElement.offsetHeight }));
  });

  // Replacing the document takes the listeners of window and document away, the port and this scope stay.
  function settle() {
    window.addEventListener('message', onWindowMessage);
    window.addEventListener('submit', onSubmit);
    window.addEventListener('keydown', onKey);
    const dress = async () => {
      applyTheme(await ask('context'));
      observer.disconnect();
      observer.observe(document.documentElement);
    };
    if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', () => quietly(dress()));
    else quietly(dress());
  }

  function onKey(event) {
    if (event.key === 'Escape' && !event.defaultPrevented) quietly(ask('leave'));
  }

  /* ---- panels ---- */

  function replaceDocument(html) {
    document.open('text/html', 'replace');
    settle();
    document.write(html);
    document.close();
  }

  async function fetchPage(url, init = {}) {
    const { token } = await ask('token');
    const answer = await fetch(url, {
      ...init, cache: 'no-store', credentials: 'omit', headers: { Accept: 'text/html', Authorization: `Bearer ${token}` },
    });
    const type = answer.headers.get('Content-Type') || '';
    if (answer.status >= 500 || !type.startsWith('text/html')) throw failure('unavailable', `The app answered ${answer.status} ${type}.`);
    const html = await answer.text();
    history.replaceState(null, '', answer.url);
    replaceDocument(html);
    quietly(ask('ready'));
  }

  async function loadPanel() {
    try {
      await fetchPage(location.href);
    } catch (refusal) {
      console.error('Portico bridge:', refusal);
      quietly(ask('failed'));
    }
  }

  function target(form, submitter) {
    const own = (name) => submitter?.getAttribute(`form${name}`) ?? form.getAttribute(name);
    return {
      url: new URL(own('action') || location.href, location.href),
      method: (own('method') || 'get').toLowerCase(),
      enctype: own('enctype'),
      frame: own('target'),
    };
  }

  async function sendForm(form, submitter, { url, method, enctype }) {
    const data = new FormData(form, submitter);
    const fields = new URLSearchParams([...data].map(([name, value]) => [name, value instanceof File ? value.name : value]));
    if (method === 'get') url.search = fields.toString();
    const body = enctype === 'multipart/form-data' ? data : fields;
    busy = true;
    submitter?.setAttribute('aria-busy', 'true');
    try {
      await fetchPage(url, method === 'get' ? {} : { method: 'POST', body });
    } catch (refusal) {
      console.error('Portico bridge:', refusal);
      submitter?.removeAttribute('aria-busy');
      quietly(ask('failed', { sending: true })); // the page stays as it is, with what was written
    } finally {
      busy = false;
    }
  }

  function onSubmit(event) {
    if (!isPanel || event.defaultPrevented) return;
    const goal = target(event.target, event.submitter);
    if (goal.url.origin !== location.origin || goal.method === 'dialog' || (goal.frame && goal.frame !== '_self')) return;
    event.preventDefault();
    if (!busy) sendForm(event.target, event.submitter, goal);
  }

  window.portico = Object.freeze({
    embedded,
    context: () => ask('context'),
    token: () => ask('token').then(({ token }) => token),
    navigate: (path) => ask('navigate', { path }),
    open: (path) => ask('open', { path }),
    toast: (text, tone = 'info') => ask('toast', { text, tone }),
    resize: (height) => ask('resize', { height }),
    refresh: () => ask('refresh'),
    dirty: (dirty) => ask('dirty', { dirty }),
  });

  if (!embedded) return;
  settle();
  connect();
  if (isPanel) loadPanel();
  else if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', () => quietly(ask('ready')));
  else quietly(ask('ready'));
})();
