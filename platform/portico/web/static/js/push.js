// Web push (Push API). [data-push="url"] is a switch that has this browser told also while no page is open; what was
// switched on is told to the server anew in each new session, since it ended with the one before.
import { csrfToken } from './texts.js';
import { toast } from './toasts.js';

const able = () => 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window;

class Refused extends Error {}

async function post(url, fields = {}) {
  const headers = { Accept: 'application/json', 'X-CSRFToken': csrfToken() };
  const answer = await fetch(url, { method: 'POST', headers, body: new URLSearchParams(fields), redirect: 'error' });
  const found = await answer.json();
  if (!answer.ok) throw new Refused(found.errors?.[0]?.message ?? found.detail ?? found.title);
  return found;
}

const remembered = (root) => `portico-push:${root}`;

function bytes(text) {
  const plain = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(plain, (each) => each.charCodeAt(0));
}

async function subscribed(root, script) {
  const worker = await navigator.serviceWorker.register(script, { scope: root });
  const found = await worker.pushManager.getSubscription();
  if (found) return found;
  const { key } = await post(`${root}notifications/browsers/key`);
  await navigator.serviceWorker.ready.catch(() => null);
  return worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(key) });
}

async function tell({ root, script, session }) {
  const { endpoint, keys } = (await subscribed(root, script)).toJSON();
  await post(`${root}notifications/browsers`, { endpoint, p256dh: keys.p256dh, auth: keys.auth });
  localStorage.setItem(remembered(root), session);
}

async function switchOn(button) {
  button.setAttribute('aria-busy', 'true');
  try {
    if (!able()) throw new Refused(button.dataset.unable);
    if (await Notification.requestPermission() !== 'granted') throw new Refused(button.dataset.denied);
    await tell(place());
    location.reload();
  } catch (refusal) {
    // No push service answers, the key is another one, or there is no connection.
    button.removeAttribute('aria-busy');
    toast(refusal instanceof Refused ? refusal.message : button.dataset.failed, { tone: 'warning' });
    if (!(refusal instanceof DOMException || refusal instanceof TypeError || refusal instanceof Refused)) throw refusal;
  }
}

async function switchOff(root) {
  localStorage.removeItem(remembered(root));
  const worker = await navigator.serviceWorker.getRegistration(root);
  await (await worker?.pushManager.getSubscription())?.unsubscribe();
}

function place() {
  const bell = document.querySelector('[data-push-root]');
  return { root: bell?.dataset.pushRoot, script: bell?.dataset.pushWorker, session: bell?.dataset.session };
}

function goOn() {
  const here = place();
  if (!here.root || !able() || Notification.permission !== 'granted') return;
  const known = localStorage.getItem(remembered(here.root));
  // Another session than the one in which it was told last.
  if (known && known !== here.session) tell(here).catch(() => {});
}

export function start() {
  for (const button of document.querySelectorAll('[data-push]')) button.hidden = false;
  document.addEventListener('click', (event) => {
    const button = event.target.closest('[data-push]');
    if (button) switchOn(button);
  });
  document.addEventListener('submit', (event) => {
    if (event.target.matches('[data-push-off]') && able()) switchOff(place().root);
  });
  goOn();
}
