// What is kept on this device: clips with size, expiry and delete, and whether pages are kept. Works without a network.
import { size } from '../../shared/format.js';
import { t } from '../../shared/sentences.js';
import { at } from '../../shared/site.js';
import { begin, possible, want, wanted } from '../worker.js';

const CLIPS = 'weike-clips-';
const byId = (id) => document.getElementById(id);
const all = byId('kept-all');
let account = null; // whose pages these are, by a name that means nothing else; null: no network
const day_ms = 24 * 3600 * 1000;
const MOST_ASKED = 100; // as server/slices/offline/routes.py

function trouble(words) {
  byId('trouble').textContent = words;
  byId('trouble').hidden = !words;
}

/** The name of the cache of whose pages these are; without a network that of whoever was here last. */
async function cacheOf() {
  const names = (await caches.keys()).filter((name) => name.startsWith(CLIPS));
  try {
    const answer = await fetch(at('/offline/still'), { credentials: 'same-origin', cache: 'no-store' });
    if (answer.ok) account = answer.headers.get('x-weike-account');
    if (account) {
      // Another account's clips are not this one's to see.
      for (const name of names) if (name !== CLIPS + account) await caches.delete(name);
      return CLIPS + account;
    }
  } catch {
    // No network: only one account's can be there.
  }
  return names[0] ?? null;
}

const about = (clip) => at(`/offline/kept/${clip}/about`);
const film = (clip) => at(`/offline/kept/${clip}/film`);

async function listed(name) {
  const cache = name && (await caches.open(name));
  const found = [];
  for (const request of cache ? await cache.keys() : []) {
    if (request.url.endsWith('/about')) found.push(await (await cache.match(request)).json());
  }
  return found.sort((one, other) => other.at - one.at);
}

async function remove(name, clip) {
  const cache = await caches.open(name);
  await cache.delete(about(clip));
  await cache.delete(film(clip));
}

/** Take away what is over its time, and what its lesson no longer allows. */
async function sweep(cache) {
  const clips = await listed(cache);
  for (const clip of clips) if (Date.now() > clip.until) await remove(cache, clip.id);
  const left = clips.filter((clip) => Date.now() <= clip.until).map((clip) => clip.id);
  for (let from = 0; from < left.length; from += MOST_ASKED) await ask(cache, left.slice(from, from + MOST_ASKED));
}

/** Take away those of some clips that may not stay. */
async function ask(cache, left) {
  try {
    const answer = await fetch(at(`/offline/still?ids=${left.join(',')}`), { credentials: 'same-origin', cache: 'no-store' });
    if (!answer.ok) return;
    const { stay } = await answer.json();
    for (const id of left) if (!stay.includes(id)) await remove(cache, id);
  } catch {
    // No network: it is asked the next time.
  }
}

function row(cache, clip) {
  const item = document.createElement('li');
  const words = document.createElement('div');
  const play = document.createElement('button');
  play.type = 'button';
  play.className = 'plain';
  play.textContent = clip.title;
  play.onclick = () => open(cache, clip);
  const facts = document.createElement('p');
  facts.className = 'meta';
  const until = new Date(clip.until).toLocaleDateString(document.documentElement.lang);
  for (const text of [clip.quality === 'audio' ? t('只要声音') : clip.quality, size(clip.bytes), t('留到 %(day)s', { day: until })]) {
    const part = document.createElement('span');
    part.textContent = text;
    facts.append(part);
  }
  words.append(play, facts);
  const drop = document.createElement('button');
  drop.type = 'button';
  drop.className = 'button quiet small';
  drop.textContent = t('删除');
  drop.setAttribute('aria-label', t('删除：%(title)s', { title: clip.title }));
  drop.onclick = async () => {
    await remove(cache, clip.id);
    await show(cache);
  };
  item.append(words, drop);
  return item;
}

async function open(name, clip) {
  const found = await (await caches.open(name)).match(film(clip.id));
  if (!found) return;
  const video = byId('video');
  if (video.src) URL.revokeObjectURL(video.src);
  video.src = URL.createObjectURL(await found.blob());
  video.hidden = false;
  video.play().catch(() => {});
}

async function show(cache) {
  const clips = await listed(cache);
  byId('list').replaceChildren(...clips.map((clip) => row(cache, clip)));
  byId('none').hidden = clips.length > 0;
  const bytes = clips.reduce((sum, clip) => sum + clip.bytes, 0);
  const room = await navigator.storage?.estimate?.().catch(() => null);
  byId('used').textContent = clips.length || room
    ? t('共 %(bytes)s；这个浏览器给本站的空间还剩 %(left)s。', { bytes: size(bytes), left: room ? size(Math.max(0, room.quota - room.usage)) : '?' })
    : '';
}

/** Fetch a clip's file, saying how far it is, and keep it. */
async function keep(name, told, quality, expected) {
  const bar = byId('keep-progress');
  bar.hidden = false;
  const answer = await fetch(at(`/clips/${told.clip}/download?quality=${quality}`), { credentials: 'same-origin' });
  if (!answer.ok) throw new Error(String(answer.status));
  const parts = [];
  let bytes = 0;
  const reader = answer.body.getReader();
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    parts.push(read.value);
    bytes += read.value.length;
    bar.value = Math.min(1, bytes / (expected || bytes));
  }
  const cache = await caches.open(name); // anew: it may have been cleared meanwhile
  const kind = quality === 'audio' ? 'audio/mp4' : 'video/mp4';
  const now = Date.now();
  const facts = { id: told.clip, title: told.title, quality, bytes, at: now, until: now + Number(all.dataset.days) * day_ms };
  await cache.put(film(told.clip), new Response(new Blob(parts, { type: kind }), { headers: { 'content-type': kind } }));
  await cache.put(about(told.clip), new Response(JSON.stringify(facts), { headers: { 'content-type': 'application/json' } }));
}

function listenToKeep(cache) {
  const place = byId('keep');
  byId('keep-form')?.addEventListener('submit', async (event) => {
    event.preventDefault();
    trouble('');
    const chosen = event.target.quality.selectedOptions[0];
    try {
      await navigator.storage?.persist?.();
      await keep(cache, place.dataset, chosen.value, Number(chosen.dataset.bytes));
      place.hidden = true;
    } catch (error) {
      await remove(cache, place.dataset.clip).catch(() => {});
      trouble(error.name === 'QuotaExceededError' ? t('这台设备上的空间不够了。请先删除几段，或选小一点的清晰度。') : t('没有存下来：网络断了，或者服务器没有给。请再试一次。'));
    }
    byId('keep-progress').hidden = true;
    for (const button of event.target.querySelectorAll('button')) button.disabled = false;
    await show(cache);
  });
}

async function showSwitch() {
  const button = byId('pages-switch');
  if (!button) return;
  const on = await wanted(account);
  button.textContent = on ? t('不再留下页面') : t('留下看过的页面');
  button.hidden = false;
  button.setAttribute('aria-pressed', String(on));
}

async function dropPages() {
  for (const name of await caches.keys()) if (name.startsWith('weike-pages-')) await caches.delete(name);
}

async function start() {
  if (!possible()) {
    byId('cannot').hidden = false;
    return;
  }
  const cache = await cacheOf();
  await showSwitch();
  byId('pages-switch')?.addEventListener('click', async () => {
    trouble('');
    const on = !(await wanted(account));
    if (on && !account) {
      trouble(t('现在没有网络'));
      return;
    }
    if (on) await begin();
    await want(account, on);
    if (!on) await dropPages();
    await showSwitch();
  });
  byId('clear')?.addEventListener('click', async () => {
    await dropPages();
    for (const name of await caches.keys()) if (name.startsWith(CLIPS)) await caches.delete(name);
    await show(cache);
  });
  if (cache) listenToKeep(cache);
  all.hidden = false;
  if (cache) await sweep(cache);
  await show(cache);
}

start();
