// form[data-clock]: the browser's zone goes along. Where the rule asks for a place (data-asks-place), the device is asked
// when the button is pressed, and only then; whoever says no, or has none, clocks without. [data-elapsed] counts on.
const WAIT = 10000; // ms for the device to know where it is
const TICK = 10000;

function ask() {
  return new Promise((resolve) => {
    if (!navigator.geolocation) return resolve(null);
    const options = { enableHighAccuracy: true, timeout: WAIT, maximumAge: 0 };
    return navigator.geolocation.getCurrentPosition(({ coords }) => resolve(coords), () => resolve(null), options);
  });
}

async function withPlace(form, submitter) {
  const status = form.querySelector('[data-clock-status]');
  form.dataset.asked = 'true';
  submitter?.setAttribute('aria-busy', 'true');
  status.textContent = form.dataset.asking;
  const place = await ask();
  if (place) {
    form.elements.lat.value = place.latitude;
    form.elements.lng.value = place.longitude;
    form.elements.accuracy_m.value = place.accuracy;
  }
  form.requestSubmit(submitter);
}

function onSubmit(event) {
  const form = event.target;
  if (!form.matches?.('[data-clock]')) return;
  form.elements.timezone.value = Intl.DateTimeFormat().resolvedOptions().timeZone ?? '';
  if (!('asksPlace' in form.dataset) || form.dataset.sent) return;
  if (form.dataset.asked === 'true') {
    delete form.dataset.asked; // it comes with its place
    return;
  }
  event.preventDefault();
  if (form.dataset.asked === undefined) withPlace(form, event.submitter);
}

function words(element, seconds) {
  const h = Math.floor(seconds / 3600);
  const m = Math.floor(seconds / 60) % 60;
  return (h ? element.dataset.hours : element.dataset.minutes).replace('{h}', h).replace('{m}', m);
}

function refresh() {
  for (const element of document.querySelectorAll('[data-elapsed]')) {
    element.textContent = words(element, Math.max(0, (Date.now() - Date.parse(element.dataset.elapsed)) / 1000));
  }
}

export function start() {
  document.addEventListener('submit', onSubmit);
  refresh();
  setInterval(refresh, TICK);
}
