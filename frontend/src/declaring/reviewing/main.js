// The queue and one declaration, by keyboard: j/k the next and the one before, p or space plays, r remarks at this
// second, a approves, b sends back, ? shows the keys. Everything is on the page for a thumb as well.
import { clock } from '../../shared/format.js';
import { Listener } from '../../shared/listen.js';
import { request } from '../../shared/http.js';
import { t } from '../../shared/sentences.js';

const byId = (id) => document.getElementById(id);

/** Whether somebody is typing, or a key belongs to what has the focus. */
function busy(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return true;
  const on = event.target.closest?.('input:not([type="checkbox"]), textarea, select, [contenteditable]');
  if (on) return true;
  return event.key === ' ' && Boolean(event.target.closest?.('button, a, summary, input, video'));
}

function showKeys() {
  const keys = byId('keys');
  if (!keys) return;
  keys.open = !keys.open;
  if (keys.open) keys.querySelector('summary').focus();
}

/** The list: j/k go along it, p opens what has the focus, x ticks it. */
function queueKeys(list) {
  const rows = [...list.querySelectorAll(':scope > li')];
  let now = -1;
  const go = (to) => {
    now = Math.max(0, Math.min(rows.length - 1, to));
    rows[now].querySelector('a').focus();
    rows[now].scrollIntoView({ block: 'nearest' });
  };
  list.addEventListener('focusin', (event) => {
    now = rows.indexOf(event.target.closest('li'));
  });
  return {
    j: () => go(now + 1),
    k: () => go(now - 1),
    x: () => now >= 0 && rows[now].querySelector('input[type="checkbox"]')?.click(),
    p: () => {
      const link = rows[Math.max(0, now)].querySelector('a');
      window.location.href = `${link.href}#play`;
    },
  };
}

/** The player of one declaration: its clips one after the other, in seconds of the lecture. */
class Screen {
  constructor(declaration) {
    this.id = declaration.dataset.id;
    this.video = byId('screen-video');
    this.clips = [];
    this.at = 0;
    this.listener = new Listener(this.video, {
      clips: () => this.clips,
      renew: () => this.#load(),
      onMove: (at) => this.#moved(at),
      onEnd: (words) => this.#say(words),
    });
    byId('play').addEventListener('click', () => this.toggle());
  }

  async #load() {
    const found = await request('GET', `/api/v1/declarations/${this.id}`);
    this.clips = found.clips;
  }

  #moved(at) {
    this.at = at;
    byId('screen-at').textContent = clock(at);
  }

  #say(words) {
    byId('screen-problem').textContent = words;
    byId('screen-problem').hidden = !words;
  }

  async play(from) {
    this.#say('');
    try {
      if (!this.clips.length) await this.#load();
    } catch (error) {
      this.#say(error.said ?? t('现在放不出来，请检查网络后再试。'));
      return;
    }
    const end = this.clips.length ? this.clips[this.clips.length - 1].end_s : 0;
    await this.listener.play(from >= end - 0.1 ? 0 : from, end);
  }

  toggle() {
    if (this.listener.playing) this.listener.stop();
    else this.play(this.at);
  }

  pause() {
    if (this.listener.playing) this.listener.stop();
  }
}

/** One declaration. */
function declarationKeys(declaration) {
  const screen = byId('screen') ? new Screen(declaration) : null;
  const remark = () => {
    if (!byId('remark-form')) return;
    screen?.pause();
    if (screen) byId('remark-at').value = clock(screen.at, 1);
    byId('remark-text').focus();
    byId('remark-form').scrollIntoView({ block: 'center' });
  };
  byId('remark-here')?.addEventListener('click', remark);
  document.querySelectorAll('.seek').forEach((one) => {
    one.addEventListener('click', () => {
      byId('screen')?.scrollIntoView({ block: 'start' });
      screen?.play(Number(one.dataset.at));
    });
  });
  if (window.location.hash === '#play') screen?.play(0);
  const follow = (id) => {
    const link = byId(id);
    if (link) window.location.href = link.href;
  };
  const into = (form, otherwise) => {
    const first = byId(form)?.querySelector(otherwise);
    first?.focus();
    first?.scrollIntoView({ block: 'center' });
  };
  return {
    j: () => follow('after'),
    k: () => follow('before'),
    p: () => screen?.toggle(),
    r: remark,
    // To the first point that is not ticked, else to the button: a decision takes a second key on purpose.
    a: () => into('approve-form', 'input[name="checked"]:not(:checked), button[value="approve"]'),
    b: () => into('return-form', 'textarea'),
  };
}

const list = byId('queue');
const declaration = byId('declaration');
const keys = declaration ? declarationKeys(declaration) : list ? queueKeys(list) : {};

document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') {
    if (byId('keys')) byId('keys').open = false;
    return;
  }
  if (busy(event)) return;
  if (event.key === '?') {
    event.preventDefault();
    showKeys();
    return;
  }
  const act = keys[event.key === ' ' ? 'p' : event.key];
  if (!act) return;
  event.preventDefault();
  act();
});
