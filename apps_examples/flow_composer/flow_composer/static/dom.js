// Elements, icons, words, and the one live region.
const said = document.getElementById('said');
const WORDS = JSON.parse(document.getElementById('app').dataset.texts);
const AFTER = new Set(['value', 'checked']); // properties that need the children first

export function t(key, ...values) {
  let index = 0;
  return (WORDS[key] ?? key).replace(/\{\}/g, () => values[index++] ?? '');
}

export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false || AFTER.has(name)) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.flat(Infinity).filter((one) => one !== null && one !== undefined && one !== false));
  for (const name of AFTER) if (props[name] !== undefined) element[name] = props[name];
  return element;
}

const PATHS = {
  trigger: 'M13 2 5 13h6l-1 9 8-12h-6z',
  filter: 'M3 5h18l-7 8v6l-4-2v-4z',
  map: 'M4 7h9a4 4 0 0 1 4 4v6m-3-3 3 3 3-3M4 17h4',
  call: 'M8 3v5M16 3v5M6 8h12v3a6 6 0 0 1-12 0zM12 17v4',
  wait: 'M12 7v5l3 2M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0',
  output: 'M21 3 10 14M21 3l-7 18-4-7-7-4z',
  plus: 'M12 5v14M5 12h14',
  trash: 'M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13',
  up: 'M12 19V5m-6 6 6-6 6 6',
  down: 'M12 5v14m6-6-6 6-6-6',
  close: 'M6 6l12 12M18 6 6 18',
  play: 'M7 4v16l13-8z',
  check: 'M5 12l5 5 9-10',
  undo: 'M9 7H4V2M4 7a9 9 0 1 1-1 7',
  redo: 'M15 7h5V2M20 7a9 9 0 1 0 1 7',
  grip: 'M9 6h.01M15 6h.01M9 12h.01M15 12h.01M9 18h.01M15 18h.01',
  back: 'M19 12H5m6-6-6 6 6 6',
  braces: 'M8 4H7a2 2 0 0 0-2 2v4l-2 2 2 2v4a2 2 0 0 0 2 2h1M16 4h1a2 2 0 0 1 2 2v4l2 2-2 2v4a2 2 0 0 1-2 2h-1',
  search: 'M20 20l-4-4M18 11a7 7 0 1 1-14 0 7 7 0 0 1 14 0',
  flow: 'M6 3v12M6 15a3 3 0 1 0 0 6 3 3 0 0 0 0-6M18 9a3 3 0 1 0 0-6 3 3 0 0 0 0 6M18 9a9 9 0 0 1-9 9',
  export: 'M12 15V3m-5 5 5-5 5 5M4 15v5h16v-5',
  warn: 'M12 4 2 20h20zM12 10v4M12 17h.01',
};

export function svg(tag, props, ...children) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(props)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

export function icon(name, size = 18) {
  return svg('svg', { viewBox: '0 0 24 24', width: size, height: size, class: 'icon', 'aria-hidden': 'true' }, svg('path', { d: PATHS[name] }));
}

export function iconButton(name, label, props = {}) {
  return h('button', { type: 'button', 'aria-label': label, title: label, ...props, class: `icon-button ${props.class ?? ''}` }, icon(name));
}

export function say(words) {
  said.textContent = '';
  requestAnimationFrame(() => { said.textContent = words; });
}

// At the foot of the page until the next one comes: what was done, or why it was not, and perhaps one way back.
export function notice(words, { tone = 'info', action = '', run = null } = {}) {
  document.querySelector('.notice')?.remove();
  if (!words) return;
  const close = () => box.remove();
  const box = h('div', { class: `notice is-${tone}`, role: tone === 'bad' ? 'alert' : null }, h('p', {}, words),
    run && h('button', { type: 'button', onclick: () => { close(); run(); } }, action), iconButton('close', t('close'), { onclick: close }));
  document.body.append(box);
  if (tone !== 'bad') say(words);
}

const LANGUAGE = document.documentElement.lang;
const ZONE = document.getElementById('app').dataset.timezone;
const AT = new Intl.DateTimeFormat(LANGUAGE, { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', timeZone: ZONE });
const SINCE = new Intl.RelativeTimeFormat(LANGUAGE, { numeric: 'auto' });
const STEPS = [['day', 86400], ['hour', 3600], ['minute', 60]];

export function moment(at) {
  if (!at) return '';
  const when = typeof at === 'number' ? new Date(at * 1000) : new Date(at);
  const ago = (when - Date.now()) / 1000;
  const [unit, seconds] = STEPS.find(([, size]) => Math.abs(ago) >= size) ?? ['second', 1];
  const words = Math.abs(ago) < 45 ? SINCE.format(0, 'second') : SINCE.format(Math.round(ago / seconds), unit);
  return h('time', { datetime: when.toISOString(), title: AT.format(when) }, words);
}

export function exact(at) {
  return AT.format(typeof at === 'number' ? new Date(at * 1000) : new Date(at));
}

export function modal(title, content, { wide = false } = {}) {
  const box = h('dialog', { class: wide ? 'modal is-wide' : 'modal', 'aria-labelledby': 'modal-title' },
    h('header', { class: 'modal-head' }, h('h2', { id: 'modal-title' }, title), iconButton('close', t('close'), { onclick: () => box.close() })),
    content);
  // Escape closes the dialog; the bridge would take it for leaving the frame.
  box.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    event.preventDefault();
    event.stopPropagation();
    box.close();
  });
  box.addEventListener('close', () => box.remove());
  box.addEventListener('click', (event) => { if (event.target === box) box.close(); });
  document.body.append(box);
  box.showModal();
  return box;
}
