// From clip to clip by a swipe. Without this script the page is a list of links to the clips.
// One <video> for all (a phone lets the element play on that somebody has once begun); nothing of a video is fetched
// before a tap, and after it no more of the next clip than how it begins.
import { clock } from '../../shared/format.js';
import { Positions, placeOf, resumeAt } from '../../shared/places.js';
import { t } from '../../shared/sentences.js';
import { attach } from '../../shared/source.js';
import { Counting } from './counting.js';
import { beginOf, megabytes, rungFor, segmentAt } from './rungs.js';

const AHEAD_AFTER_MS = 800; // the clip that plays comes first
const byId = (id) => document.getElementById(id);

function remembered(key, value) {
  try {
    if (value !== undefined) localStorage.setItem(`weike.feed.${key}`, value);
    return localStorage.getItem(`weike.feed.${key}`);
  } catch {
    return value ?? null; // forbidden: it lasts as long as the page
  }
}

class Feed {
  constructor(clips) {
    this.clips = clips;
    this.feed = byId('feed');
    this.video = byId('video');
    this.items = [...document.querySelectorAll('.feed-clip')];
    this.week = new Set(clips.filter((clip) => clip.why === 'week').map((clip) => clip.id));
    this.counting = new Counting(this.video, () => this.withdrawn());
    this.positions = new Positions(this.video);
    const { person, now } = this.feed.dataset;
    const began = Date.now();
    this.person = person;
    this.now = () => Number(now) + Math.max(0, Date.now() - began); // the server's clock, as on a clip's own page
    // By clip: where it goes on. Without an account this device alone knows.
    this.places = new Map(clips.map((clip) => [clip.id, person ? clip.at : placeOf(clip.id)]));
    this.current = 0;
    this.aim = null; // where a key leads: what is passed on the way there does not play
    this.opened = null;
    this.begun = false; // somebody has tapped: from then on the next one may begin by itself
    this.warmed = new Set();
    const line = navigator.connection;
    this.saving = remembered('saving') ?? (line?.saveData ? 'sparing' : 'picture');
    this.video.muted = remembered('sound') === 'off';
    document.body.classList.add('swiping');
    byId('choices').hidden = false;
    this.video.hidden = false;
    this.fit();
    this.showChoices();
    this.listen();
    if (!matchMedia('(prefers-reduced-motion: reduce)').matches) this.feed.classList.add('glide');
  }

  // ------------------------------------------------------------ how it looks

  /** The clips take what is left of the screen; the bars of a phone's browser come and go. */
  fit() {
    const top = this.feed.getBoundingClientRect().top + window.scrollY;
    this.feed.style.height = `${Math.max(280, window.innerHeight - top - 8)}px`;
    this.place();
  }

  /** The <video> lies over the picture of the present clip, and moves with it. */
  place() {
    const stage = this.items[this.current].querySelector('.feed-stage');
    if (!stage) return;
    const box = stage.getBoundingClientRect();
    const around = this.feed.getBoundingClientRect();
    const { style } = this.video;
    style.top = `${box.top - around.top + this.feed.scrollTop}px`;
    style.left = `${box.left - around.left}px`;
    style.width = `${box.width}px`;
    style.height = `${box.height}px`;
    const bar = byId('progress').style;
    bar.top = `${box.bottom - around.top + this.feed.scrollTop - 3}px`;
    bar.left = style.left;
    bar.width = style.width;
  }

  showChoices() {
    byId('saving').value = this.saving;
    byId('mute').setAttribute('aria-pressed', String(this.video.muted));
    for (const [n, clip] of this.clips.entries()) {
      const bytes = clip.sizes[rungFor(clip.sizes, this.saving)];
      this.items[n].querySelector('.feed-size').textContent = bytes ? t('约 %(size)s MB', { size: megabytes(bytes) }) : '';
      this.items[n].querySelector('.feed-play').hidden = false;
      this.showPlace(n);
    }
  }

  /** Where it goes on, and the way to its start. */
  showPlace(n) {
    const place = this.places.get(this.clips[n].id);
    const line = this.items[n].querySelector('.feed-resume');
    line.hidden = !place;
    line.querySelector('[data-say]').textContent = place ? t('从 %(place)s 接着播放', { place: clock(place) }) : '';
  }

  showButtons() {
    for (const [n, item] of this.items.entries()) {
      const button = item.querySelector('.feed-play');
      if (button) button.textContent = n === this.opened && !this.video.paused ? t('暂停') : t('播放');
    }
  }

  trouble(words) {
    byId('trouble').textContent = words;
    byId('trouble').hidden = !words;
  }

  // ------------------------------------------------------------ playing

  /** Play the present clip, or go on with it; a promise that is kept once its picture is there. */
  async play() {
    const n = this.current;
    const clip = this.clips[n];
    if (!clip) return;
    this.begun = true;
    this.trouble('');
    const rung = rungFor(clip.sizes, this.saving); // null: nobody wrote down which there are
    const playlist = rung ? beginOf(clip.master, rung).playlist : clip.master;
    const key = `${n} ${rung}`;
    if (this.key !== key) {
      const from = this.opened === n ? this.video.currentTime : this.places.get(clip.id);
      if (this.opened !== n) this.open(clip);
      this.key = key;
      this.opened = n;
      this.video.classList.remove('shown');
      this.source?.detach();
      this.source = null;
      this.video.poster = this.items[n].querySelector('img')?.currentSrc ?? '';
      // The tap is what a phone's browser asks for: the element is told to play before anything is waited for.
      this.video.play().catch(() => {});
      let source;
      try {
        source = await attach(this.video, playlist, from, (kind) => this.broken(kind), { eager: true });
      } catch {
        if (this.key === key) this.missed(); // the engine itself could not be fetched
        return;
      }
      if (this.key !== key) {
        source.detach(); // swiped on meanwhile
        return;
      }
      this.source = source;
    }
    this.counting.start();
    this.video.play().catch(() => this.showButtons()); // a browser that forbids it: the button stays
  }

  /** From here on what is played is of this clip; where the one before was left is kept, here and where it belongs. */
  open(clip) {
    this.counting.open(clip);
    const { id, lesson, title, n, length, next } = clip;
    this.positions.open({ id, lesson, title, n, length, next, person: this.person, now: this.now });
  }

  /** Where the clip that plays is left, when the screen shows another one. */
  leave() {
    const { id, length } = this.clips[this.opened];
    this.positions.note();
    // Nothing of it has come yet: what was known of it stays.
    if (this.video.currentTime > 0) this.places.set(id, this.video.ended ? 0 : resumeAt(this.video.currentTime, length));
    this.showPlace(this.opened);
  }

  /** Begin the present clip at its start. */
  again(n) {
    this.places.set(this.clips[n].id, 0);
    this.showPlace(n);
    if (this.opened === n && this.source) this.source.seek(0);
    if (n === this.current) this.play();
  }

  /** Nothing plays, and nothing will by itself: the next tap begins anew. */
  missed() {
    this.key = null;
    this.video.pause();
    this.trouble(t('现在放不出来，可能是网络断了。请点“播放”再试一次。'));
    this.showButtons();
  }

  broken(kind) {
    if (kind === 'network') this.trouble(t('网络断了，连上后会接着播放。'));
    else if (kind === 'expired') this.trouble(t('页面开得太久了，请刷新后再看。'));
    else this.trouble(t('这一段现在放不了。'));
  }

  withdrawn() {
    this.video.pause();
    this.trouble(t('这节课已经撤下，现在不能看了。'));
  }

  toggle() {
    if (this.opened === this.current && !this.video.paused) this.video.pause();
    else this.play();
  }

  /** Fetch how the next clip begins, when the present one plays: into the browser's cache, where the player finds it. */
  warm() {
    const next = this.clips[this.current + 1];
    if (!next || this.saving === 'sparing' || navigator.connection?.saveData) return;
    const rung = rungFor(next.sizes, this.saving);
    if (!rung || this.warmed.has(`${next.id} ${rung}`)) return;
    this.warmed.add(`${next.id} ${rung}`);
    const { playlist, head, segment } = beginOf(next.master, rung);
    const place = this.places.get(next.id);
    const fetched = (url) => fetch(url).catch(() => null);
    fetched(head);
    if (!place) {
      fetched(playlist);
      fetched(segment);
      return;
    }
    // It goes on in its middle: its playlist says in which piece.
    fetched(playlist).then((answer) => answer?.ok && answer.text()).then((text) => {
      const name = text && segmentAt(text, place);
      if (name) fetched(new URL(name, new URL(playlist, document.baseURI)).href);
    });
  }

  // ------------------------------------------------------------ swiping

  go(to) {
    const n = Math.max(0, Math.min(to, this.items.length - 1));
    this.aim = n;
    this.feed.scrollTo({ top: this.items[n].offsetTop });
  }

  /** Another clip fills the screen. */
  arrived(n) {
    if (n === this.current) return;
    this.current = n;
    byId('progress').hidden = true;
    if (this.opened !== null && this.opened !== n) {
      this.leave();
      this.video.pause(); // reports what was played before
      this.video.classList.remove('shown');
    }
    this.place();
    const clip = this.clips[n];
    byId('said').textContent = clip ? clip.title : t('到这里就没有了');
    if (clip && this.begun) this.play();
    this.showButtons();
  }

  scrolled() {
    const high = this.items[0].offsetHeight || 1;
    const n = Math.min(this.items.length - 1, Math.round(this.feed.scrollTop / high));
    if (this.aim !== null && n !== this.aim) return;
    this.aim = null;
    this.arrived(n);
  }

  ended() {
    const clip = this.clips[this.opened];
    if (!clip || !this.week.delete(clip.id) || this.week.size) {
      byId('said').textContent = t('这一段放完了，向上划看下一段。');
      return;
    }
    // Of clips beyond this page nobody knows here: the server said how many of the week were unseen.
    byId('week-done').hidden = false;
    byId('all-done').hidden = true;
    byId('said').textContent = t('本周的都看完了');
  }

  // ------------------------------------------------------------ events

  listen() {
    const { feed, video } = this;
    feed.addEventListener('scroll', () => this.scrolled(), { passive: true });
    for (const kind of ['touchstart', 'wheel']) {
      feed.addEventListener(kind, () => {
        this.aim = null;
      }, { passive: true });
    }
    window.addEventListener('resize', () => {
      this.fit();
      this.go(this.current);
    });
    feed.addEventListener('click', (event) => {
      const item = event.target.closest('.feed-clip');
      if (event.target.closest('[data-do="again"]')) {
        this.again(this.items.indexOf(item));
        return;
      }
      const stage = event.target.closest('.feed-stage');
      if (event.ctrlKey || event.metaKey || event.shiftKey) return; // another window is asked for
      if (!item || (!stage && !event.target.closest('.feed-play'))) return;
      event.preventDefault();
      const n = this.items.indexOf(item);
      if (n !== this.current) {
        this.begun = true;
        this.go(n);
      } else this.toggle();
    });
    document.addEventListener('keydown', (event) => this.key_pressed(event));
    byId('saving').addEventListener('change', (event) => {
      this.saving = event.target.value;
      remembered('saving', this.saving);
      this.showChoices();
      if (this.opened === this.current && !video.paused) this.play();
    });
    byId('mute').addEventListener('click', () => this.mute());
    video.addEventListener('playing', () => {
      video.classList.add('shown');
      byId('progress').hidden = false;
      this.showButtons();
      clearTimeout(this.later);
      this.later = setTimeout(() => !video.paused && this.warm(), AHEAD_AFTER_MS);
    });
    video.addEventListener('timeupdate', () => {
      byId('progress').value = video.duration ? video.currentTime / video.duration : 0;
    });
    video.addEventListener('pause', () => this.showButtons());
    video.addEventListener('ended', () => this.ended());
    window.addEventListener('online', () => {
      this.trouble('');
      this.source?.recover();
    });
  }

  mute() {
    this.video.muted = !this.video.muted;
    remembered('sound', this.video.muted ? 'off' : 'on');
    this.showChoices();
  }

  key_pressed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest?.('input, select, textarea')) return;
    const { key } = event;
    const from = this.aim ?? this.current;
    if (key === 'ArrowDown' || key === 'j') this.go(from + 1);
    else if (key === 'ArrowUp' || key === 'k') this.go(from - 1);
    else if (key === 'm') this.mute();
    else if (key === ' ' && !event.target.closest?.('button, a, summary')) this.toggle();
    else return;
    event.preventDefault();
  }
}

const told = byId('feed-data');
if (told) new Feed(JSON.parse(told.textContent));
