// The rows of the shortcut dialog are the shortcuts: data-keys ("?" or "g t"), with data-url or data-action.
// Nothing acts while someone types or a dialog is open, nor with Ctrl, Alt or Meta held.
import { open } from './dialogs.js';

const PATIENCE = 1200; // ms between the two keys of "g t"
let pending = '';
let forget;

const ACTIONS = {
  shortcuts: () => open(document.querySelector('[data-shortcuts]')),
  search: () => document.querySelector('[data-search]')?.focus(),
};

function busy(target) {
  return target.closest?.('input, textarea, select, [contenteditable="true"]') || document.querySelector('dialog[open]');
}

function run(row) {
  if (row.dataset.url) location.assign(row.dataset.url);
  else ACTIONS[row.dataset.action]?.();
}

function onKey(event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || busy(event.target)) return;
  const keys = pending ? `${pending} ${event.key}` : event.key;
  const rows = [...document.querySelectorAll('[data-shortcuts] [data-keys]')];
  const row = rows.find((one) => one.dataset.keys === keys);
  clearTimeout(forget);
  pending = '';
  if (row) {
    event.preventDefault();
    run(row);
  } else if (rows.some((one) => one.dataset.keys.startsWith(`${keys} `))) {
    pending = keys;
    forget = setTimeout(() => { pending = ''; }, PATIENCE);
  }
}

export function start() {
  document.addEventListener('keydown', onKey);
}
