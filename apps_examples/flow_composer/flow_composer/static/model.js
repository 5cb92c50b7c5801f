// A flow and what may be done to it. Nothing here touches the page.
export const KINDS = ['filter', 'map', 'call', 'wait', 'output'];

const BLANK = {
  filter: () => ({ all: [{ value: { ref: '' }, op: 'eq', to: '' }] }),
  map: () => ({ fields: { value: { text: '' } } }),
  call: () => ({ call: { operation: '' }, input: {} }),
  wait: () => ({ seconds: 3600 }),
  output: () => ({ post: { url: '', headers: {}, body: {} } }),
};

export const copy = (value) => structuredClone(value);

export function freshId(flow, kind) {
  const taken = new Set(flow.steps.map((step) => step.id));
  if (!taken.has(kind)) return kind;
  for (let number = 2; ; number += 1) if (!taken.has(`${kind}_${number}`)) return `${kind}_${number}`;
}

export function newStep(flow, kind) {
  return { id: freshId(flow, kind), kind, ...BLANK[kind]() };
}

export const insert = (flow, index, step) => ({ ...flow, steps: flow.steps.toSpliced(index, 0, step) });
export const remove = (flow, id) => ({ ...flow, steps: flow.steps.filter((step) => step.id !== id) });

// `to` is a gap: 0 is before the first step.
export function move(flow, id, to) {
  const from = flow.steps.findIndex((step) => step.id === id);
  const rest = flow.steps.toSpliced(from, 1);
  return { ...flow, steps: rest.toSpliced(to > from ? to - 1 : to, 0, flow.steps[from]) };
}

// What refers to a step goes on referring to it.
export function rename(flow, from, to) {
  const text = JSON.stringify(flow.steps).replaceAll(`steps.${from}.`, `steps.${to}.`).replaceAll(`"steps.${from}"`, `"steps.${to}"`);
  return { ...flow, steps: JSON.parse(text).map((step) => (step.id === from ? { ...step, id: to } : step)) };
}

// All values that a shape holds, with the way to each.
export function flatten(shape, path, trail = [], depth = 0) {
  const found = [{ path, type: shape.type, trail }];
  if (depth > 5) return found;
  for (const [name, inner] of Object.entries(shape.fields ?? {})) {
    found.push(...flatten(inner, `${path}.${name}`, [...trail, inner.title ?? words(name)], depth + 1));
  }
  return found;
}

// What the step at `index` may use: the trigger, and what the steps before it hand on.
export function sources(flow, shapes, index) {
  const before = flow.steps.slice(0, index).filter((step) => shapes[step.id]);
  return [
    ...(shapes.trigger ? [{ step: null, values: flatten(shapes.trigger, 'trigger') }] : []),
    ...before.map((step) => ({ step, values: flatten(shapes[step.id], `steps.${step.id}`) })),
  ];
}

export function words(name) {
  const text = String(name).split('.').pop().replaceAll('_', ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

// `trigger.ticket.subject` as people read it.
export function pathWords(path) {
  const [first, ...rest] = path.split('.');
  const [owner, names] = first === 'steps' ? [rest[0], rest.slice(1)] : ['', rest];
  return [...(owner ? [words(owner)] : []), ...names.map(words)].join(' › ') || words(first);
}

export const refsIn = (template) => [...template.matchAll(/\{\{\s*([^{}]+?)\s*\}\}/g)].map((found) => found[1]);

export function exprWords(expr) {
  if (!expr) return '';
  if ('ref' in expr) return expr.ref ? pathWords(expr.ref) : '…';
  if ('template' in expr) return expr.template.replace(/\{\{\s*([^{}]+?)\s*\}\}/g, (_, path) => pathWords(path));
  if ('text' in expr) return expr.text;
  if ('list' in expr) return expr.list.map(exprWords).join(', ');
  if ('append' in expr) return `${exprWords(expr.append[0])} + ${exprWords(expr.append[1])}`;
  return String(expr.number ?? expr.bool ?? '');
}

// What differs between two flows, as [what, which] for the words of the page.
export function differences(mine, theirs) {
  const found = [];
  if (mine.name !== theirs.name) found.push(['diff_name', theirs.name]);
  if (mine.trigger.event !== theirs.trigger.event) found.push(['diff_trigger', theirs.trigger.event]);
  const ours = new Map(mine.steps.map((step) => [step.id, step]));
  const others = new Map(theirs.steps.map((step) => [step.id, step]));
  for (const [id, step] of others) {
    if (!ours.has(id)) found.push(['diff_added', id]);
    else if (JSON.stringify(ours.get(id)) !== JSON.stringify(step)) found.push(['diff_changed', id]);
  }
  for (const id of ours.keys()) if (!others.has(id)) found.push(['diff_removed', id]);
  const order = (flow, other) => flow.steps.map((step) => step.id).filter((id) => other.has(id)).join();
  if (order(mine, others) !== order(theirs, ours)) found.push(['diff_order', '']);
  return found;
}

// A flow under change, with the way back.
export class Draft {
  constructor(flow, id = null, version = 0) {
    Object.assign(this, { id, version, flow, past: [], future: [], selected: null, findings: [], shapes: {} });
    this.saved = JSON.stringify(flow);
  }

  get dirty() { return JSON.stringify(this.flow) !== this.saved; }

  step(id = this.selected) { return this.flow.steps.find((step) => step.id === id) ?? null; }

  index(id = this.selected) { return this.flow.steps.findIndex((step) => step.id === id); }

  // Changes of one kind that follow each other, such as letters of one field, are one step back.
  change(flow, mark = '') {
    if (!mark || this.mark !== mark) this.past.push({ flow: copy(this.flow), selected: this.selected });
    this.mark = mark;
    this.future = [];
    this.flow = flow;
  }

  undo() { return this.travel(this.past, this.future); }

  redo() { return this.travel(this.future, this.past); }

  travel(from, to) {
    if (!from.length) return false;
    to.push({ flow: copy(this.flow), selected: this.selected });
    Object.assign(this, from.pop());
    this.mark = '';
    if (this.selected !== 'trigger' && !this.step()) this.selected = null;
    return true;
  }
}
