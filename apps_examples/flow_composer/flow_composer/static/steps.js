// What each step took in and handed on: of a dry run and of a real one.
import { describe } from './canvas.js';
import { h, icon, t } from './dom.js';
import { words } from './model.js';

const TONES = { succeeded: 'good', done: 'good', ok: 'good', would_send: 'info', would: 'info', shown: 'info', waiting: 'info', running: 'info', failed: 'bad', error: 'bad', skipped: 'muted' };
const LONG = 400; // characters of one value that are shown at once

export const tone = (state) => TONES[state] ?? 'muted';

export function state(name) {
  const said = t(`state_${name}`);
  return h('span', { class: `badge is-${tone(name)}` }, said === `state_${name}` ? words(name) : said);
}

// replay(step id): asked for a button on each step
export function stepRows(steps, editor, { open = false, replay = null } = {}) {
  return h('ol', { class: 'steps' }, steps.map((step) => {
    const known = editor.draft.step(step.id);
    const kind = step.kind ?? known?.kind ?? 'call';
    return h('li', { class: `step is-${tone(step.state)}` }, h('details', { open: open || step.state === 'failed' },
      h('summary', {}, h('span', { class: `sign is-${kind}` }, icon(kind)), h('span', { class: 'strong' }, known ? describe(known, editor.catalogue).title : t(`kind_${kind}`)), h('span', { class: 'muted' }, words(step.id)), state(step.state),
        step.attempts > 1 && h('span', { class: 'muted' }, t('attempts', step.attempts)), step.ms !== undefined && step.ms !== null && h('span', { class: 'muted numbers' }, `${step.ms} ms`)),
      step.error && h('p', { class: 'finding is-error' }, icon('warn', 15), typeof step.error === 'string' ? step.error : step.error.message),
      h('div', { class: 'in-out' }, part(t('input'), step.input), part(t(step.would_send ? 'output_example' : 'output'), step.output)),
      step.would_send && kind === 'call' && h('div', { class: 'in-out is-one' }, part(t('would_be_sent'), step.would_send)),
      replay && h('button', { type: 'button', class: 'small', onclick: () => replay(step.id) }, icon('undo', 15), t('replay_from'))));
  }));
}

function part(title, value) {
  return h('section', {}, h('h4', {}, title), value === null || value === undefined ? h('p', { class: 'muted' }, t('nothing')) : tree(value));
}

export function tree(value, depth = 0) {
  if (value === null || typeof value !== 'object') return leaf(value);
  const entries = Object.entries(value).filter(([name]) => !name.startsWith('_'));
  if (!entries.length) return h('span', { class: 'muted' }, Array.isArray(value) ? t('empty_list') : t('nothing'));
  const rows = entries.map(([name, inner]) => {
    const nested = inner !== null && typeof inner === 'object' && Object.keys(inner).length > 0;
    const key = Array.isArray(value) ? `${Number(name) + 1}.` : name;
    if (nested && depth > 0) return h('li', {}, h('details', {}, h('summary', {}, h('code', {}, key)), tree(inner, depth + 1)));
    return h('li', { class: nested ? 'has-more' : Array.isArray(value) ? 'is-entry' : null }, h('code', {}, key), tree(inner, depth + 1));
  });
  return h('ul', { class: 'tree' }, rows);
}

function leaf(value) {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const shown = text.length > LONG ? `${text.slice(0, LONG)} …` : text;
  return h('span', { class: `leaf is-${value === null ? 'null' : typeof value}`, title: shown === text ? null : text.slice(0, 4000) }, shown);
}
