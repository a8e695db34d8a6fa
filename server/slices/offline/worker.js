// Keeps the last pages for when the network is away. With a network every page comes from the server, always.
//
// What is kept belongs to one account (the answer says to which, by a name that means nothing else) and is gone as soon
// as the pages of another one come, and when somebody signs out. Only pages of lessons and of weeks: nothing that is
// about people. A deploy has another version, and the caches of the one before go. Switched off, all of it goes.
// Push brings the same worker: without the mark of an account that has asked for it (offline/worker.js) no page stays.
const SHELL = `weike-shell-${TOLD.version}`;
const PAGES = `weike-pages-${TOLD.version}-`;
const CLIPS = 'weike-clips-';
const KEEP = 'weike-keep-';
const KEEPS = /^\/(?:$|lessons(?:$|\/[^/]+$)|clips\/[^/]+$|weeks(?:$|\/)|topics\/|lecturers\/|series(?:$|\/[^/]+$)|feed$)/;
const ACCOUNT = 'x-weike-account';
const STAY = 'x-weike-stay';
const KEPT_AT = 'x-kept-at';
const LONGEST_MS = 30 * 24 * 3600 * 1000; // as library/catalog/offline_rules.py
const GONE = [403, 404, 410];

const ours = (name) => /^weike-(?:shell|pages)-/.test(name);
const personal = (name) => /^weike-(?:pages|clips|keep)-/.test(name);

const over = (answer) => Date.now() - Number(answer.headers.get(KEPT_AT)) > LONGEST_MS;

async function dropCaches(fits) {
  for (const name of await caches.keys()) if (fits(name)) await caches.delete(name);
}

self.addEventListener('install', (event) => {
  self.skipWaiting();
  if (TOLD.on) event.waitUntil(caches.open(SHELL).then((cache) => cache.addAll(TOLD.shell)));
});

self.addEventListener('activate', (event) => {
  const old = (name) => ours(name) && name !== SHELL && !name.startsWith(PAGES);
  const all = (name) => ours(name) || personal(name);
  event.waitUntil(dropCaches(TOLD.on ? old : all).then(() => self.clients.claim()));
});

/** Keep an answer for its account; those of other accounts go, with their clips. */
async function keep(request, answer) {
  const account = answer.headers.get(ACCOUNT);
  if (account && (GONE.includes(answer.status) || answer.headers.get(STAY) === 'no')) {
    // Withdrawn, or for some only: what was kept of it goes, at whatever second it was opened.
    if (await caches.has(PAGES + account)) await (await caches.open(PAGES + account)).delete(request.url, { ignoreSearch: true });
    if (answer.status !== 200) return;
  }
  if (!account || answer.status !== 200) return; // an answer that went wrong says nothing of who asks
  await dropCaches((name) => personal(name) && ![PAGES, CLIPS, KEEP].some((kind) => name === kind + account));
  if (!(await caches.has(KEEP + account))) return;
  const path = new URL(request.url).pathname.slice(TOLD.site.length) || '/';
  if (answer.redirected || answer.headers.get(STAY) === 'no' || !KEEPS.test(path)) return;
  const cache = await caches.open(PAGES + account);
  const headers = new Headers(answer.headers);
  headers.set(KEPT_AT, String(Date.now()));
  const body = await answer.text();
  await cache.delete(request.url);
  await cache.put(request.url, new Response(body, { status: 200, headers }));
  for (const one of await cache.keys()) if (over(await cache.match(one))) await cache.delete(one);
  const keys = await cache.keys();
  for (const old of keys.slice(0, Math.max(0, keys.length - TOLD.most))) await cache.delete(old);
  if (!(await caches.has(KEEP + account))) await caches.delete(PAGES + account); // switched off meanwhile
  const shell = await caches.open(SHELL);
  for (const [, url] of body.matchAll(/(?:href|src)="([^"]*\/static\/[^"]+\.(?:css|js|svg))"/g)) {
    if (!(await shell.match(url))) await shell.add(url).catch(() => {});
  }
}

/** A kept page, which says that it is one and from when. */
async function kept(request) {
  for (const name of await caches.keys()) {
    if (!name.startsWith(PAGES)) continue;
    const found = await (await caches.open(name)).match(request.url);
    if (!found || over(found)) continue;
    const body = await found.text();
    const language = /<html lang="([^"]+)"/.exec(body)?.[1] ?? 'zh-CN';
    const when = new Date(Number(found.headers.get(KEPT_AT))).toLocaleString(language, { dateStyle: 'medium', timeStyle: 'short' });
    const words = (TOLD.words[language] ?? TOLD.words['zh-CN']).replace('%(when)s', when);
    const said = `<p class="flash notice" id="offline-copy" role="status">${words}</p>`;
    const page = body.replace(/(<main[^>]*>)/, (main) => main + said);
    const headers = new Headers(found.headers);
    for (const one of ['content-length', 'content-encoding']) headers.delete(one);
    return new Response(page, { status: 200, headers });
  }
  return (await (await caches.open(SHELL)).match(TOLD.shell[0])) ?? Response.error();
}

async function page(event) {
  try {
    const answer = await fetch(event.request);
    event.waitUntil(keep(event.request, answer.clone()).catch(() => {}));
    return answer;
  } catch {
    return kept(event.request);
  }
}

async function asset(request) {
  try {
    return await fetch(request);
  } catch (error) {
    const found = await (await caches.open(SHELL)).match(request.url);
    if (found) return found;
    throw error;
  }
}

if (TOLD.on) {
  self.addEventListener('fetch', (event) => {
    const { request } = event;
    const url = new URL(request.url);
    if (url.origin !== self.location.origin || !`${url.pathname}/`.startsWith(`${TOLD.site}/`)) return;
    if (request.method === 'POST' && url.pathname === `${TOLD.site}/sign-out`) {
      event.waitUntil(dropCaches(personal));
    }
    if (request.method !== 'GET') return;
    if (request.mode === 'navigate') event.respondWith(page(event));
    else if (url.pathname.startsWith(`${TOLD.site}/static/`)) event.respondWith(asset(request));
  });
}
