// [data-editor="#region"]: a text area for a manifest gets line numbers and tints, and while one writes the region is
// asked for anew of data-editor-url. Without scripts the text area and the button "Check" do the same work.
import { load } from './fragments.js';
import { announce } from './texts.js';

const PAUSE = 350; // ms after the last key
const TINTED = 60000; // characters; what is longer gets its numbers alone
const TOKENS = /(#[^\n]*)|("""[\s\S]*?(?:"""|$)|'''[\s\S]*?(?:'''|$)|"(?:\\.|[^"\\\n])*"|'[^'\n]*')(\s*[:=])?|^([ \t]*\[\[?[^\]\n]*\]\]?)|([A-Za-z_][\w.-]*)(?=\s*=)|\b(true|false|null|-?\d[\w.:+-]*)\b/gm;
const KINDS = [, 'note', 'text', , 'table', 'key', 'value'];

function tint(target, source) {
  const pieces = document.createDocumentFragment();
  const put = (text, kind) => {
    if (!kind) return pieces.append(text);
    const piece = document.createElement('span');
    piece.className = `tint-${kind}`;
    piece.textContent = text;
    return pieces.append(piece);
  };
  let at = 0;
  const json = source.trimStart().startsWith('{');
  for (const found of source.length > TINTED ? [] : source.matchAll(TOKENS)) {
    if (json && (found[1] !== undefined || found[4] !== undefined)) continue; // no comments and no tables there
    put(source.slice(at, found.index));
    const place = [1, 2, 4, 5, 6].find((group) => found[group] !== undefined);
    const words = found[place];
    put(words, place === 2 && found[3] ? 'key' : KINDS[place]);
    at = found.index + words.length;
  }
  put(source.slice(at));
  target.replaceChildren(pieces, '\n');
}

function equip(editor) {
  const area = editor.querySelector('textarea');
  const box = document.createElement('div');
  const gutter = document.createElement('div');
  const paint = document.createElement('pre');
  box.className = 'editor';
  gutter.className = 'editor-lines';
  paint.className = 'editor-paint';
  gutter.ariaHidden = 'true';
  paint.ariaHidden = 'true';
  area.before(box);
  box.append(gutter, paint, area);
  area.wrap = 'off';
  let timer;
  let marked = new Set();

  const number = () => {
    const lines = area.value.split('\n').length;
    gutter.replaceChildren(...Array.from({ length: lines }, (_, index) => {
      const line = document.createElement('span');
      line.textContent = index + 1;
      if (marked.has(index + 1)) line.className = 'is-wrong';
      return line;
    }));
  };
  const follow = () => {
    gutter.scrollTop = area.scrollTop;
    paint.scrollTop = area.scrollTop;
    paint.scrollLeft = area.scrollLeft;
  };
  const draw = () => {
    tint(paint, area.value);
    number();
    follow();
  };
  const mark = () => {
    const region = document.querySelector(editor.dataset.editor);
    marked = new Set([...region.querySelectorAll('[data-line]')].map((link) => Number(link.dataset.line)));
    number();
    follow();
  };
  const ask = async () => {
    const body = new URLSearchParams({ source: area.value, csrf_token: area.form.elements.csrf_token.value });
    const done = await load(editor.dataset.editor, editor.dataset.editorUrl, { init: { method: 'POST', body }, remember: false, words: '', onRefusal: () => {} });
    if (done) announce(document.querySelector(editor.dataset.editor).dataset.said ?? '');
  };
  area.addEventListener('input', () => {
    draw();
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });
  area.addEventListener('scroll', follow);
  document.addEventListener('portico:swap', (event) => event.target.matches?.(editor.dataset.editor) && mark());
  document.addEventListener('click', (event) => {
    const link = event.target.closest('[data-line]');
    if (!link) return;
    event.preventDefault();
    const before = area.value.split('\n').slice(0, Number(link.dataset.line) - 1).join('\n').length;
    const start = before ? before + 1 : 0;
    area.focus();
    area.setSelectionRange(start, start + area.value.slice(start).split('\n')[0].length);
    area.scrollTop = (Number(link.dataset.line) - 4) * parseFloat(getComputedStyle(area).lineHeight);
  });
  draw();
  mark();
  if (!document.querySelector(editor.dataset.editor).dataset.said) ask();
}

export function start() {
  document.querySelectorAll('[data-editor]').forEach(equip);
}
