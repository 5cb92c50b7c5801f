// A region with data-progress="URL" is fetched anew until the server leaves the attribute out: the work is done. Every
// second at first, later less often. Without scripts the page has a link that does the same.
import { load } from './fragments.js';
import { announce, text } from './texts.js';

const PAUSE = 1000;
const PATIENT = 10; // looks, after which there is more time between two
const LONG_PAUSE = 5000;
let waiting;
let looks = 0;

async function look({ id, dataset }) {
  await load(`#${id}`, dataset.progress, { remember: false, words: '' });
  if (!document.getElementById(id)?.dataset.progress) announce(text('loaded'));
}

function watch() {
  clearTimeout(waiting);
  if (!document.querySelector('[data-progress][id]')) {
    looks = 0;
    return;
  }
  waiting = setTimeout(async () => {
    const regions = document.hidden ? [] : [...document.querySelectorAll('[data-progress][id]')];
    looks += 1;
    await Promise.all(regions.map(look));
    return watch();
  }, looks < PATIENT ? PAUSE : LONG_PAUSE);
}

export function start() {
  watch();
  document.addEventListener('portico:swap', watch);
}
