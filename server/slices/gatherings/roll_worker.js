// Keeps the page of a roll, and what it needs, for as long as the gathering lasts: so that the list opens again
// without a network. Nothing else is kept, and nothing longer than twelve hours.
const KEPT = 'weike-rolls';
const LONGEST_MS = 12 * 3600 * 1000;
const PATIENCE_MS = 4000;
const ROLL = new RegExp(`^${SITE}/gatherings/[0-9a-z]+/roll$`);

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

async function sweep(cache) {
  for (const request of await cache.keys()) {
    const kept = await cache.match(request);
    const age = Date.now() - Number(kept.headers.get('x-kept-at') || 0);
    if (!(age < LONGEST_MS)) await cache.delete(request);
  }
}

async function keep(cache, url, answer) {
  const headers = new Headers(answer.headers);
  headers.set('x-kept-at', String(Date.now()));
  await cache.put(url, new Response(await answer.blob(), { status: answer.status, headers }));
}

async function keepAll(page, assets) {
  const cache = await caches.open(KEPT);
  await sweep(cache);
  for (const url of [page, ...assets]) {
    const answer = await fetch(url, { credentials: 'same-origin', cache: url === page ? 'no-store' : 'default' });
    if (answer.ok && !answer.redirected) await keep(cache, url, answer);
  }
}

self.addEventListener('message', (event) => {
  const { keep: page, forget, assets } = event.data;
  const port = event.ports[0];
  const done = (async () => {
    if (page) await keepAll(page, assets);
    if (forget) await (await caches.open(KEPT)).delete(forget);
    port?.postMessage('done');
  })();
  event.waitUntil(done.catch(() => port?.postMessage('failed')));
});

function within(ms, promise) {
  return Promise.race([promise, new Promise((_, reject) => { setTimeout(() => reject(new Error('slow')), ms); })]);
}

async function page(request) {
  const url = new URL(request.url);
  try {
    return await within(PATIENCE_MS, fetch(request));
  } catch {
    const cache = await caches.open(KEPT);
    await sweep(cache);
    return (await cache.match(url.pathname, { ignoreVary: true })) || Response.error();
  }
}

async function asset(request) {
  const kept = await (await caches.open(KEPT)).match(request.url, { ignoreVary: true });
  return kept || fetch(request);
}

self.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET') return;
  const { pathname, origin } = new URL(request.url);
  if (origin !== self.location.origin) return;
  if (request.mode === 'navigate') {
    if (ROLL.test(pathname)) event.respondWith(page(request));
  } else if (pathname.startsWith(`${SITE}/static/`)) {
    event.respondWith(asset(request));
  }
});
