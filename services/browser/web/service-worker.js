// Keeps the pages, so that the client opens without a network. What it keeps is one version,
// whole; the build writes version and files in. Messages are none of its business.
const VERSION = '@VERSION@';
const FILES = ['@FILES@'];

self.addEventListener('install', (event) => {
  event.waitUntil((async () => {
    const shelf = await caches.open(VERSION);
    await shelf.addAll(FILES.map((file) => new Request(file, { cache: 'reload' })));
    await self.skipWaiting();
  })());
});

self.addEventListener('activate', (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) if (name !== VERSION) await caches.delete(name);
    await self.clients.claim();
  })());
});

self.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== 'GET' || url.origin !== location.origin) return;
  const file = { '/': '/index.html', '/join': '/join.html' }[url.pathname] ?? url.pathname;
  if (!FILES.includes(file)) return;
  event.respondWith((async () => {
    const kept = await (await caches.open(VERSION)).match(file);
    return kept ?? fetch(event.request);
  })());
});

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil((async () => {
    const [page] = await self.clients.matchAll({ type: 'window' });
    await (page ? page.focus() : self.clients.openWindow('/'));
  })());
});
