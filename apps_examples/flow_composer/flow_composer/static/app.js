// Where the page begins: the list of flows, and from there into one.
import { Refusal, get, readCatalogue } from './api.js';
import { h, notice, t } from './dom.js';
import { Editor } from './editor.js';
import { list } from './list.js';

const root = document.getElementById('app');
let editor = null;

async function showing(work) {
  try {
    await work();
  } catch (refusal) {
    const known = refusal instanceof Refusal;
    root.replaceChildren(h('section', { class: 'empty-state' }, h('h1', {}, t('title')), h('p', { role: 'alert' }, known ? refusal.message : t('not_reached')), h('button', { type: 'button', onclick: showList }, t('try_again'))));
    if (!known) throw refusal;
  } finally {
    root.removeAttribute('aria-busy');
  }
}

async function edit(about) {
  root.setAttribute('aria-busy', 'true');
  const catalogue = await readCatalogue();
  editor?.close();
  editor = new Editor(root, catalogue, about, showList);
}

function showList() {
  const back = editor !== null;
  editor?.close();
  editor = null;
  notice('');
  return showing(async () => {
    await list(root, readCatalogue(), {
      open: (id) => showing(async () => edit(await get(`/flows/${id}`))),
      begin: (flow) => showing(() => edit({ flow, enabled: false, findings: [], versions: [] })),
    });
    if (back) root.querySelector('h1').focus();
  });
}

showList();
