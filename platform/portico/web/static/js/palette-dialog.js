// The palette: a combobox with a list box below it (ARIA Authoring Practices), in a <dialog>. The focus stays in the
// box; arrows move aria-activedescendant. Options come drawn from the server; of typing only the last answer counts.
import { open } from './dialogs.js';
import { recent } from './palette.js';
import { text } from './texts.js';

const PAUSE = 120; // ms after the last key
const dialog = document.querySelector('[data-palette-dialog]');
const box = dialog.querySelector('[role="combobox"]');
const list = dialog.querySelector('[role="listbox"]');
const state = dialog.querySelector('[data-palette-state]');
let timer;
let running;
let shownFor = null;

const options = () => [...list.querySelectorAll('[role="option"]')];
const active = () => document.getElementById(box.getAttribute('aria-activedescendant') ?? '');

function activate(option) {
  active()?.setAttribute('aria-selected', 'false');
  if (!option) return box.removeAttribute('aria-activedescendant');
  option.setAttribute('aria-selected', 'true');
  box.setAttribute('aria-activedescendant', option.id);
  return option.scrollIntoView({ block: 'nearest' });
}

function move(step) {
  const all = options();
  if (!all.length) return;
  const at = all.indexOf(active());
  activate(all[(at + step + all.length) % all.length] ?? all[0]);
}

function put(content, said, note) {
  list.replaceChildren(...content);
  const any = options().length > 0;
  list.hidden = !any;
  box.setAttribute('aria-expanded', String(any));
  list.scrollTop = 0;
  activate(options()[0]);
  state.textContent = [note, said].filter(Boolean).join(' ');
  state.classList.toggle('is-empty', !any);
}

function recentGroup() {
  const slug = /^\/w\/([^/]+)/.exec(location.pathname)?.[1] ?? '';
  const rows = recent(slug).filter((one) => one.url !== location.pathname);
  const template = dialog.querySelector('template[data-recent]');
  if (!rows.length) return [];
  const group = template.content.firstElementChild.cloneNode(true);
  rows.forEach((one, index) => {
    const row = group.querySelector('template').content.firstElementChild.cloneNode(true);
    row.id = `palette-recent-${index + 1}`;
    row.dataset.url = one.url;
    row.querySelector('.palette-title').textContent = one.title;
    group.append(row);
  });
  group.querySelector('template').remove();
  return [group];
}

async function ask() {
  const q = box.value.trim();
  running?.abort();
  running = new AbortController();
  dialog.setAttribute('aria-busy', 'true');
  const mine = running;
  try {
    const answer = await fetch(`${dialog.dataset.url}?${new URLSearchParams({ q })}`, {
      signal: mine.signal, credentials: 'same-origin', headers: { Accept: 'text/html' },
    });
    const page = new DOMParser().parseFromString(answer.ok ? await answer.text() : '', 'text/html');
    const found = page.querySelector('[data-palette-answer]');
    if (!found) throw new TypeError('no answer');
    shownFor = q;
    const groups = [...found.children].map((one) => document.adoptNode(one));
    put([...(q ? [] : recentGroup()), ...groups], found.dataset.said, found.dataset.note);
  } catch (refusal) {
    if (refusal.name === 'AbortError') return;
    if (!(refusal instanceof TypeError)) throw refusal;
    shownFor = null;
    put([], text('loadFailed'));
  } finally {
    if (running === mine) dialog.removeAttribute('aria-busy');
  }
}

function later() {
  clearTimeout(timer);
  activate(null); // what stands there is not what is being typed
  timer = setTimeout(ask, PAUSE);
}

const ACTIONS = {
  theme: () => {
    const other = document.documentElement.dataset.bsTheme === 'dark' ? 'light' : 'dark';
    document.querySelector(`[data-theme-form] button[value="${other}"]`)?.click();
  },
  shortcuts: () => open(document.querySelector('[data-shortcuts]')),
};

function choose(option, aside) {
  const { url, action } = option.dataset;
  if (url && aside) {
    window.open(url, '_blank', 'noopener');
    return;
  }
  // After the focus was given back: what an action opens has it next.
  if (!url) dialog.addEventListener('close', () => ACTIONS[action]?.(), { once: true });
  dialog.close();
  if (url) location.assign(url);
}

function onKey(event) {
  if (event.isComposing) return; // an input method has the keys
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) {
    event.preventDefault();
    move(step);
  } else if (event.key === 'Enter' && active() && shownFor === box.value.trim()) {
    event.preventDefault();
    choose(active(), event.ctrlKey || event.metaKey);
  } else if (event.key.toLowerCase() === 'k' && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    event.stopPropagation();
    dialog.close();
  }
}

box.addEventListener('input', later);
dialog.addEventListener('keydown', onKey);
list.addEventListener('mousedown', (event) => event.preventDefault()); // the focus stays in the box
list.addEventListener('click', (event) => {
  const option = event.target.closest('[role="option"]');
  if (option) choose(option, event.ctrlKey || event.metaKey);
});
list.addEventListener('mousemove', (event) => {
  const option = event.target.closest('[role="option"]');
  if (option && option !== active()) activate(option);
});

export function show() {
  if (dialog.open || document.querySelector('dialog[open]')) return;
  box.value = '';
  open(dialog);
  box.focus();
  ask();
}
