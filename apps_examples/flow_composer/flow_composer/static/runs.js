// The run log: what the flow did, step by step, with the way to go on from one of them.
import { Refusal, get, post, saying } from './api.js';
import { exact, h, icon, moment, notice, t } from './dom.js';
import { state, stepRows } from './steps.js';
import { titleOf } from './trying.js';

export function runs(editor) {
  const { draft } = editor;
  const list = h('div', { class: 'runs' });
  const more = h('button', { type: 'button', hidden: true }, t('older'));
  const again = h('button', { type: 'button', class: 'small', onclick: () => load() }, icon('redo', 15), t('look_again'));
  more.addEventListener('click', () => load(more.dataset.cursor));
  load();
  return h('div', { class: 'log' }, h('div', { class: 'log-head' }, h('h2', {}, t('tab_runs')), again), list, more);

  async function load(cursor = '') {
    list.setAttribute('aria-busy', 'true');
    try {
      const answer = await get(`/flows/${draft.id}/runs${cursor ? `?cursor=${encodeURIComponent(cursor)}` : ''}`);
      if (!cursor) list.replaceChildren();
      list.append(...answer.runs.map(row));
      if (!list.children.length) list.append(h('p', { class: 'empty' }, t('no_runs')));
      more.hidden = !answer.next_cursor;
      more.dataset.cursor = answer.next_cursor ?? '';
    } catch (refusal) {
      if (!(refusal instanceof Refusal)) throw refusal;
      notice(refusal.message, { tone: 'bad' });
    } finally {
      list.removeAttribute('aria-busy');
    }
  }

  function row(run) {
    const place = h('div', { class: 'run-steps' });
    const box = h('details', { class: 'run', 'data-run': run.id }, h('summary', {}, state(run.state), h('span', { class: 'strong' }, exact(run.started_at)),
      h('span', { class: 'muted' }, moment(run.started_at), ' · ', t('version', run.version), run.replay_of ? ` · ${t('is_replay')}` : '', run.finished_at ? '' : ` · ${t('not_finished')}`)), place);
    box.addEventListener('toggle', () => { if (box.open) open(run.id, place); });
    return box;
  }

  async function open(id, place) {
    try {
      const run = await get(`/runs/${id}`);
      const began = run.withheld ?? t('run_began_with', titleOf(Object(run.event)));
      const error = run.error ? [h('p', { class: 'finding is-error' }, icon('warn', 15), run.error.message ?? run.error)] : [];
      place.replaceChildren(h('p', { class: 'muted' }, began), ...error, stepRows(run.steps, editor, { replay: run.finished_at && !run.withheld ? (step) => saying(() => replay(id, step)) : null }));
    } catch (refusal) {
      if (!(refusal instanceof Refusal)) throw refusal;
      place.replaceChildren(h('p', { class: 'finding is-error' }, refusal.message));
    }
  }

  async function replay(id, from) {
    await post(`/runs/${id}/replay`, { from });
    notice(t('replayed'));
    await load();
  }
}
