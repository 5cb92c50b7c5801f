// Small services to forms: submit filters by themselves, refuse a second click, show a password, lead to the errors.
const PAUSE = 300; // ms after the last key

const timers = new WeakMap();

function later(form, pause) {
  clearTimeout(timers.get(form));
  timers.set(form, setTimeout(() => form.requestSubmit(), pause));
}

function onChange(event) {
  const form = event.target.form;
  if (form?.matches('[data-autosubmit]') && event.target.type !== 'search') later(form, 0);
}

function onInput(event) {
  const form = event.target.form;
  if (form?.matches('[data-autosubmit]') && event.target.type === 'search') later(form, PAUSE);
}

// A form that changes something is sent once: its button is busy until the page answers.
function onSubmit(event) {
  const form = event.target;
  const method = event.submitter?.getAttribute('formmethod') ?? form.getAttribute('method');
  if (event.defaultPrevented || method?.toLowerCase() !== 'post' || form.matches('[data-fragment]')) return;
  const button = event.submitter;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = 'true';
  button?.setAttribute('aria-busy', 'true');
}

// Back in the history the page may come from the cache as it was left.
function release() {
  for (const form of document.querySelectorAll('form[data-sent]')) {
    delete form.dataset.sent;
    form.querySelectorAll('[aria-busy]').forEach((button) => button.removeAttribute('aria-busy'));
  }
}

function reveal(button) {
  const input = button.parentElement.querySelector('input');
  const shown = input.type === 'text';
  input.type = shown ? 'password' : 'text';
  button.setAttribute('aria-pressed', String(!shown));
}

export function start() {
  document.addEventListener('change', onChange);
  document.addEventListener('input', onInput);
  addEventListener('submit', onSubmit);
  addEventListener('pageshow', release);
  document.addEventListener('click', (event) => {
    const button = event.target.closest('[data-reveal]');
    if (button) reveal(button);
  });
  document.querySelector('[data-autofocus]')?.focus();
}
