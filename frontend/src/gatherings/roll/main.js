// The secretary's list on a phone: marks are kept here first and sent afterwards, so that it works for hours without
// a network. Without this script the same forms go to the server one by one.
import { request } from '../../shared/http.js';
import { t, tn } from '../../shared/sentences.js';
import { at } from '../../shared/site.js';
import { Queue, newId } from './queue.js';

const place = document.getElementById('waiting');
const id = place.dataset.gathering;
const over = place.dataset.state === 'ended';
const AGAIN_MS = 5000;
const LOOK_MS = 10000;
const MOST = 100;

const words = {
  present: t('到会'), late: t('迟到'), left_early: t('早退'), absent: t('缺席'), made_up: t('补学'), unmarked: '',
};

let storage = null;
try {
  storage = window.localStorage;
} catch { /* none: what is said lasts as long as the page */ }
const queue = new Queue(id, storage);
let sending = false;
let trouble = '';
const refusals = new Map();

function row(entry) {
  return document.querySelector(`[data-entry="${CSS.escape(entry)}"]`);
}

function tag(text, kind) {
  const made = document.createElement('span');
  made.className = kind;
  made.textContent = text;
  return made;
}

/** Show what is said of somebody; `waits`: the server has not heard it. */
function show(entry, mark, details, waits) {
  const item = row(entry);
  if (!item) return;
  item.dataset.mark = mark;
  item.classList.toggle('waits', waits);
  const said = item.querySelector('.said');
  const parts = words[mark] ? [tag(words[mark], `tag mark-${mark}`)] : [];
  for (const text of details.filter(Boolean)) parts.push(tag(text, 'how'));
  if (waits) parts.push(tag(t('待发送'), 'how unsent'));
  said.replaceChildren(...parts);
}

function addGuest(entry, name) {
  if (row(entry)) return;
  const item = document.createElement('li');
  item.dataset.entry = entry;
  const who = document.createElement('div');
  who.className = 'who';
  const strong = document.createElement('strong');
  strong.textContent = name;
  who.append(strong, tag('', 'said'));
  item.append(who);
  document.getElementById('new-guests').append(item);
}

function showWaiting() {
  const waiting = queue.all.length;
  const lines = [];
  if (waiting) {
    lines.push(tn('还有 %(num)s 条没有送到服务器。', '还有 %(num)s 条没有送到服务器。', waiting, { num: waiting }));
    lines.push(queue.kept
      ? t('已留在这台手机里，有网就自动送出；送完以前请不要清除浏览器的数据。')
      : t('这个浏览器不让留下数据：送完以前请不要关掉这一页。'));
  }
  if (trouble) lines.push(trouble);
  for (const said of refusals.values()) lines.push(said);
  place.replaceChildren(...lines.map((line) => {
    const made = document.createElement('p');
    made.textContent = line;
    return made;
  }));
  place.hidden = lines.length === 0;
  place.dataset.waiting = String(waiting);
}

function showQueue() {
  for (const said of queue.all) {
    if (said.guest) addGuest(said.id, said.guest);
    show(said.entry || said.id, said.mark, [said.reason], true);
  }
  showWaiting();
}

async function flush() {
  if (sending) return;
  sending = true;
  try {
    while (queue.all.length) {
      const marks = queue.batch(MOST);
      const { heard } = await request('POST', `/api/v1/gatherings/${id}/marks`, { marks });
      trouble = '';
      queue.heard(marks.map((one) => one.id));
      for (const one of heard) {
        const said = marks.find((its) => its.id === one.id);
        const entry = said.entry || said.id;
        const name = row(entry)?.querySelector('strong')?.textContent ?? said.guest;
        if (one.error) refusals.set(entry, t('%(name)s：没有记上。%(why)s', { name, why: one.message }));
        else refusals.delete(entry);
        if (!queue.all.some((its) => (its.entry || its.id) === entry)) show(entry, said.mark, [said.reason], false);
      }
    }
    keepSoon();
    await look();
  } catch (error) {
    if (error.status === 401 || error.status === 403) {
      trouble = t('登录已经过期，记下的还在。请在另一页登录，再重新打开这一页。');
    } else if (error.status) {
      trouble = error.said ?? t('服务器没有收下，记下的还在，过一会儿再送。');
    } else {
      trouble = t('现在没有网络，照样可以记。');
    }
  } finally {
    sending = false;
    showWaiting();
  }
}

const COUNTED = {
  due: t('应到'), present: t('到会'), late: t('迟到'), left_early: t('早退'), absent: t('缺席'), made_up: t('补学'),
  unmarked: t('还没有记'), exempt: t('不计入应到'), guests: t('列席'),
};

function showCounts(counts) {
  const shown = Object.entries(COUNTED).filter(([name]) => counts[name] || name === 'due' || name === 'present');
  document.getElementById('counts').replaceChildren(...shown.map(([name, label]) => tag(`${label} ${counts[name]}`, '')));
}

/** Show what others said meanwhile: who scanned, what another phone marked. */
async function look() {
  if (over || document.hidden) return;
  const found = await request('GET', `/api/v1/gatherings/${id}`);
  if (found.counts) showCounts(found.counts);
  const waiting = new Set(queue.all.map((one) => one.entry || one.id));
  for (const one of found.roll ?? []) {
    if (waiting.has(one.entry) || waiting.has(one.id)) continue;
    const how = { qr: t('扫码'), digits: t('数字') }[one.how] ?? '';
    addGuest(one.id, one.name); // who came by a code, or was written down on another phone
    if (row(one.id) && row(one.id).dataset.mark !== one.mark) show(one.id, one.mark, [how, one.reason], false);
  }
}

function say(said) {
  const one = queue.add({ ...said, kept: true });
  if (one.guest) addGuest(one.id, one.guest);
  refusals.delete(one.entry || one.id);
  show(one.entry || one.id, one.mark, [one.reason], true);
  showWaiting();
  flush();
}

function number(text) {
  return text.trim() === '' ? null : Number(text);
}

if (!over) {
  document.addEventListener('submit', (event) => {
    const form = event.target;
    const values = new FormData(form);
    if (form.matches('[data-roll-form]')) {
      const mark = event.submitter?.value;
      if (!mark) return;
      // 补学 needs its reason, which the server asks for beside its field.
      if (mark === 'made_up') return;
      event.preventDefault();
      say({
        entry: values.get('entry'),
        mark,
        reason: mark === 'present' || mark === 'unmarked' ? '' : values.get('reason'),
        minutes: mark === 'late' || mark === 'left_early' ? number(values.get('minutes')) : null,
        room: values.get('room') ? Number(values.get('room')) : null,
      });
    } else if (form.matches('[data-guest-form]')) {
      const guest = values.get('guest').trim();
      if (!guest) return;
      event.preventDefault();
      say({ guest, mark: 'present' });
      form.reset();
    }
  });
  showQueue();
  flush();
  window.addEventListener('online', flush);
  setInterval(() => {
    if (queue.all.length) flush();
  }, AGAIN_MS);
  setInterval(() => look().catch(() => {}), LOOK_MS);
} else {
  // A phone that was away when it ended still brings what it kept.
  showQueue();
  if (queue.all.length) flush();
}

// ------------------------------------------------------------------ finding somebody in a long list

const find = document.getElementById('find-name');
find.closest('label').hidden = document.querySelectorAll('[data-entry]').length < 12;
find.addEventListener('input', () => {
  const wanted = find.value.trim().toLowerCase();
  for (const item of document.querySelectorAll('[data-entry]')) {
    item.hidden = !item.querySelector('strong').textContent.toLowerCase().includes(wanted);
  }
});

// ------------------------------------------------------------------ the page itself, without a network

const page = at(`/gatherings/${id}/roll`);

function assets() {
  const found = document.querySelectorAll('link[rel="stylesheet"], link[rel="modulepreload"], link[rel="icon"], script[src], header img');
  return [...new Set(Array.from(found, (one) => one.href || one.src))].filter((url) => url.startsWith(location.origin));
}

async function worker() {
  if (!('serviceWorker' in navigator)) return null;
  await navigator.serviceWorker.register(at('/gatherings/worker/roll.js'), { scope: at('/gatherings/') });
  return (await navigator.serviceWorker.ready).active;
}

function told(active, message) {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = (event) => resolve(event.data);
    active.postMessage(message, [port2]);
  });
}

const KEPT_FOR_MS = 60_000;
let keeping = null;

/** Keep the page as it is by now, once a minute at most: it is as long as the roll. */
function keepSoon() {
  keeping ??= setTimeout(() => {
    keeping = null;
    keepPage();
  }, KEPT_FOR_MS);
}

async function keepPage() {
  try {
    const active = await worker();
    if (!active) return;
    if (over) {
      await told(active, { forget: page });
      return;
    }
    if ((await told(active, { keep: page, assets: assets() })) === 'done') {
      document.getElementById('offline-words').hidden = false;
      document.documentElement.dataset.kept = newId();
    }
  } catch { /* no https, or nothing may be kept here: the page stays open, and says what waits */ }
}

keepPage();
