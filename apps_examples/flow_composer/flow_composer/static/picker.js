// One searchable list in a dialog: for events, operations and actions, and for values of earlier steps.
import { h, icon, modal, t } from './dom.js';

const MOST = 80; // rows drawn at once; the search finds the rest

// groups: [{title, items: [{value, title, detail, badge, why, search}]}]
export function pick(title, groups) {
  return new Promise((resolve) => {
    const list = h('div', { role: 'listbox', id: 'pick-list', class: 'pick-list', 'aria-label': title });
    const input = h('input', {
      type: 'search', role: 'combobox', 'aria-expanded': 'true', 'aria-controls': 'pick-list', 'aria-autocomplete': 'list',
      'aria-label': t('search'), placeholder: t('search'), autocomplete: 'off', spellcheck: 'false',
    });
    const box = modal(title, h('div', { class: 'pick' }, h('div', { class: 'search' }, icon('search'), input), list), { wide: true });
    const rows = () => [...list.querySelectorAll('[role=option]')];
    // At once, and not by the event of closing, before which the focus may have gone on.
    const take = (value) => { box.close(); resolve(value); };
    box.addEventListener('close', () => resolve(null));

    function light(row) {
      rows().forEach((one) => one.setAttribute('aria-selected', String(one === row)));
      if (row) input.setAttribute('aria-activedescendant', row.id);
      else input.removeAttribute('aria-activedescendant');
      row?.scrollIntoView({ block: 'nearest' });
    }

    function draw() {
      const sought = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      let left = MOST;
      const found = groups.map(({ title: name, items }) => ({ name, items: ranked(items.filter((item) => sought.every((word) => textOf(item).includes(word))), input.value) })).filter(({ items }) => items.length);
      if (sought.length) found.sort((one, other) => rank(one.items[0], input.value) - rank(other.items[0], input.value));
      list.replaceChildren(...found.flatMap(({ name, items: all }, at) => {
        const items = all.slice(0, left);
        left -= items.length;
        if (!items.length) return [];
        return [h('div', { role: 'group', 'aria-labelledby': `pick-${at}` }, h('div', { class: 'pick-group', id: `pick-${at}` }, name),
          items.map((item, number) => option(item, `pick-${at}-${number}`, take)))];
      }));
      if (!rows().length) list.append(h('p', { class: 'empty' }, t('nothing_found')));
      light(rows()[0]);
    }

    input.addEventListener('input', draw);
    input.addEventListener('keydown', (event) => {
      const all = rows();
      const at = all.findIndex((row) => row.getAttribute('aria-selected') === 'true');
      const steps = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 };
      if (event.key === 'Enter' && all[at]) all[at].click();
      else if (event.key in steps && all.length) light(all[(steps[event.key] + all.length) % all.length]);
      else return;
      event.preventDefault();
    });
    draw();
    input.focus();
  });
}

// What is called just so comes before what has the words somewhere.
function rank(item, said) {
  const [title, sought] = [item.title.toLowerCase(), said.trim().toLowerCase()];
  return title === sought || item.search === sought ? 0 : title.startsWith(sought) ? 1 : title.includes(sought) ? 2 : 3;
}

const ranked = (items, said) => (said.trim() ? items.toSorted((one, other) => rank(one, said) - rank(other, said)) : items);

const textOf = (item) => [item.title, item.detail, item.search, item.badge].filter(Boolean).join(' ').toLowerCase();

function option(item, id, take) {
  return h('div', { role: 'option', id, class: 'pick-item', 'aria-selected': 'false', onclick: () => take(item.value) },
    h('span', { class: 'pick-title' }, item.title), item.badge && h('span', { class: 'type' }, item.badge),
    item.detail && h('span', { class: 'muted' }, item.detail), item.why && h('span', { class: 'why' }, item.why));
}

export function pickEvent(catalogue) {
  const groups = Map.groupBy(catalogue.events, (event) => event.type.split('.')[0]);
  return pick(t('pick_event'), [...groups].map(([name, events]) => ({
    title: name, items: events.map((event) => ({ value: event.type, title: event.title, detail: event.type })),
  })));
}

export function pickCall(catalogue) {
  const actions = Map.groupBy(catalogue.actions, (action) => action.app_name);
  const operations = Map.groupBy(catalogue.operations, (one) => one.path.replace(/^\/(api\/v1\/)?/, '').split('/')[0]);
  return pick(t('pick_call'), [
    ...[...actions].map(([name, list]) => ({
      title: name, items: list.map((one) => ({ value: { action: { app: one.app, action: one.key } }, title: one.title, badge: t('action'), search: one.app })),
    })),
    ...[...operations].map(([name, list]) => ({
      title: name.replaceAll('_', ' '),
      items: list.map((one) => ({ value: { operation: one.id }, title: one.title, detail: `${one.method} ${one.path}`, search: one.id })),
    })),
  ]);
}
