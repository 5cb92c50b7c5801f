// A dry run: what the flow would do with something that really happened. Nothing is changed and nothing is sent.
import { Refusal, get, here, post } from './api.js';
import { exact, h, icon, moment, notice, t } from './dom.js';
import { stepRows } from './steps.js';
import { grantCard } from './switch.js';

export function trying(editor) {
  const { draft } = editor;
  const list = h('div', { class: 'events', 'aria-busy': 'true' });
  const result = h('section', { class: 'result', 'aria-live': 'polite', 'aria-label': t('result') }, h('p', { class: 'empty' }, t('try_choose')));
  const type = draft.flow.trigger.event;
  load();
  return h('div', { class: 'try' }, h('section', { class: 'panel', 'aria-labelledby': 'try-events' }, h('h2', { id: 'try-events' }, t('try_events')), h('p', { class: 'help' }, t('try_help')), list), result);

  async function load() {
    if (!draft.id) return list.replaceChildren(h('p', { class: 'empty' }, t('try_save_first')));
    try {
      const { events = [], needs_grant: needed } = await get(`/flows/${draft.id}/events?limit=20&type=${encodeURIComponent(type)}&page=${encodeURIComponent(await here())}`);
      if (needed) return list.replaceChildren(grantCard(needed));
      list.replaceChildren(...(events.length ? events.map(row) : [h('p', { class: 'empty' }, t('try_none'))]));
    } catch (refusal) {
      if (!(refusal instanceof Refusal)) throw refusal;
      list.replaceChildren(h('p', { class: 'empty' }, refusal.message));
    } finally {
      list.removeAttribute('aria-busy');
    }
    return undefined;
  }

  function row(event) {
    const at = event.occurred_at ?? event.at ?? event.created_at;
    return h('button', { type: 'button', class: 'event', 'data-event': event.id, onclick: ({ currentTarget }) => run(event, currentTarget) },
      h('span', { class: 'strong' }, titleOf(event)), h('span', { class: 'muted' }, exact(at), ' · ', moment(at)), icon('play', 16));
  }

  async function run(event, button) {
    list.querySelectorAll('[aria-pressed]').forEach((one) => one.removeAttribute('aria-pressed'));
    button.setAttribute('aria-pressed', 'true');
    result.setAttribute('aria-busy', 'true');
    try {
      const answer = await post('/dry-run', { flow: draft.flow, event_id: event.id, page: await here(), ...(draft.id ? { id: draft.id } : {}) });
      if (answer.needs_grant) return result.replaceChildren(grantCard(answer.needs_grant));
      result.replaceChildren(h('h2', {}, t('result')), h('p', { class: 'help' }, t('try_safe')), ...(answer.findings ?? []).map((one) => h('p', { class: 'finding is-warning' }, icon('warn', 15), one)), stepRows(answer.steps, editor, { open: true }));
    } catch (refusal) {
      if (!(refusal instanceof Refusal)) throw refusal;
      notice(refusal.message, { tone: 'bad' });
    } finally {
      result.removeAttribute('aria-busy');
    }
    return undefined;
  }
}

// What an event is about, in the words that people know it by.
export function titleOf(event) {
  const values = Object.values(event.data ?? {}).filter((one) => one && typeof one === 'object');
  const found = [event, event.data ?? {}, ...values].find((one) => one.title ?? one.subject ?? one.display_name ?? one.name);
  return found ? found.title ?? found.subject ?? found.display_name ?? found.name : event.id;
}

