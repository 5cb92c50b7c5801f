// Shows what this browser is told while no page is open. Scope: one workspace.
const scope = new URL(self.registration.scope);

// Only pages of this workspace are opened, whatever a message says.
function place(url) {
  try {
    const wanted = new URL(url, scope);
    return wanted.href.startsWith(scope.href) ? wanted.href : scope.href;
  } catch {
    return scope.href;
  }
}

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

self.addEventListener('push', (event) => {
  const told = event.data?.json() ?? {};
  const options = { body: told.body || undefined, data: { url: place(told.url) } };
  event.waitUntil(self.registration.showNotification(told.title || 'Portico', options));
});

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(follow(event.notification.data?.url ?? scope.href));
});

async function follow(url) {
  const open = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const page = open.find((each) => each.url.startsWith(scope.href));
  if (!page) return self.clients.openWindow(url);
  const moved = await page.navigate(url).catch(() => null);
  return (moved ?? page).focus();
}
