// The form beside the canvas: of the trigger or of one step, made from the catalogue.
import { h, icon, iconButton, t } from './dom.js';
import { exprWords, pathWords, rename, words } from './model.js';
import { pickCall, pickEvent } from './picker.js';
import { choose, typeWords, valueEditor } from './value.js';

const OPERATORS = ['eq', 'ne', 'contains', 'starts', 'gt', 'lt', 'exists', 'missing'];
const ALONE = new Set(['exists', 'missing']);
const UNITS = [['day', 86400], ['hour', 3600], ['minute', 60], ['second', 1]];

// editor: {draft, catalogue, touched(mark), rebuilt(), close()}
export function inspector(editor) {
  const { draft } = editor;
  const step = draft.step();
  const isTrigger = draft.selected === 'trigger';
  const head = h('header', { class: 'inspector-head' },
    h('span', { class: `sign is-${isTrigger ? 'trigger' : step.kind}` }, icon(isTrigger ? 'trigger' : step.kind)),
    h('h2', { id: 'inspector-title', tabindex: '-1' }, isTrigger ? t('trigger') : t(`kind_${step.kind}`)),
    iconButton('close', t('close_form'), { onclick: () => editor.closeForm() }));
  const body = h('div', { class: 'inspector-body' }, isTrigger ? trigger(editor) : [...FORMS[step.kind](editor, step, draft.index()), naming(editor, step)]);
  const made = [head, body];
  mark(body, draft.findings);
  return made;
}

// Findings stand beside their field: each field says its JSON pointer.
export function mark(root, findings) {
  for (const slot of root.querySelectorAll('[data-pointer]')) {
    const own = findings.filter(({ pointer }) => pointer === slot.dataset.pointer || (slot.dataset.deep && pointer.startsWith(`${slot.dataset.pointer}/`)));
    slot.replaceChildren(...own.map(({ message, severity }) => h('span', { class: `finding is-${severity}` }, icon('warn', 14), message)));
    const control = document.getElementById(slot.id.replace(/-finding$/, ''));
    if (own.some(({ severity }) => severity !== 'warning')) control?.setAttribute('aria-invalid', 'true');
    else control?.removeAttribute('aria-invalid');
  }
}

const slot = (key, pointer, deep = false) => h('div', { class: 'findings', id: `${key}-finding`, 'data-pointer': pointer, 'data-deep': deep });

function field(key, label, control, pointer, { type = '', required = false, help = '', deep = false } = {}) {
  return h('div', { class: 'field' },
    h('div', { class: 'field-head' }, h('label', { for: key, id: `${key}-label` }, label), required && h('span', { class: 'required' }, t('required')), type && h('span', { class: 'type' }, typeWords(type))),
    control, h('p', { class: 'help', id: `${key}-help` }, help), slot(key, pointer, deep));
}

function chooser(key, title, detail, empty, press) {
  return h('button', { type: 'button', class: title ? 'chooser' : 'chooser is-empty', id: key, onclick: press, 'aria-labelledby': `${key}-label ${key}`, 'aria-describedby': `${key}-finding` },
    h('span', {}, title || empty), detail && h('span', { class: 'muted' }, detail), icon('search', 16));
}

function trigger(editor) {
  const { draft, catalogue } = editor;
  const event = catalogue.events.find((one) => one.type === draft.flow.trigger.event);
  const press = async () => {
    const type = await pickEvent(catalogue);
    if (type) editor.rebuild({ ...draft.flow, trigger: { ...draft.flow.trigger, event: type } });
  };
  return [
    field('event', t('when'), chooser('event', event?.title, event?.type, t('pick_event'), press), '/trigger/event'),
    event?.shape && h('details', { class: 'fold' }, h('summary', {}, t('hands_on')), shapeList(event.shape)),
  ];
}

export function shapeList(shape) {
  const fields = Object.entries(shape.fields ?? {});
  return h('ul', { class: 'shape' }, fields.map(([name, inner]) => h('li', {}, h('span', {}, inner.title ?? words(name)), h('span', { class: 'type' }, typeWords(inner.type)), inner.fields && shapeList(inner))));
}

function naming(editor, step) {
  const set = ({ target }) => {
    const to = target.value.trim();
    const free = !editor.draft.flow.steps.some((one) => one.id === to && one.id !== step.id);
    if (to === step.id || !free || !/^[a-z][a-z0-9_]{0,30}$/.test(to)) { target.value = step.id; return; }
    editor.draft.selected = to;
    editor.rebuild(rename(editor.draft.flow, step.id, to));
  };
  return h('details', { class: 'fold' }, h('summary', {}, t('step_name')),
    field('step-id', t('step_name'), h('input', { id: 'step-id', value: step.id, pattern: '[a-z][a-z0-9_]{0,30}', maxlength: '31', onchange: set, 'aria-describedby': 'step-id-help' }), `/steps/${editor.draft.index()}/id`, { help: t('step_name_help') }));
}

const FORMS = { filter: filterForm, map: mapForm, call: callForm, wait: waitForm, output: outputForm };

function filterForm(editor, step, index) {
  const mode = step.any ? 'any' : 'all';
  const rows = step[mode];
  const set = (next, as = mode) => {
    const { all, any, ...rest } = step;
    editor.rebuild(editor.replaced({ ...rest, [as]: next }));
  };
  const how = h('select', { id: 'match', value: mode, onchange: ({ target }) => set(rows, target.value) }, h('option', { value: 'all' }, t('match_all')), h('option', { value: 'any' }, t('match_any')));
  return [
    h('p', { class: 'help' }, t('help_filter')),
    field('match', t('goes_on_if'), how, `/steps/${index}/${mode}`),
    ...rows.map((row, at) => condition(editor, { row, at, pointer: `/steps/${index}/${mode}/${at}`, drop: () => set(rows.toSpliced(at, 1)), many: rows.length > 1 })),
    h('button', { type: 'button', class: 'small', onclick: () => set([...rows, { value: { ref: '' }, op: 'eq', to: '' }]) }, icon('plus', 15), t('add_condition')),
  ];
}

function condition(editor, { row, at, pointer, drop, many }) {
  const key = `condition-${at}`;
  const label = t('condition', at + 1);
  const press = async () => {
    const made = await choose({ draft: editor.draft, field: { name: 'value', label: t('value') } });
    if (!made) return;
    editor.begin();
    row.value = made.append?.[0] ?? made;
    editor.rebuild(editor.draft.flow, true);
  };
  const operator = h('select', { 'aria-label': t('comparison', at + 1), value: row.op, onchange: ({ target }) => { editor.begin(); row.op = target.value; editor.rebuild(editor.draft.flow, true); } },
    OPERATORS.map((one) => h('option', { value: one }, t(`op_${one}`))));
  const to = !ALONE.has(row.op) && h('input', { 'aria-label': t('compared_with', at + 1), value: row.to ?? '', id: `${key}-to`,
    oninput: ({ target }) => { editor.begin(`to-${at}`); row.to = literalOf(target.value, editor.draft, row.value.ref); editor.touched(); } });
  return h('fieldset', { class: 'condition' }, h('legend', { class: 'hidden', id: `${key}-label` }, label),
    h('div', { class: 'value-row' }, chooser(key, row.value.ref ? pathWords(row.value.ref) : exprWords(row.value), '', t('pick_value_empty'), press), many && iconButton('trash', t('remove_condition', at + 1), { onclick: drop })),
    h('div', { class: 'value-row' }, operator, to), slot(key, pointer, true));
}

// Numbers are compared as numbers where the value is one.
function literalOf(said, draft, path) {
  const type = typeOf(draft.shapes, path);
  if (['number', 'integer'].includes(type) && said !== '' && Number.isFinite(Number(said))) return Number(said);
  if (type === 'boolean' && ['true', 'false'].includes(said)) return said === 'true';
  return said;
}

function typeOf(shapes, path = '') {
  const [first, ...rest] = path.split('.');
  let shape = first === 'steps' ? shapes[rest.shift()] : shapes[first];
  for (const name of rest) shape = shape?.fields?.[name];
  return shape?.type;
}

function fieldsForm(editor, { values, pointer, prefix, title, add }) {
  const names = Object.keys(values);
  const renamed = (from, to) => {
    const clean = to.trim();
    if (!clean || clean === from || clean in values) return;
    editor.begin();
    const entries = Object.entries(values).map(([name, expr]) => [name === from ? clean : name, expr]);
    names.forEach((name) => delete values[name]);
    Object.assign(values, Object.fromEntries(entries));
    editor.rebuild(editor.draft.flow, true);
  };
  return h('fieldset', { class: 'pairs' }, h('legend', {}, title),
    names.map((name, at) => {
      const key = `${prefix}-${at}`;
      const about = { draft: editor.draft, key, value: values[name], field: { name, type: 'string', label: name }, set: (expr) => { editor.begin(key); values[name] = expr ?? { text: '' }; editor.touched(); } };
      return h('div', { class: 'pair' },
        h('div', { class: 'value-row' }, h('input', { class: 'pair-name', 'aria-label': t('field_name', at + 1), value: name, onchange: ({ target }) => renamed(name, target.value) }),
          iconButton('trash', t('remove_field', name), { onclick: () => { editor.begin(); delete values[name]; editor.rebuild(editor.draft.flow, true); } })),
        h('label', { class: 'hidden', for: key }, name), valueEditor(about), slot(key, `${pointer}/${name}`, true));
    }),
    h('button', { type: 'button', class: 'small', onclick: () => { editor.begin(); values[freshName(values)] = { text: '' }; editor.rebuild(editor.draft.flow, true); } }, icon('plus', 15), add));
}

function freshName(values) {
  for (let number = 1; ; number += 1) if (!(`field_${number}` in values)) return `field_${number}`;
}

function mapForm(editor, step, index) {
  return [h('p', { class: 'help' }, t('help_map')), fieldsForm(editor, { values: step.fields, pointer: `/steps/${index}/fields`, prefix: 'map', title: t('fields'), add: t('add_field') }), slot('fields', `/steps/${index}/fields`)];
}

// What a call needs: the parameters of an operation, or the input of an action.
export function callOf(catalogue, { call }) {
  if (call.operation !== undefined) {
    const found = catalogue.operations.find((one) => one.id === call.operation);
    return found && { title: found.title, detail: `${found.method} ${found.path}`, inputs: found.parameters };
  }
  const found = catalogue.actions.find((one) => one.app === call.action.app && one.key === call.action.action);
  return found && { title: found.title, detail: found.app_name, inputs: found.input };
}

function callForm(editor, step, index) {
  const found = callOf(editor.catalogue, step);
  const press = async () => {
    const call = await pickCall(editor.catalogue);
    if (call) editor.rebuild(editor.replaced({ ...step, call, input: {} }));
  };
  const inputs = found?.inputs ?? [];
  const [first, rest] = [inputs.filter((one) => one.required || step.input[one.name] !== undefined), inputs.filter((one) => !one.required && step.input[one.name] === undefined)];
  const shown = (one) => inputField(editor, step, index, one);
  return [
    h('p', { class: 'help' }, t('help_call')),
    field('call', t('do_this'), chooser('call', found?.title, found?.detail, t('pick_call'), press), `/steps/${index}/call`, { deep: true }),
    ...first.map(shown),
    rest.length > 0 && h('details', { class: 'fold', open: first.length === 0 }, h('summary', {}, t('more_fields', rest.length)), rest.map(shown)),
    slot('input', `/steps/${index}/input`),
  ];
}

function inputField(editor, step, index, { name, type, title, required, description = '', enum: options }) {
  const key = `input-${name.replaceAll('.', '-')}`;
  const about = {
    draft: editor.draft, key, value: step.input[name], field: { name, type, label: title ?? words(name), required, enum: options },
    set: (expr) => {
      editor.begin(key);
      if (expr === null) delete step.input[name];
      else step.input[name] = expr;
      editor.touched();
    },
  };
  return field(key, about.field.label, valueEditor(about), `/steps/${index}/input/${name}`, { type, required, help: description, deep: true });
}

function waitForm(editor, step, index) {
  const [unit, size] = UNITS.find(([, seconds]) => step.seconds % seconds === 0) ?? UNITS.at(-1);
  let chosen = size;
  const amount = h('input', { id: 'wait', type: 'number', min: '1', value: step.seconds / size, oninput: () => set(), 'aria-describedby': 'wait-finding' });
  const units = h('select', { 'aria-label': t('unit'), value: unit, onchange: ({ target }) => { chosen = UNITS.find(([name]) => name === target.value)[1]; set(); } }, UNITS.map(([name]) => h('option', { value: name }, t(`unit_${name}`))));
  function set() {
    editor.begin('wait');
    step.seconds = Math.round(Number(amount.value) * chosen);
    editor.touched();
  }
  return [h('p', { class: 'help' }, t('help_wait')), field('wait', t('wait_for'), h('div', { class: 'value-row' }, amount, units), `/steps/${index}/seconds`)];
}

function outputForm(editor, step, index) {
  const isPost = Boolean(step.post);
  const swap = ({ target }) => {
    const { post, note, ...rest } = step;
    editor.rebuild(editor.replaced(target.value === 'post' ? { ...rest, post: { url: '', headers: {}, body: {} } } : { ...rest, note: { text: '' } }));
  };
  const how = field('output', t('output_how'), h('select', { id: 'output', value: isPost ? 'post' : 'note', onchange: swap }, h('option', { value: 'post' }, t('output_post')), h('option', { value: 'note' }, t('output_note'))), `/steps/${index}`);
  if (!isPost) {
    const about = { draft: editor.draft, key: 'note', value: step.note, field: { name: 'note', type: 'string', label: t('note') }, set: (expr) => { editor.begin('note'); step.note = expr ?? { text: '' }; editor.touched(); } };
    return [how, field('note', t('note'), valueEditor(about), `/steps/${index}/note`, { help: t('note_help'), deep: true })];
  }
  const { post } = step;
  post.headers ??= {};
  post.body ??= {};
  return [
    how,
    field('url', t('address'), h('input', { id: 'url', type: 'url', value: post.url, placeholder: 'https://', autocomplete: 'off', 'aria-describedby': 'url-help url-finding', oninput: ({ target }) => { editor.begin('url'); post.url = target.value.trim(); editor.touched(); } }), `/steps/${index}/post/url`, { required: true, help: t('address_help') }),
    fieldsForm(editor, { values: post.body, pointer: `/steps/${index}/post/body`, prefix: 'body', title: t('body'), add: t('add_field') }),
    headersForm(editor, post, index),
  ];
}

function headersForm(editor, post, index) {
  const names = Object.keys(post.headers);
  const again = () => editor.rebuild(editor.draft.flow, true);
  return h('details', { class: 'fold', open: names.length > 0 }, h('summary', {}, t('headers')), h('p', { class: 'help' }, t('headers_help')),
    names.map((name, at) => h('div', { class: 'pair' },
      h('div', { class: 'value-row' }, h('input', { class: 'pair-name', 'aria-label': t('header_name', at + 1), value: name, onchange: ({ target }) => { editor.begin(); const value = post.headers[name]; delete post.headers[name]; if (target.value.trim()) post.headers[target.value.trim()] = value; again(); } }),
        iconButton('trash', t('remove_field', name), { onclick: () => { editor.begin(); delete post.headers[name]; again(); } })),
      h('input', { 'aria-label': t('header_value', name), value: post.headers[name], autocomplete: 'off', oninput: ({ target }) => { editor.begin(`header-${at}`); post.headers[name] = target.value; editor.touched(); } }))),
    h('button', { type: 'button', class: 'small', onclick: () => { editor.begin(); post.headers['X-Header'] ??= ''; again(); } }, icon('plus', 15), t('add_header')), slot('headers', `/steps/${index}/post/headers`, true));
}
