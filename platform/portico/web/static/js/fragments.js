// Links and forms with data-fragment="#region" replace that region instead of the page. The server may answer with
// the whole page or with the element alone. Anything unexpected falls back to an ordinary page load. With data-stay the
// address stays that of the page: what is swapped in is no place to return to.
import { announce, text } from './texts.js';
import { equip, toast } from './toasts.js';

const running = new Map(); // selector -> AbortController: the newest request for a region wins

class NotAFragment extends Error {
  constructor(url) {
    super('The answer holds no such region.');
    this.url = url; // where a redirect led, such as to the sign-in page
  }
}

function focusAfter(region, before) {
  if (before.id) {
    const same = region.querySelector(`#${CSS.escape(before.id)}`);
    if (same) return same.focus({ preventScroll: true });
  }
  if (!before.inside) return undefined;
  const target = region.querySelector('[data-autofocus], [aria-invalid="true"]') ?? region;
  if (target === region) region.tabIndex = -1;
  return target.focus({ preventScroll: target === region });
}

function notices(page) {
  const mine = document.querySelector('[data-toasts]');
  page.querySelectorAll('[data-toasts] > [data-toast]').forEach((note) => {
    mine.append(document.adoptNode(note));
    equip(note);
  });
}

function replace(selector, page, redirect) {
  const old = document.querySelector(selector);
  const fresh = page.querySelector(selector);
  if (!old || !fresh) throw new NotAFragment(redirect);
  const active = document.activeElement;
  const before = { inside: old.contains(active), id: old.contains(active) ? active.id : '' };
  old.replaceWith(document.adoptNode(fresh));
  notices(page);
  focusAfter(fresh, before);
  fresh.dispatchEvent(new CustomEvent('portico:swap', { bubbles: true }));
}

async function fetchPage(url, selector, init) {
  running.get(selector)?.abort();
  const controller = new AbortController();
  running.set(selector, controller);
  const region = document.querySelector(selector);
  region?.setAttribute('aria-busy', 'true');
  try {
    const answer = await fetch(url, {
      ...init, signal: controller.signal, credentials: 'same-origin', headers: { Accept: 'text/html', 'Portico-Fragment': selector.replace(/^#/, '') },
    });
    const type = answer.headers.get('Content-Type') ?? '';
    if (!type.startsWith('text/html') || answer.status >= 500) throw new NotAFragment();
    return { url: answer.url, redirect: answer.redirected ? answer.url : undefined, page: new DOMParser().parseFromString(await answer.text(), 'text/html') };
  } finally {
    if (running.get(selector) === controller) {
      running.delete(selector);
      region?.removeAttribute('aria-busy');
    }
  }
}

// load('#tickets', url): used by the page's links and forms, and by what wants a region fresh. Throws nothing. `unless`
// is asked when the answer is there: what somebody began meanwhile is not thrown away.
export async function load(selector, url, { init = {}, remember = true, words = text('loaded'), unless = () => false, onRefusal = () => location.assign(url) } = {}) {
  try {
    const { url: final, redirect, page } = await fetchPage(url, selector, init);
    if (unless()) return false;
    replace(selector, page, redirect);
    if (remember && final !== location.href) history.pushState({ fragment: selector }, '', final);
    if (words) announce(words);
    return true;
  } catch (refusal) {
    if (refusal.name === 'AbortError') return false; // a newer request took over
    if (refusal instanceof TypeError) toast(text('loadFailed'), { tone: 'danger' }); // the network
    else if (refusal instanceof NotAFragment) (refusal.url ? location.assign(refusal.url) : onRefusal());
    else throw refusal;
    return false;
  }
}

function onClick(event) {
  const link = event.target.closest('a[data-fragment]');
  const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
  if (!link || !plain || event.defaultPrevented || link.origin !== location.origin) return;
  if (!document.querySelector(link.dataset.fragment)) return;
  event.preventDefault();
  load(link.dataset.fragment, link.href, { remember: !('stay' in link.dataset) });
}

// Attributes, not properties: a field named "action" or "method" would stand before them.
function goal(form, submitter) {
  const own = (name) => submitter?.getAttribute(`form${name}`) ?? form.getAttribute(name);
  return { url: new URL(own('action') || location.href, location.href), method: (own('method') || 'get').toLowerCase(), enctype: own('enctype') };
}

function onSubmit(event) {
  const form = event.target;
  const selector = form.dataset.fragment;
  if (!selector || event.defaultPrevented || !document.querySelector(selector)) return;
  event.preventDefault();
  const { url, method, enctype } = goal(form, event.submitter);
  const remember = !('stay' in form.dataset);
  const data = new FormData(form, event.submitter);
  if (method === 'get') {
    url.search = new URLSearchParams([...data].filter(([, value]) => value !== '')).toString();
    load(selector, url.href, { remember });
    return;
  }
  const body = enctype === 'multipart/form-data' ? data : new URLSearchParams([...data]);
  // Never sent a second time by itself: the first may have done its work.
  load(selector, url.href, { remember, init: { method: 'POST', body }, onRefusal: () => toast(text('loadFailed'), { tone: 'danger' }) });
}

export function start() {
  document.addEventListener('click', onClick);
  document.addEventListener('submit', onSubmit);
  addEventListener('popstate', () => location.reload());
}
