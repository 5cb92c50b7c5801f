// One flow: its name and switch above, then what it does, what it would do, what it did, and what it was.
import { Refusal, ask, get, post, saying } from './api.js';
import { canvas, onKeys, palette } from './canvas.js';
import { draggable } from './drag.js';
import { h, icon, iconButton, modal, notice, say, t } from './dom.js';
import { inspector, mark } from './inspector.js';
import { Draft, KINDS, insert, move, newStep, remove } from './model.js';
import { conflict, exported, versions } from './history.js';
import { runs } from './runs.js';
import { switching } from './switch.js';
import { trying } from './trying.js';

const PAUSE = 350; // ms without a change until the flow is checked
const TABS = ['build', 'try', 'runs', 'versions'];

export class Editor {
  // about: what GET /flows/ID answers, or {flow} for one that was never saved
  constructor(root, catalogue, about, leave) {
    Object.assign(this, { root, catalogue, about, leave, tab: 'build', checking: 0 });
    this.draft = new Draft(about.flow, about.id, about.version);
    this.draft.findings = about.findings ?? [];
    this.ending = new AbortController();
    document.addEventListener('keydown', (event) => this.key(event), { signal: this.ending.signal });
    this.draw();
    this.dragging = draggable(root, (what, gap) => this.dropped(what, gap), this.ending.signal);
    if (!about.id) this.head.querySelector('.flow-name').focus();
    else this.walk('trigger');
    this.draft.settled = () => this.checked();
    this.checked();
  }

  close() {
    this.ending.abort();
    clearTimeout(this.timer);
    this.tell(false);
  }

  // ---- drawing

  draw() {
    this.head = h('header', { class: 'flow-head' });
    this.place = h('div', { class: 'flow-body' });
    this.root.replaceChildren(this.head, this.place);
    this.drawHead();
    this.drawTab();
  }

  drawHead() {
    const { draft, about } = this;
    const name = h('input', { class: 'flow-name', 'aria-label': t('name'), value: draft.flow.name, maxlength: '80', oninput: ({ target }) => { this.begin('name'); draft.flow.name = target.value; this.touched(); } });
    this.status = h('span', { class: 'muted saved' });
    this.saving = h('button', { type: 'button', class: 'primary', onclick: () => this.save() }, t('save'));
    const may = Boolean(draft.id);
    this.back = iconButton('undo', t('undo'), { onclick: () => this.travel('undo') });
    this.forth = iconButton('redo', t('redo'), { onclick: () => this.travel('redo') });
    this.head.replaceChildren(h('h1', { class: 'hidden' }, draft.flow.name || t('flow')),
      h('div', { class: 'flow-title' }, iconButton('back', t('all_flows'), { onclick: () => this.leaveIfSaved() }), name, this.status),
      h('div', { class: 'flow-tools' }, this.back, this.forth,
        iconButton('export', t('export'), { disabled: !may, onclick: () => saying(() => exported(draft.id)) }),
        may && switching({ id: draft.id, name: draft.flow.name, enabled: about.enabled }, { before: () => this.save(), changed: (enabled) => { about.enabled = enabled; } }), this.saving),
      h('nav', { class: 'tabs', 'aria-label': t('flow') }, TABS.map((tab) => h('button', { type: 'button', class: 'tab', 'data-tab': tab, 'aria-current': this.tab === tab ? 'page' : null, disabled: !may && (tab === 'runs' || tab === 'versions'), onclick: () => this.show(tab) }, t(`tab_${tab}`)))));
    if (about.off_because && !about.enabled) this.head.append(h('p', { class: 'finding is-error off-because' }, icon('warn', 15), about.off_because));
    this.drawState();
  }

  drawState() {
    const { draft } = this;
    this.status.textContent = draft.dirty ? t('not_saved') : draft.id ? t('version', draft.version) : t('new');
    this.back.disabled = !draft.past.length;
    this.forth.disabled = !draft.future.length;
    this.saving.disabled = !draft.dirty && Boolean(draft.id);
    this.tell(draft.dirty);
  }

  // The portal asks before somebody leaves with changes that are not saved.
  tell(dirty) {
    if (this.told === dirty) return;
    this.told = dirty;
    window.portico.dirty?.(dirty).catch(() => undefined);
  }

  show(tab) {
    this.tab = tab;
    for (const one of this.head.querySelectorAll('.tab')) {
      if (one.dataset.tab === tab) one.setAttribute('aria-current', 'page');
      else one.removeAttribute('aria-current');
    }
    this.drawTab();
  }

  drawTab() {
    const draws = { build: () => this.build(), try: () => trying(this), runs: () => runs(this), versions: () => versions(this) };
    this.place.className = `flow-body is-${this.tab}`;
    this.place.replaceChildren(...[draws[this.tab]()].flat());
  }

  build() {
    this.stage = h('section', { class: 'stage', 'aria-label': t('canvas') }, h('p', { class: 'hidden', id: 'keys' }, t('keys')));
    this.stage.addEventListener('keydown', (event) => onKeys(event, this));
    this.side = h('aside', { class: 'inspector', 'aria-labelledby': 'inspector-title', hidden: true });
    this.drawCanvas();
    this.drawInspector();
    return [palette(this), this.stage, this.side];
  }

  drawCanvas() {
    if (this.tab !== 'build') return;
    const top = this.stage.scrollTop;
    const focused = document.activeElement?.closest?.('.stage [data-key]')?.dataset.key;
    this.stage.querySelector('.chain')?.remove();
    this.stage.append(canvas(this));
    this.stage.scrollTop = top;
    if (focused) this.stage.querySelector(`[data-key="${focused}"]`)?.focus({ preventScroll: true });
  }

  drawInspector() {
    if (this.tab !== 'build') return;
    const chosen = this.draft.selected === 'trigger' || this.draft.step();
    this.side.hidden = !chosen;
    this.place.classList.toggle('has-inspector', Boolean(chosen));
    this.side.replaceChildren(...(chosen ? inspector(this) : []));
  }

  // ---- changes

  begin(kind = '') { this.draft.change(this.draft.flow, kind); }

  touched() {
    this.drawState();
    this.redrawCard();
    this.later();
  }

  // The cards change with each letter; what has the focus is not drawn anew.
  redrawCard() {
    if (this.tab === 'build') this.drawCanvas();
  }

  // Changed in its form: all is drawn anew, and the focus goes where it was.
  rebuild(flow, begun = false) {
    if (!begun) this.draft.change(flow);
    const before = document.activeElement;
    const inForm = this.side?.contains(before);
    this.drawState();
    this.drawCanvas();
    this.drawInspector();
    const same = before?.id ? document.getElementById(before.id) : null;
    if (same) same.focus();
    else if (inForm) document.getElementById('inspector-title')?.focus();
    this.later();
  }

  replaced(step) {
    const { flow } = this.draft;
    return { ...flow, steps: flow.steps.map((one) => (one.id === this.draft.selected ? step : one)) };
  }

  add(gap, kind) {
    const step = newStep(this.draft.flow, kind);
    this.draft.change(insert(this.draft.flow, gap, step));
    this.select(step.id);
    this.later();
    say(t('added', t(`kind_${kind}`), gap + 1));
  }

  dropped({ kind, id }, gap) {
    if (gap === null) this.drawCanvas();
    else if (kind) this.add(gap, kind);
    else this.shift(id, gap);
  }

  shift(id, gap, tool = '') {
    const { draft } = this;
    const from = draft.index(id);
    if (gap === from || gap === from + 1 || gap < 0 || gap > draft.flow.steps.length) return this.drawCanvas();
    draft.change(move(draft.flow, id, gap));
    this.rebuild(draft.flow, true);
    const button = tool && this.stage.querySelector(`[data-key="${tool}"]:not([disabled])`);
    if (button) button.focus();
    else this.walk(id);
    say(t('moved', draft.index(id) + 1, draft.flow.steps.length));
    return undefined;
  }

  drop(id) {
    const { draft } = this;
    const at = draft.index(id);
    const kind = draft.step(id).kind;
    draft.change(remove(draft.flow, id));
    if (draft.selected === id) draft.selected = null;
    this.rebuild(draft.flow, true);
    this.walk(draft.flow.steps[Math.min(at, draft.flow.steps.length - 1)]?.id ?? 'trigger');
    notice(t('removed', t(`kind_${kind}`)), { action: t('undo'), run: () => this.travel('undo') });
  }

  travel(way) {
    if (!this.draft[way]()) return;
    notice('');
    this.drawHead();
    this.drawCanvas();
    this.drawInspector();
    this.later();
    this.walk(this.draft.selected ?? 'trigger');
    say(t(way === 'undo' ? 'undone' : 'redone'));
  }

  select(id) {
    this.draft.selected = id;
    this.draft.active = id;
    this.drawState();
    this.drawCanvas();
    this.drawInspector();
    document.getElementById('inspector-title')?.focus();
  }

  closeForm() {
    const id = this.draft.selected;
    this.draft.selected = null;
    this.drawCanvas();
    this.drawInspector();
    this.walk(id);
  }

  walk(id) {
    this.draft.active = id;
    if (this.tab !== 'build') return;
    for (const face of this.stage.querySelectorAll('.node-face')) face.tabIndex = face.dataset.id === id ? 0 : -1;
    const face = this.stage.querySelector(`[data-id="${id}"]`);
    face?.focus();
    face?.scrollIntoView({ block: 'nearest' });
  }

  // "+" on a line: the kinds, to be chosen without dragging.
  askKind(gap) {
    const box = modal(t('add_step'), h('div', { class: 'kinds' }, KINDS.map((kind) => h('button', { type: 'button', class: 'palette-item', onclick: () => { box.close(); this.add(gap, kind); } },
      h('span', { class: `sign is-${kind}` }, icon(kind)), h('span', { class: 'palette-text' }, h('strong', {}, t(`kind_${kind}`)), h('span', { class: 'muted' }, t(`about_${kind}`)))))));
  }

  key(event) {
    const typing = event.target.closest?.('input, textarea, select, dialog');
    const command = event.ctrlKey || event.metaKey;
    if (command && event.key.toLowerCase() === 's') {
      event.preventDefault();
      this.save();
    } else if (command && event.key.toLowerCase() === 'z' && !typing) {
      event.preventDefault();
      this.travel(event.shiftKey ? 'redo' : 'undo');
    } else if (event.key === 'Escape' && this.tab === 'build' && this.draft.selected && !event.target.closest?.('dialog')) {
      event.preventDefault();
      this.closeForm();
    }
  }

  // ---- the server

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => { this.checked(); }, PAUSE);
  }

  // What is handed on is known for the flow as it is now.
  checked() {
    clearTimeout(this.timer);
    if (this.known !== JSON.stringify(this.draft.flow)) {
      this.known = JSON.stringify(this.draft.flow);
      this.running = this.check();
    }
    return this.running;
  }

  async check() {
    this.checking += 1;
    const mine = this.checking;
    await saying(async () => {
      const { findings, shapes } = await post('/check', { flow: this.draft.flow });
      if (mine !== this.checking) return; // a newer one is on its way
      Object.assign(this.draft, { findings, shapes: { ...this.draft.shapes, ...shapes } });
      if (this.tab !== 'build') return;
      if (!this.dragging()) this.drawCanvas(); // what is being dragged is drawn anew when it is dropped
      mark(this.side, findings);
    });
  }

  // Answers whether it is saved now.
  async save(over = false) {
    const { draft } = this;
    if (!draft.dirty && draft.id && !over) return true;
    const sent = JSON.stringify(draft.flow);
    try {
      const answer = draft.id ? await ask('PUT', `/flows/${draft.id}`, { flow: draft.flow, version: draft.version }) : await post('/flows', { flow: draft.flow });
      Object.assign(draft, { id: answer.id ?? draft.id, version: answer.version, findings: answer.findings ?? draft.findings, saved: sent });
      this.about = { ...this.about, id: draft.id };
      this.drawHead();
      if (this.tab === 'build') mark(this.side, draft.findings);
      notice(t('saved_as', draft.version));
      return true;
    } catch (refusal) {
      if (!(refusal instanceof Refusal)) throw refusal;
      if (refusal.status === 409) await saying(() => conflict(this));
      else this.refused(refusal);
      return false;
    }
  }

  // What is unfinished cannot be kept: the step is opened, and its field says why.
  refused({ message, pointer }) {
    const step = this.draft.flow.steps[Number(/^\/flow\/steps\/(\d+)/.exec(pointer)?.[1] ?? NaN)];
    if (step && this.tab === 'build') this.select(step.id);
    notice(message, { tone: 'bad' });
  }

  // What somebody else saved, or an older version, in the place of this one.
  take(about) {
    const { draft } = this;
    this.about = { ...this.about, ...about };
    Object.assign(draft, { version: about.version, flow: about.flow, saved: JSON.stringify(about.flow), past: [], future: [], selected: null, findings: about.findings ?? [] });
    this.draw();
    this.checked();
  }

  async reload() { this.take(await get(`/flows/${this.draft.id}`)); }

  leaveIfSaved() {
    if (!this.draft.dirty) return this.leave();
    const box = modal(t('leave_title'), h('div', { class: 'modal-body' }, h('p', {}, t('leave_words')), h('div', { class: 'modal-foot' },
      h('button', { type: 'button', onclick: () => { box.close(); this.leave(); } }, t('leave_without')),
      h('button', { type: 'button', class: 'primary', onclick: async () => { box.close(); if (await this.save()) this.leave(); } }, t('save_and_leave')))));
    return undefined;
  }
}
