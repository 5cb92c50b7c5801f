// Words for people come from the page (translated there), never from a script.
let texts;

export function text(key) {
  texts ??= JSON.parse(document.body.dataset.texts ?? '{}');
  return texts[key] ?? key;
}

// Says something to a screen reader without moving the focus.
export function announce(words) {
  const voice = document.querySelector('[data-announcer]');
  if (!voice) return;
  voice.textContent = '';
  requestAnimationFrame(() => { voice.textContent = words; });
}

// The token that Flask-WTF expects in the header X-CSRFToken.
export function csrfToken() {
  return document.querySelector('meta[name="csrf-token"]')?.content ?? '';
}
