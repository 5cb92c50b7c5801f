// The app's own server. Who asks is said by the bridge's session token, which lives a minute.
import { notice, t } from './dom.js';

const HELD = 30000; // ms for which a token is used again
let held = null;

export class Refusal extends Error {
  constructor(status, { error = {}, findings = [] }) {
    super(error.message ?? `HTTP ${status}`);
    this.status = status;
    this.pointer = error.pointer ?? '';
    this.findings = findings;
  }
}

async function token() {
  if (!held || performance.now() - held.since > HELD) held = { since: performance.now(), token: await window.portico.token() };
  return held.token;
}

async function answered(method, path, body) {
  try {
    return await fetch(`/api${path}`, {
      method, cache: 'no-store', credentials: 'omit', body: body === undefined ? undefined : JSON.stringify(body),
      headers: { Accept: 'application/json', 'Content-Type': 'application/json', Authorization: `Bearer ${await token()}` },
    });
  } catch (failure) {
    const away = failure instanceof TypeError || failure.name === 'PorticoError'; // of fetch, and of the bridge
    throw away ? new Refusal(0, { error: { message: t('not_reached') } }) : failure;
  }
}

export async function ask(method, path, body) {
  const answer = await answered(method, path, body);
  const isJson = (answer.headers.get('Content-Type') ?? '').startsWith('application/json');
  const content = isJson ? await answer.json() : {};
  if (!answer.ok) throw new Refusal(answer.status, content);
  return content;
}

// A refusal is said to the person; what else goes wrong is a mistake of ours.
export async function saying(work) {
  try {
    return await work();
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal;
    notice(refusal.message, { tone: 'bad' });
    return undefined;
  }
}

// Where in the portal this page stands, for the way back from the consent.
export async function here() {
  const { path = '' } = await window.portico.context().catch(() => ({})); // without it people come back to a page of words
  return path;
}

export const get = (path) => ask('GET', path);
export const post = (path, body = {}) => ask('POST', path, body);

let catalogue = null;
// What flows are made of: events, operations and actions. It is read once, and again if it did not come.
export function readCatalogue() {
  catalogue ??= get('/catalogue').catch((refusal) => {
    catalogue = null;
    throw refusal;
  });
  return catalogue;
}
