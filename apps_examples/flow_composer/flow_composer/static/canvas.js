// The chain: the trigger, then the steps, joined by lines, with a way to add on each line.
import { h, icon, iconButton, say, svg, t } from './dom.js';
import { KINDS, exprWords, pathWords, words } from './model.js';
import { callOf } from './inspector.js';

export function describe(step, catalogue) {
  if (step.kind === 'filter') {
    const rows = step.all ?? step.any ?? [];
    const said = rows.map((row) => `${row.value.ref ? pathWords(row.value.ref) : exprWords(row.value)} ${t(`op_${row.op}`)} ${['exists', 'missing'].includes(row.op) ? '' : row.to ?? ''}`.trim());
    return { title: t('kind_filter'), detail: said.join(step.any ? ` ${t('or')} ` : ` ${t('and')} `) };
  }
  if (step.kind === 'map') return { title: t('kind_map'), detail: Object.keys(step.fields).map(words).join(', ') || t('no_fields') };
  if (step.kind === 'call') {
    const found = callOf(catalogue, step);
    const said = Object.entries(step.input ?? {}).filter(([name]) => !name.endsWith('_id')).map(([name, expr]) => `${words(name)}: ${exprWords(expr)}`);
    return { title: found?.title ?? t('kind_call'), detail: said.join(' · ') || found?.detail || step.call.operation || step.call.action?.action || t('pick_call') };
  }
  if (step.kind === 'wait') return { title: t('kind_wait'), detail: duration(step.seconds) };
  return step.post ? { title: t('output_post'), detail: hostOf(step.post.url) || t('no_address') } : { title: t('output_note'), detail: exprWords(step.note) };
}

function hostOf(url) {
  return URL.canParse(url) ? new URL(url).host : url;
}

export function duration(seconds) {
  const [unit, size] = [['day', 86400], ['hour', 3600], ['minute', 60]].find(([, one]) => seconds % one === 0) ?? ['second', 1];
  return new Intl.NumberFormat(document.documentElement.lang, { style: 'unit', unit, unitDisplay: 'long' }).format(seconds / size);
}

// editor: {draft, catalogue, select(id), add(index, kind, focus), shift(id, to), drop(id), askKind(index)}
export function canvas(editor) {
  const { draft } = editor;
  const { flow } = draft;
  const active = draft.selected ?? draft.active ?? 'trigger';
  const nodes = [triggerNode(editor, active), ...flow.steps.flatMap((step, at) => [line(editor, at, flow.steps[at - 1]), stepNode(editor, step, at, active)])];
  return h('ol', { class: 'chain', 'aria-label': t('chain') }, nodes, line(editor, flow.steps.length, flow.steps.at(-1), true), h('li', { class: 'end' }, h('span', {}, t('end'))));
}

function node(editor, { id, kind, title, detail, number, pointer }, active, tools = null) {
  const { draft } = editor;
  const own = draft.findings.filter((one) => one.pointer.startsWith(pointer) && !/\d/.test(one.pointer.charAt(pointer.length)));
  const bad = own.some(({ severity }) => severity !== 'warning');
  const state = own.length === 0 ? '' : bad ? t('to_mend', own.length) : t('to_look_at', own.length);
  return h('li', { class: `node is-${kind}${draft.selected === id ? ' is-selected' : ''}${bad ? ' is-bad' : ''}`, 'data-node': id },
    h('button', { type: 'button', class: 'node-face', 'data-id': id, 'data-key': id, tabindex: active === id ? '0' : '-1', 'aria-current': draft.selected === id ? 'step' : null, 'aria-describedby': 'keys', onclick: () => editor.select(id) },
      h('span', { class: `sign is-${kind}` }, icon(kind)),
      h('span', { class: 'node-text' }, h('span', { class: 'node-kind' }, number), h('span', { class: 'node-title' }, title), h('span', { class: 'node-detail' }, detail)),
      state && h('span', { class: bad ? 'badge is-bad' : 'badge is-warning' }, state)),
    tools);
}

function triggerNode(editor, active) {
  const { draft, catalogue } = editor;
  const event = catalogue.events.find((one) => one.type === draft.flow.trigger.event);
  return node(editor, { id: 'trigger', kind: 'trigger', title: event?.title ?? t('pick_event'), detail: draft.flow.trigger.event, number: t('when'), pointer: '/trigger' }, active);
}

function stepNode(editor, step, at, active) {
  const { title, detail } = describe(step, editor.catalogue);
  const last = editor.draft.flow.steps.length - 1;
  const named = t('named', at + 1, title);
  const tools = h('div', { class: 'node-tools' },
    h('span', { class: 'grip', 'data-grip': step.id, 'aria-hidden': 'true' }, icon('grip')),
    iconButton('up', t('move_up', named), { disabled: at === 0, 'data-key': `up-${step.id}`, onclick: () => editor.shift(step.id, at - 1, `up-${step.id}`) }),
    iconButton('down', t('move_down', named), { disabled: at === last, 'data-key': `down-${step.id}`, onclick: () => editor.shift(step.id, at + 2, `down-${step.id}`) }),
    iconButton('trash', t('remove_step', named), { 'data-key': `remove-${step.id}`, onclick: () => editor.drop(step.id) }));
  return node(editor, { id: step.id, kind: step.kind, title, detail, number: t('step_number', at + 1), pointer: `/steps/${at}` }, active, tools);
}

// The line into gap `at`: drawn, with "+" on it; behind a filter it says where the other way goes.
function line(editor, at, before, isLast = false) {
  const branch = before?.kind === 'filter';
  return h('li', { class: `gap${branch ? ' has-branch' : ''}`, 'data-gap': at },
    svg('svg', { class: 'wire', viewBox: '0 0 120 56', 'aria-hidden': 'true' },
      svg('path', { d: 'M60 0v50', class: 'wire-line' }), svg('path', { d: 'M54 46l6 7 6-7', class: 'wire-head' }),
      ...(branch ? [svg('path', { d: 'M60 0c0 20 34 8 46 20', class: 'wire-line is-other' })] : [])),
    branch && h('span', { class: 'otherwise' }, t('otherwise_stop')),
    h('button', { type: 'button', class: 'add', 'data-key': `gap-${at}`, 'aria-label': isLast ? t('add_at_end') : t('add_before', at + 1), title: t('add_step'), onclick: () => editor.askKind(at) }, h('span', {}, icon('plus', 16))));
}

export function palette(editor) {
  return h('aside', { class: 'palette', 'aria-labelledby': 'palette' }, h('h2', { id: 'palette' }, t('palette')), h('p', { class: 'help' }, t('palette_help')),
    KINDS.map((kind) => h('button', { type: 'button', class: 'palette-item', 'data-kind': kind, onclick: () => editor.add(editor.draft.index() >= 0 ? editor.draft.index() + 1 : editor.draft.flow.steps.length, kind) },
      h('span', { class: `sign is-${kind}` }, icon(kind)), h('span', { class: 'palette-text' }, h('strong', {}, t(`kind_${kind}`)), h('span', { class: 'muted' }, t(`about_${kind}`))))));
}

// Arrows go from card to card, Alt and an arrow moves the card, Delete takes it away.
export function onKeys(event, editor) {
  const face = event.target.closest('.node-face');
  if (!face) return;
  const all = ['trigger', ...editor.draft.flow.steps.map((step) => step.id)];
  const id = face.dataset.id;
  const at = all.indexOf(id);
  const go = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 };
  if (event.altKey && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
    event.preventDefault();
    const to = event.key === 'ArrowDown' ? at + 1 : at - 2; // gaps: the trigger has none
    if (id !== 'trigger' && to >= 0 && to <= all.length - 1) editor.shift(id, to);
    else say(t('cannot_move'));
  } else if (event.key in go && !event.altKey && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    editor.walk(all[Math.min(Math.max(go[event.key], 0), all.length - 1)]);
  } else if ((event.key === 'Delete' || event.key === 'Backspace') && id !== 'trigger') {
    event.preventDefault();
    editor.drop(id);
  }
}
