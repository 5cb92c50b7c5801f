// The editor of one value: a literal, a value of an earlier step, a text with values in it, or a list.
import { Refusal, post } from './api.js';
import { h, icon, iconButton, t } from './dom.js';
import { exprWords, pathWords, refsIn, sources, words } from './model.js';
import { pick } from './picker.js';

const NUMBERS = new Set(['number', 'integer']);
export function typeWords(type) {
  const said = t(`type_${type}`);
  return said === `type_${type}` ? type : said;
}

const isList = (type) => type === 'array' || type === 'list';

// about: {draft, field: {name, type, label, required, description, enum}, key, value, set(expr or null)}
export function valueEditor(about) {
  const box = h('div', { class: 'value' });
  const draw = (expr, focus = false) => {
    box.replaceChildren(...parts(about, expr, change));
    if (focus) box.querySelector('input, textarea, select, button')?.focus();
  };
  const change = (expr, redraw = false) => {
    about.set(expr);
    if (redraw) draw(expr, true);
  };
  draw(about.value);
  return box;
}

function parts(about, expr, change) {
  if (expr && 'ref' in expr && expr.ref) return [chip(about, expr.ref, change)];
  if (expr && 'append' in expr) return [appendEditor(about, expr, change)];
  if (isList(about.field.type) || (expr && 'list' in expr)) return [listEditor(about, expr, change)];
  const control = literal(about, expr, change);
  return [h('div', { class: 'value-row' }, control, picking(about, expr, change)), chips(expr)].filter(Boolean);
}

function chip(about, path, change) {
  return h('div', { class: 'value-row' },
    h('button', { type: 'button', class: 'chip is-large', 'aria-label': t('change_value', about.field.label, pathWords(path)), onclick: () => choose(about).then((made) => made && change(made, true)) },
      icon('braces', 15), h('span', {}, pathWords(path))),
    iconButton('close', t('clear_value', about.field.label), { onclick: () => change(null, true) }));
}

// The chips under a text say in words which values stand in it.
function chips(expr) {
  const refs = expr?.template ? refsIn(expr.template) : [];
  return refs.length > 0 && h('p', { class: 'chips' }, refs.map((path) => h('span', { class: 'chip' }, icon('braces', 13), pathWords(path))));
}

function literal({ field, key }, expr, change) {
  const common = { id: key, 'aria-describedby': `${key}-help ${key}-finding`, 'aria-required': field.required ? 'true' : null };
  if (field.type === 'boolean') {
    const value = expr?.bool === undefined ? '' : String(expr.bool);
    return select(common, [['', t('not_set')], ['true', t('yes')], ['false', t('no')]], value, (said) => change(said === '' ? null : { bool: said === 'true' }));
  }
  if (field.enum?.length && !expr?.template) {
    return select(common, [['', t('not_set')], ...field.enum.map((one) => [String(one), words(String(one))])], expr?.text ?? '', (said) => change(said === '' ? null : { text: said }));
  }
  if (NUMBERS.has(field.type)) {
    return h('input', { ...common, type: 'number', step: field.type === 'integer' ? '1' : 'any', value: expr?.number ?? '',
      oninput: ({ target }) => change(target.value === '' ? null : { number: Number(target.value) }) });
  }
  const area = h('textarea', { ...common, rows: 1, spellcheck: 'false', value: expr?.template ?? expr?.text ?? '', placeholder: t('text_or_value'),
    oninput: ({ target }) => {
      const made = fromText(target.value);
      change(made);
      const row = target.closest('.value');
      row.querySelector('.chips')?.remove();
      const shown = chips(made);
      if (shown) row.append(shown);
    } });
  return area;
}

const fromText = (text) => (text === '' ? null : text.includes('{{') ? { template: text } : { text });

function select(common, options, value, changed) {
  return h('select', { ...common, value, onchange: ({ target }) => changed(target.value) }, options.map(([key, label]) => h('option', { value: key }, label)));
}

// In an empty field the value stands alone; in a text it is put where the cursor is.
function picking(about, expr, change) {
  const label = t('use_value', about.field.label);
  return iconButton('braces', label, { class: 'pick-value', onclick: async ({ currentTarget }) => {
    const area = currentTarget.closest('.value').querySelector('textarea');
    const at = area?.selectionStart ?? 0;
    const made = await choose(about);
    if (!made) return;
    if (!area?.value || !made.ref) change(made, true);
    else change({ template: `${area.value.slice(0, at)}{{${made.ref}}}${area.value.slice(at)}` }, true);
  } });
}

function listEditor(about, expr, change) {
  const items = expr?.list ?? [];
  const set = (list, redraw) => change(list.length ? { list } : null, redraw);
  const inner = (at) => ({ ...about, key: `${about.key}-${at}`, value: items[at], field: { ...about.field, type: 'string', enum: null, label: t('item', at + 1) },
    set: (one) => { items[at] = one ?? { text: '' }; set(items, false); } });
  const small = (sign, words, press) => h('button', { type: 'button', class: 'small', 'aria-label': `${t(words)}: ${about.field.label}`, onclick: press }, icon(sign, 15), t(words));
  return h('div', { class: 'list', id: about.key, role: 'group', 'aria-label': about.field.label },
    items.map((_, at) => h('div', { class: 'list-item' }, h('label', { class: 'hidden', for: `${about.key}-${at}` }, t('item', at + 1)), valueEditor(inner(at)),
      iconButton('trash', t('remove_item', at + 1), { onclick: () => set(items.toSpliced(at, 1), true) }))),
    h('div', { class: 'list-foot' },
      small('plus', 'add_item', () => set([...items, { text: '' }], true)),
      small('braces', 'from_step', () => choose(about).then((made) => made && change(made, true))),
      small('plus', 'keep_and_add', () => choose(about).then((made) => made && change({ append: [made.append?.[0] ?? made, items[0] ?? { text: '' }] }, true)))));
}

// What a list of an earlier step holds, and one more.
function appendEditor(about, { append: [first, added] }, change) {
  const one = { ...about, key: `${about.key}-more`, value: added, field: { ...about.field, type: 'string', enum: null, label: t('and_one_more') },
    set: (expr) => about.set({ append: [first, expr ?? { text: '' }] }) };
  return h('div', { class: 'list', role: 'group', 'aria-label': about.field.label },
    h('div', { class: 'value-row' }, h('span', { class: 'chip is-large' }, icon('braces', 15), exprWords(first)),
      iconButton('close', t('clear_value', about.field.label), { onclick: () => change(null, true) })),
    h('label', { class: 'small-label', for: one.key }, t('and_one_more')), valueEditor(one));
}

// The picker of values: what the server suggests first, each with its reason, then all there is.
export async function choose({ draft, field }) {
  await draft.settled();
  const index = draft.index();
  const found = sources(draft.flow, draft.shapes, index);
  const suggested = await suggestions(draft, field);
  const groups = [
    { title: t('suggested'), items: suggested },
    ...found.map(({ step, values }) => ({
      title: step ? words(step.id) : t('trigger'),
      items: values.map(({ path, type, trail }) => ({ value: { ref: path }, title: trail.join(' › ') || t('all_of_it'), badge: typeWords(type), search: path })),
    })),
  ];
  return pick(t('pick_value', field.label), groups);
}

async function suggestions(draft, field) {
  const step = draft.step();
  if (!step || !field.name) return [];
  try {
    const { suggestions: found } = await post('/suggest', { flow: sound(draft), step: step.id, field: field.name });
    return found.map(({ expr, label, why }) => ({ value: expr, title: 'append' in expr ? t('keep_and_add_to', pathWords(label)) : pathWords(label), why, search: label }));
  } catch (refusal) {
    if (refusal instanceof Refusal) return []; // the whole list is there without them
    throw refusal;
  }
}

const ANYTHING = {
  filter: { all: [{ value: { text: '' }, op: 'exists' }] }, map: { fields: { value: { text: '' } } }, output: { note: { text: '' } },
};

// The flow as far as it is finished: what suggestions are made from. Of the step itself only its kind and call count.
function sound({ flow, findings, selected }) {
  const at = flow.steps.findIndex((step) => step.id === selected);
  const { id, kind, call } = flow.steps[at];
  const right = flow.steps.slice(0, at).filter((_, index) => !findings.some(({ pointer }) => pointer.startsWith(`/steps/${index}/`)));
  return { ...flow, name: flow.name || '-', steps: [...right, { id, kind, ...(kind === 'call' ? { call, input: {} } : ANYTHING[kind]) }] };
}
