// Files of a form with data-uploads="URL" are sent as soon as they are chosen, one after the other, with a bar each.
// Without this script they go with the form, which the server takes just as well.
import { csrfToken, text } from './texts.js';

function line(name) {
  const item = document.createElement('li');
  item.className = 'upload';
  const label = document.createElement('label');
  label.className = 'upload-line';
  const words = document.createElement('span');
  words.className = 'file-name';
  words.textContent = name;
  const bar = document.createElement('progress');
  bar.max = 1;
  bar.value = 0;
  bar.setAttribute('aria-label', name);
  label.append(words, bar);
  item.append(label);
  return item;
}

function done(item, file) {
  const box = document.createElement('input');
  box.type = 'checkbox';
  box.className = 'form-check-input';
  box.name = 'attachment_ids';
  box.value = file.id;
  box.checked = true;
  item.classList.add('is-done');
  item.querySelector('.file-name').textContent = file.name;
  item.querySelector('progress').remove();
  item.querySelector('label').prepend(box);
}

function failed(item, words) {
  item.classList.add('is-refused');
  item.querySelector('progress').remove();
  const why = document.createElement('span');
  why.className = 'upload-error';
  why.setAttribute('role', 'alert');
  why.textContent = words;
  item.querySelector('label').append(why);
}

// fetch() does not tell how far an upload is; XMLHttpRequest does.
function send(url, file, item) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    const form = new FormData();
    form.append('file', file);
    request.open('POST', url);
    request.responseType = 'json';
    request.setRequestHeader('Accept', 'application/json');
    request.setRequestHeader('X-CSRFToken', csrfToken());
    request.upload.addEventListener('progress', (event) => {
      const bar = item.querySelector('progress');
      if (bar && event.lengthComputable) bar.value = event.loaded / event.total;
    });
    request.addEventListener('loadend', () => {
      if (request.status === 200) done(item, request.response);
      else failed(item, request.response?.detail ?? text('sendFailed'));
      resolve();
    });
    request.send(form);
  });
}

async function onChange(event) {
  const place = event.target.closest('[data-uploads]');
  if (!place || event.target.type !== 'file') return;
  const files = [...event.target.files];
  event.target.value = '';
  const form = event.target.form;
  const list = place.querySelector('[data-upload-list]');
  const items = files.map((file) => list.appendChild(line(file.name)));
  form.dataset.uploading = String(Number(form.dataset.uploading ?? 0) + files.length);
  for (const [index, file] of files.entries()) {
    await send(place.dataset.uploads, file, items[index]);
    form.dataset.uploading = String(Number(form.dataset.uploading) - 1);
  }
  if (form.dataset.uploading === '0' && form.dataset.waits) {
    delete form.dataset.waits;
    form.requestSubmit();
  }
}

// Sent while files are on their way, a form waits for them.
function onSubmit(event) {
  const form = event.target;
  if (Number(form.dataset.uploading ?? 0) === 0) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  form.dataset.waits = 'true';
}

export function start() {
  document.addEventListener('change', onChange);
  document.addEventListener('submit', onSubmit, { capture: true });
}
