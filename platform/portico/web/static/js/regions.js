// Regions marked data-refreshable, fetched anew when what they show has changed. Work of the person is never thrown away.
import { load } from './fragments.js';
import { isDirty } from './guard.js';

function isInUse(id) {
  const region = document.getElementById(id);
  return region !== null && (isDirty(region) || region.contains(document.activeElement));
}

async function refresh({ id }, words) {
  if (!isInUse(id)) await load(`#${id}`, location.href, { remember: false, words, unless: () => isInUse(id), onRefusal: () => {} });
  return isInUse(id);
}

// Answers whether some were left alone, because somebody is at work in them.
export async function refreshRegions({ words } = {}) {
  const regions = [...document.querySelectorAll('[data-refreshable][id]')];
  return (await Promise.all(regions.map((region) => refresh(region, words)))).some(Boolean);
}
