// [data-passkey="create|get"]: a form that an authenticator answers (Web Authentication Level 3). Its challenge comes
// from data-challenge; the answer goes into the field `credential`, and the form is sent as any other.
import { csrfToken } from './texts.js';
import { toast } from './toasts.js';

const able = () => Boolean(window.PublicKeyCredential?.parseCreationOptionsFromJSON);

class Refused extends Error {}

async function challenge(form) {
  const headers = { Accept: 'application/json', 'X-CSRFToken': csrfToken() };
  const answer = await fetch(form.dataset.challenge, { method: 'POST', headers });
  const found = await answer.json();
  if (!answer.ok) throw new Refused(found.detail ?? found.title);
  return found;
}

async function ask(form) {
  const options = await challenge(form);
  if (form.dataset.passkey === 'create') {
    return navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) });
  }
  return navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
}

async function answer(form, button) {
  button?.setAttribute('aria-busy', 'true');
  try {
    const credential = await ask(form);
    form.elements.credential.value = JSON.stringify(credential.toJSON());
    form.submit();
  } catch (refusal) {
    // The person turned away, the time was over, the key is registered already, or there is no connection.
    button?.removeAttribute('aria-busy');
    toast(refusal instanceof Refused ? refusal.message : form.dataset.failed, { tone: 'warning' });
    if (!(refusal instanceof DOMException || refusal instanceof TypeError || refusal instanceof Refused)) throw refusal;
  }
}

export function start() {
  document.addEventListener('submit', (event) => {
    const form = event.target;
    if (!form.matches('[data-passkey]')) return;
    event.preventDefault();
    if (able()) answer(form, event.submitter);
    else toast(form.dataset.failed, { tone: 'warning' });
  });
}
