// A region with data-progress="URL" is fetched anew every second until the server leaves the attribute out: the work
// is done. Without scripts the page has a link that does the same.
import { load } from './fragments.js';

const PAUSE = 1000;
let waiting;

function watch() {
  clearTimeout(waiting);
  const region = document.querySelector('[data-progress][id]');
  if (!region) return;
  waiting = setTimeout(async () => {
    if (document.hidden) return watch();
    await load(`#${region.id}`, region.dataset.progress, { remember: false });
    return watch();
  }, PAUSE);
}

export function start() {
  watch();
  document.addEventListener('portico:swap', watch);
}
