// All flows: what starts them, whether they are on, and how they went; and the ways to begin a new one.
import { Refusal, ask, get, post, saying } from './api.js';
import { h, icon, iconButton, modal, moment, notice, t } from './dom.js';
import { STARTERS, blank } from './starters.js';
import { state } from './steps.js';
import { switching } from './switch.js';

// open(id) shows one; begin(flow) shows a new one. The catalogue, a promise, may come later than the flows.
export async function list(root, catalogue, { open, begin }) {
  const { flows } = await get('/flows');
  root.replaceChildren(
    h('header', { class: 'list-head' }, h('div', {}, h('h1', { tabindex: '-1' }, t('title')), h('p', { class: 'muted' }, t('lead'))),
      h('div', { class: 'list-tools' }, h('button', { type: 'button', onclick: () => importing(open) }, t('import')), h('button', { type: 'button', class: 'primary', onclick: () => beginning(begin) }, icon('plus', 16), t('new_flow')))),
    flows.length ? h('ul', { class: 'flows' }, flows.map((flow) => row(flow))) : empty(begin));

  function row(flow) {
    const trigger = h('span', { class: 'muted' }, t('starts_when', flow.event));
    catalogue.then(({ events }) => {
      const event = events.find((one) => one.type === flow.event);
      if (event) trigger.textContent = t('starts_when', event.title);
    }, () => undefined); // it is asked for again when a flow is opened
    return h('li', { class: 'flow-row', 'data-flow': flow.id },
      h('span', { class: 'sign is-trigger' }, icon('flow')),
      h('div', { class: 'flow-about' }, h('button', { type: 'button', class: 'flow-link', onclick: () => open(flow.id) }, flow.name || t('no_name')),
        trigger, h('span', { class: 'muted' }, t('owned_by', flow.owner?.name ?? '')), flow.off_because && h('span', { class: 'finding is-error' }, icon('warn', 14), flow.off_because)),
      h('div', { class: 'flow-last' }, flow.last_run ? [state(flow.last_run.state), h('span', { class: 'muted' }, moment(flow.last_run.at))] : h('span', { class: 'muted' }, t('never_ran'))),
      counts(flow.counts_7d ?? {}),
      switching(flow, { changed: () => undefined }),
      iconButton('trash', t('delete_flow', flow.name), { onclick: () => removing(flow) }));
  }

  function removing(flow) {
    const box = modal(t('delete_title'), h('div', { class: 'modal-body' }, h('p', {}, t('delete_words', flow.name)), h('div', { class: 'modal-foot' }, h('button', { type: 'button', class: 'danger', onclick: async () => {
      box.close();
      await saying(async () => {
        await ask('DELETE', `/flows/${flow.id}`);
        await list(root, catalogue, { open, begin });
        notice(t('deleted', flow.name));
      });
    } }, t('delete')))));
  }
}

function counts({ succeeded = 0, failed = 0, skipped = 0 }) {
  const one = (number, tone, words) => h('span', { class: `count is-${tone}${number ? '' : ' is-none'}` }, h('strong', {}, String(number)), h('span', {}, words));
  return h('div', { class: 'counts', role: 'group', 'aria-label': t('seven_days') }, one(succeeded, 'good', t('state_succeeded')), one(failed, 'bad', t('state_failed')), one(skipped, 'muted', t('count_skipped')));
}

function starters(begin) {
  const cards = [['blank', blank()], ...STARTERS.map((one) => [one.key, one.flow])];
  return h('div', { class: 'starters' }, cards.map(([key, flow]) => h('button', { type: 'button', class: 'starter', onclick: () => begin({ ...structuredClone(flow), name: t(key === 'blank' ? 'new_flow' : `starter_${key}`) }) },
    h('span', { class: 'starter-signs' }, ['trigger', ...flow.steps.map((step) => step.kind)].map((kind) => h('span', { class: `sign is-${kind}` }, icon(kind, 16)))),
    h('strong', {}, t(`starter_${key}`)), h('span', { class: 'muted' }, t(`starter_${key}_about`)))));
}

function empty(begin) {
  return h('section', { class: 'empty-state' }, h('span', { class: 'sign is-trigger is-large' }, icon('flow', 28)), h('h2', {}, t('empty_title')), h('p', { class: 'muted' }, t('empty_words')), starters(begin));
}

function beginning(begin) {
  const box = modal(t('new_flow'), h('div', { class: 'modal-body' }, starters((flow) => { box.close(); begin(flow); })), { wide: true });
}

function importing(open) {
  const text = h('textarea', { rows: '10', class: 'file', id: 'import-text', placeholder: '{"format": "portico.flow/1", …}', spellcheck: 'false' });
  const error = h('p', { class: 'finding is-error', role: 'alert', hidden: true });
  const file = h('input', { type: 'file', accept: '.json,application/json', id: 'import-file', onchange: async () => { if (file.files[0]) text.value = await file.files[0].text(); } });
  const refuse = (words) => { error.hidden = false; error.textContent = words; };
  const send = async () => {
    let content;
    try {
      content = JSON.parse(text.value);
    } catch (refusal) {
      if (refusal instanceof SyntaxError) return refuse(t('import_not_json'));
      throw refusal;
    }
    try {
      const { id } = await post('/import', { file: content });
      box.close();
      open(id);
    } catch (refusal) {
      if (!(refusal instanceof Refusal)) throw refusal;
      refuse(refusal.message);
    }
    return undefined;
  };
  const box = modal(t('import'), h('div', { class: 'modal-body' }, h('p', { class: 'help' }, t('import_help')), h('div', { class: 'field' }, h('label', { for: 'import-file' }, t('file')), file), h('div', { class: 'field' }, h('label', { for: 'import-text' }, t('import_text')), text), error,
    h('div', { class: 'modal-foot' }, h('button', { type: 'button', class: 'primary', onclick: send }, t('import')))));
}
