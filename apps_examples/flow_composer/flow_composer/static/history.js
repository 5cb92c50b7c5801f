// Versions: which there were, what differs, and the way back; the file; and what to do when somebody else saved meanwhile.
import { ask, get, saying } from './api.js';
import { exact, h, icon, modal, moment, notice, t } from './dom.js';
import { differences } from './model.js';

export const diffWords = (mine, theirs) => differences(mine, theirs).map(([what, which]) => t(what, which));

const listed = (lines) => h('ul', { class: 'diff' }, lines.length ? lines.map((line) => h('li', {}, line)) : h('li', {}, t('no_difference')));

export function versions(editor) {
  const { draft } = editor;
  const list = h('ol', { class: 'versions', 'aria-busy': 'true' });
  saying(load);
  return h('div', { class: 'log' }, h('h2', {}, t('tab_versions')), h('p', { class: 'help' }, t('versions_help')), list);

  async function load() {
    const about = await get(`/flows/${draft.id}`);
    list.replaceChildren(...about.versions.toSorted((one, other) => other.version - one.version).map((one) => row(one, about)));
    list.removeAttribute('aria-busy');
  }

  function row({ version, at, by }, about) {
    const current = version === about.version;
    return h('li', { class: 'version-row' }, h('div', {}, h('span', { class: 'strong' }, t('version', version)), ' ', h('span', { class: 'muted' }, exact(at), ' · ', moment(at), by ? ` · ${by.name ?? by}` : '')),
      current ? h('span', { class: 'badge is-good' }, t('current')) : h('button', { type: 'button', class: 'small', onclick: () => saying(() => look(version, about)) }, icon('undo', 15), t('restore')));
  }

  async function look(version, about) {
    const old = await get(`/flows/${draft.id}?version=${version}`);
    const box = modal(t('restore_title', version), h('div', { class: 'modal-body' }, h('p', {}, t('restore_words')), listed(diffWords(about.flow, old.flow)), h('div', { class: 'modal-foot' },
      h('button', { type: 'button', class: 'primary', onclick: () => { box.close(); saying(() => restore(old.flow, about.version)); } }, t('restore')))));
  }

  async function restore(flow, version) {
    await ask('PUT', `/flows/${draft.id}`, { flow, version });
    await editor.reload();
    editor.show('versions');
    notice(t('restored'));
  }
}

// 409: the flow moved on. Both are kept until the person says which one.
export async function conflict(editor) {
  const { draft } = editor;
  const theirs = await get(`/flows/${draft.id}`);
  const last = theirs.versions?.find((one) => one.version === theirs.version);
  const mine = async () => {
    box.close();
    draft.version = theirs.version;
    await editor.save(true);
  };
  const box = modal(t('conflict_title'), h('div', { class: 'modal-body' }, h('p', {}, t('conflict_words', last?.by?.name ?? last?.by ?? '', theirs.version)), h('h3', {}, t('conflict_diff')), listed(diffWords(draft.flow, theirs.flow)),
    h('div', { class: 'modal-foot' }, h('button', { type: 'button', onclick: () => { box.close(); editor.take(theirs); } }, t('take_theirs')), h('button', { type: 'button', class: 'primary', onclick: mine }, t('keep_mine')))));
}

// A sandboxed frame may not download, so the file is shown, to be copied.
export async function exported(id) {
  const text = h('textarea', { readonly: true, rows: '14', class: 'file', 'aria-label': t('file'), value: JSON.stringify(await get(`/flows/${id}/export`), null, 2) });
  const copy = () => {
    text.select();
    notice(t(document.execCommand('copy') ? 'copied' : 'copy_by_hand'));
  };
  modal(t('export'), h('div', { class: 'modal-body' }, h('p', { class: 'help' }, t('export_help')), text, h('div', { class: 'modal-foot' }, h('button', { type: 'button', class: 'primary', onclick: copy }, t('copy')))), { wide: true });
}
