// The editor of a reflection: kept on the server as one writes, and on the phone when there is no network; quotes at a second
// of the clip beside it; a voice recorded here. All of it works as a form without this script, but for the recorder.
import { playCounted } from '../../shared/counted.js';
import { csrf, readError, request } from '../../shared/http.js';
import { t } from '../../shared/sentences.js';
import { at } from '../../shared/site.js';
import { LocalDraft, joined, verdict } from './drafts.js';
import { Recorder, canRecord, kept } from './recorder.js';

const SAVE_AFTER_MS = 1200;
const AGAIN_MS = 8000;

const page = JSON.parse(document.getElementById('reflection').textContent);
const form = document.getElementById('write');
const fields = form.elements;
const text = document.getElementById('text');
const said = document.getElementById('saved');
const video = document.getElementById('video');

let storage = null;
try {
  storage = window.localStorage;
} catch {
  // forbidden: then only the server keeps it
}
const local = new LocalDraft(storage, page);
const state = { version: page.version, saved: page.saved, quotes: page.quotes, dirty: false, saving: null, leaving: false, asking: false };

const markOf = (n) => page.mark.replace('{n}', n); // what stands in the text for a quote

const clock = (seconds) => {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
};

function say(words, trouble = false) {
  said.textContent = words;
  said.classList.toggle('not-kept', trouble);
}

const written = () => ({ title: fields.title.value, text: text.value, quotes: state.quotes, version: state.version });

// ---------------------------------------------------------------- keeping

let timer = null;

function changed() {
  state.dirty = true;
  const keeps = local.keep(written());
  if (!state.asking) say(keeps ? t('还没有存到服务器，手机上已经留了一份。') : t('还没有存好。'));
  clearTimeout(timer);
  timer = setTimeout(save, SAVE_AFTER_MS);
}

function wanted() {
  const { title, text: words, quotes } = written();
  return {
    title, text: words, version: state.saved ? state.version : 0,
    quotes: quotes.map((one) => ({ n: one.n, clip: one.clip, at_s: one.at_s })),
    lesson: page.lesson, week: page.week, gathering: page.gathering,
  };
}

/** Save to the server; one at a time, and again when more was written meanwhile. Returns whether the server has it all. */
async function save() {
  clearTimeout(timer);
  if (state.saving) await state.saving;
  if (state.asking) return false;
  if (!state.dirty) return state.saved;
  state.saving = send();
  try {
    return await state.saving;
  } finally {
    state.saving = null;
  }
}

async function send() {
  const before = JSON.stringify(written());
  sentNow();
  try {
    const answer = await request('PUT', `/api/v1/reflections/${page.id}`, wanted());
    state.version = answer.version;
    if (!state.saved) {
      state.saved = true;
      local.forget();
      local.saved = true;
      window.history.replaceState(null, '', at(`/reflections/${page.id}/edit`) + window.location.search.replace(/^\?.*$/, ''));
      document.getElementById('save-first')?.remove();
    }
    fields.version.value = state.version;
    const same = before === JSON.stringify({ ...written(), version: JSON.parse(before).version });
    state.quotes = same ? quotesOf(answer.quotes) : withWords(answer.quotes);
    showQuotes();
    if (same) {
      state.dirty = false;
      local.forget();
      say(t('已存好，只有您看得到。'));
      return true;
    }
    changed();
    return false;
  } catch (error) {
    if (error.code === 'reflection_changed') await elsewhere();
    else if (error.status === 0 || error.status >= 500) {
      say(t('没有网络，写的都在这台手机上，连上网会自己存。'), true);
      timer = setTimeout(save, AGAIN_MS);
    } else say(error.said, true);
    return false;
  }
}

/** The server's quotes, in the order of their numbers. */
function quotesOf(theirs) {
  return theirs.map((one) => ({ n: one.n, clip: one.clip, at_s: one.at_s, text: one.text })).sort((one, other) => one.n - other.n);
}

/** Our quotes with the words that the server has for them; what was quoted or taken out since stays so. */
function withWords(theirs) {
  const words = new Map(theirs.map((one) => [`${one.n} ${one.clip}`, one.text]));
  return state.quotes.map((one) => ({ ...one, text: words.get(`${one.n} ${one.clip}`) ?? one.text }));
}

function show(theirs) {
  state.version = theirs.version;
  fields.version.value = theirs.version;
  fields.title.value = theirs.title;
  text.value = theirs.text;
  state.quotes = quotesOf(theirs.quotes);
  showQuotes();
}

const SENT = `weike.reflection.sent.${page.id}`;
const JUST_NOW_MS = 60_000;

function sentNow() {
  try {
    window.sessionStorage.setItem(SENT, String(Date.now()));
  } catch {
    // forbidden: then a page that was loaded beside a save may be old, and says so with the next change
  }
}

/** A page that was loaded while the one before it still saved may have come before what was saved: look once more. */
async function freshen() {
  let sent = 0;
  try {
    sent = Number(window.sessionStorage.getItem(SENT));
  } catch {
    return;
  }
  if (!page.saved || Date.now() - sent > JUST_NOW_MS) return;
  const theirs = await request('GET', `/api/v1/reflections/${page.id}`).catch(() => null);
  if (theirs && theirs.version > state.version && !state.dirty && !state.asking) {
    show(theirs);
    say(t('已存好，只有您看得到。'));
  }
}

/** Both were changed: the server's stands in the page, and the other is offered plainly. */
async function elsewhere() {
  const mine = written();
  const theirs = await request('GET', `/api/v1/reflections/${page.id}`);
  show(theirs);
  if (verdict(mine, theirs) !== 'nothing') {
    local.keep(mine);
    ask(mine);
    return;
  }
  state.dirty = false;
  local.forget();
  say(t('已存好，只有您看得到。'));
}

function ask(mine) {
  const box = document.getElementById('merge');
  state.asking = true;
  document.getElementById('merge-words').textContent = [mine.title, mine.text].filter(Boolean).join('\n');
  box.hidden = false;
  box.scrollIntoView({ block: 'nearest' });
  say(t('请先选上面的哪一份，再接着写。'), true);
  box.onclick = (event) => {
    const choice = event.target.dataset?.merge;
    if (!choice) return;
    box.hidden = true;
    state.asking = false;
    if (choice === 'drop') {
      local.forget();
      say(t('已存好，只有您看得到。'));
      return;
    }
    if (choice === 'take') {
      fields.title.value = mine.title;
      text.value = mine.text;
      state.quotes = [...(mine.quotes ?? [])]; // its marks are those of its own quotes
    } else {
      const both = joined({ text: text.value, quotes: state.quotes }, { text: mine.text, quotes: mine.quotes ?? [] }, markOf);
      text.value = both.text;
      state.quotes = both.quotes;
      if (!fields.title.value) fields.title.value = mine.title;
    }
    showQuotes();
    changed();
    save();
  };
}

function restore() {
  const mine = local.found();
  const server = { title: fields.title.value, text: text.value, version: state.version };
  if (page.refused) return; // what was typed came back with the page
  const what = verdict(mine, server);
  if (what === 'nothing') {
    local.forget();
    freshen();
  } else if (what === 'restore') {
    page.id = mine.id;
    local.id = mine.id;
    repoint();
    fields.title.value = mine.title;
    text.value = mine.text;
    state.quotes = [...(mine.quotes ?? [])];
    showQuotes();
    changed();
    say(t('找回了这台手机上没有存好的内容。'));
    save();
  } else {
    ask(mine);
  }
}

/** A new page goes on under the id with which the text was begun on this phone. */
function repoint() {
  form.action = at(`/reflections/${page.id}/save`);
  for (const button of form.querySelectorAll('[formaction]')) {
    button.formAction = at(`/reflections/${page.id}/${button.id === 'quote' ? 'quote' : 'unquote'}`);
  }
}

form.addEventListener('input', changed);
window.addEventListener('online', () => state.dirty && save());
document.addEventListener('visibilitychange', () => document.visibilityState === 'hidden' && state.dirty && save());

form.addEventListener('submit', async (event) => {
  const button = event.submitter;
  if (button?.name !== 'then' || state.leaving) return;
  event.preventDefault();
  state.dirty = true;
  const done = await save();
  for (const one of form.querySelectorAll('button')) one.disabled = false;
  if (!done || button.value !== 'check') return;
  state.leaving = true;
  window.location.assign(at(`/reflections/${page.id}/check`));
});

// ---------------------------------------------------------------- quotes

const lines = [...document.querySelectorAll('#lines [data-at]')].map((button) => ({
  button, at_s: Number(button.dataset.at), text: button.querySelector('span').textContent,
}));

function lineAt(seconds) {
  const before = lines.filter((line) => line.at_s <= seconds + 0.05);
  return before[before.length - 1] ?? lines[0];
}

function quote(line) {
  if (!line || !page.clip) return;
  if (state.quotes.length >= page.most_quotes) {
    say(t('最多引用 %(most)s 处，请先去掉一些。', { most: page.most_quotes }), true);
    return;
  }
  const taken = new Set(state.quotes.map((one) => one.n));
  let n = 1;
  while (taken.has(n)) n += 1;
  state.quotes.push({ n, clip: page.clip.id, at_s: line.at_s, text: line.text });
  const mark = markOf(n);
  const start = text.selectionStart ?? text.value.length;
  const before = text.value.slice(0, start);
  const gap = before && !before.endsWith('\n') ? '\n' : '';
  text.setRangeText(`${gap}${mark}\n`, start, text.selectionEnd ?? start, 'end');
  showQuotes();
  changed();
  const words = line.text.length > 30 ? line.text.slice(0, 30) : line.text;
  say(t('引用了：%(words)s', { words }));
}

function showQuotes() {
  const box = document.getElementById('quotes');
  box.replaceChildren(
    ...[...state.quotes].sort((one, other) => one.n - other.n).map((one) => {
      const row = document.createElement('div');
      row.className = 'quote-row';
      const words = document.createElement('p');
      const tag = document.createElement('span');
      tag.className = 'tag';
      tag.textContent = markOf(one.n);
      words.append(tag, ` ${one.text}`);
      const button = document.createElement('button');
      button.type = 'button';
      button.className = 'button quiet small';
      button.textContent = t('去掉引用 %(n)s', { n: one.n });
      button.onclick = () => {
        state.quotes = state.quotes.filter((other) => other.n !== one.n);
        text.value = text.value.replaceAll(markOf(one.n), '').replace(/\n{3,}/g, '\n\n');
        showQuotes();
        changed();
      };
      row.append(words, button);
      return row;
    }),
  );
}

for (const line of lines) {
  line.button.disabled = false;
  line.button.addEventListener('click', () => quote(line));
}

const quoteButton = document.getElementById('quote');
if (quoteButton && lines.length) {
  document.getElementById('quote-at').hidden = true;
  quoteButton.type = 'button';
  quoteButton.addEventListener('click', () => quote(lineAt(video?.currentTime ?? 0)));
}

// Another clip of the lesson: what is written goes first.
for (const link of document.querySelectorAll('[data-clip]')) {
  link.addEventListener('click', async (event) => {
    event.preventDefault();
    const there = new URL(link.href);
    const done = state.dirty ? await save() : true;
    const path = state.saved ? `/reflections/${page.id}/edit` : '/reflections/write';
    const query = new URLSearchParams(there.search);
    if (!state.saved) query.set('lesson', page.lesson);
    if (done || !state.dirty) window.location.assign(`${at(path)}?${query}`);
  });
}

if (video && page.clip) {
  const note = (words) => {
    const place = document.getElementById('video-note');
    place.textContent = words;
    place.hidden = false;
  };
  playCounted(video, page.clip, note);
  video.addEventListener('timeupdate', () => {
    const here = lines.length ? lineAt(video.currentTime) : null;
    for (const line of lines) line.button.toggleAttribute('data-now', line === here);
  });
}

// ---------------------------------------------------------------- one's voice

const byId = (name) => document.getElementById(name);
// A page that was never saved has another id each time it is loaded: until then a recording lies under what it is about.
const soundKeys = () => [`${page.key.split(':')[0]}:${page.id}`, `about:${page.key}`];
const recording = {
  keep: (blob) => kept.put(soundKeys()[state.saved ? 0 : 1], blob),
  find: async () => (await kept.get(soundKeys()[0])) ?? kept.get(soundKeys()[1]),
  drop: () => Promise.all(soundKeys().map((key) => kept.drop(key))),
};

function recorderTrouble(words) {
  const place = byId('rec-trouble');
  place.textContent = words;
  place.hidden = !words;
}

function heard(blob) {
  byId('rec-audio').src = URL.createObjectURL(blob);
  byId('rec-heard').hidden = false;
  byId('rec-now').hidden = true;
  byId('rec-start').hidden = true;
  for (const name of ['rec-pause', 'rec-stop']) byId(name).hidden = true;
  byId('rec-send').onclick = () => sendSound(blob);
  byId('rec-drop').onclick = async () => {
    await recording.drop();
    byId('rec-heard').hidden = true;
    byId('rec-start').hidden = false;
  };
}

async function sendSound(blob) {
  recorderTrouble('');
  if (blob.size > page.most_sound_bytes) {
    recorderTrouble(t('这段录音太大了，请录短一些。'));
    return;
  }
  const button = byId('rec-send');
  button.disabled = true;
  state.dirty = state.dirty || !state.saved;
  try {
    if (!state.saved || state.dirty) {
      if (!(await save())) throw readError(0, '');
    }
    const body = new FormData();
    body.append('csrf', csrf());
    body.append('file', new File([blob], blob.type.includes('mp4') ? 'sound.m4a' : 'sound.webm', { type: blob.type }));
    const answer = await fetch(at(`/reflections/${page.id}/sound`), { method: 'POST', body, headers: { Accept: 'text/html', 'X-CSRF-Token': csrf() }, redirect: 'manual' });
    if (answer.type !== 'opaqueredirect' && !answer.ok) throw readError(answer.status, '');
    await recording.drop();
    window.location.assign(at(`/reflections/${page.id}/edit#sound`));
    window.location.reload();
  } catch (error) {
    recorderTrouble(error.status ? error.said : t('没有网络，录音还在这台手机里，连上网再点“上传这段录音”。'));
    button.disabled = false;
  }
}

if (byId('recorder') && canRecord()) {
  byId('recorder').hidden = false;
  let recorder = null;
  byId('rec-start').addEventListener('click', async () => {
    recorderTrouble('');
    recorder = new Recorder({
      mostS: page.most_sound_s,
      onTick: (seconds, level) => {
        byId('rec-time').textContent = clock(seconds);
        byId('rec-level').value = level;
      },
      onEnd: async (blob) => {
        await recording.keep(blob);
        heard(blob);
      },
    });
    try {
      await recorder.start();
    } catch {
      recorderTrouble(t('用不了麦克风：浏览器没有允许，或者没有麦克风。可以在下面上传录音文件。'));
      const file = byId('by-file');
      if (file) file.open = true;
      return;
    }
    byId('rec-start').hidden = true;
    byId('rec-now').hidden = false;
    for (const name of ['rec-pause', 'rec-stop']) byId(name).hidden = false;
  });
  byId('rec-pause').addEventListener('click', () => {
    recorder.toggle();
    byId('rec-pause').textContent = recorder.paused ? t('接着录') : t('暂停');
  });
  byId('rec-stop').addEventListener('click', () => recorder.stop());
}

// What the worker is at: the page is looked at again until it is ready.
async function waitForSound() {
  try {
    const answer = await request('GET', `/api/v1/reflections/${page.id}`);
    if (answer.sound && answer.sound.state !== 'waiting') {
      if (state.dirty) await save();
      window.location.reload();
      return;
    }
  } catch {
    // no network: asked again
  }
  setTimeout(waitForSound, 2000);
}
if (page.waiting) setTimeout(waitForSound, 1500);

restore();
if (canRecord() && byId('recorder')) recording.find().then((blob) => blob instanceof Blob && heard(blob));
