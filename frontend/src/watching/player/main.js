// The watch page: plays a clip, follows its transcript, reports what was played, and plays on.
import { count } from '../../shared/format.js';
import { request } from '../../shared/http.js';
import { t, tn } from '../../shared/sentences.js';
import { ownBarPossible, PlayerBar, withoutOwnBar } from './bar.js';
import { BeatSender } from '../../shared/beats.js';
import { scaleCaptions } from './captions.js';
import { Transcript } from './cues.js';
import { FirstPictures } from './first.js';
import { answerFor, tell } from './handle.js';
import { cameTo, sourceOf } from './origin.js';
import { at } from '../../shared/site.js';
import { PlayedRanges } from '../../shared/ranges.js';
import { bigScreenPossible, toggleBigScreen } from './screen.js';
import { Screening } from './screening.js';
import { attach, engine, savesData, wayToPlay } from '../../shared/source.js';

const BEAT_S = 10;
// The rule asks for ten seconds: a beat that is sent a blink too early would miss them and count only with the next.
const SLACK_S = 0.5;
const now = () => performance.now() / 1000;
const byId = (id) => document.getElementById(id);

function remembered(key, value) {
  try {
    if (value !== undefined) localStorage.setItem(`weike.${key}`, value);
    return localStorage.getItem(`weike.${key}`);
  } catch {
    return null; // storage forbidden: nothing is remembered
  }
}

function lessonsSeen() {
  try {
    return cameTo(sessionStorage);
  } catch {
    return {}; // storage forbidden: a click on a lesson's page is then a link
  }
}

class Watch {
  constructor() {
    this.video = byId('video');
    this.stage = byId('stage');
    this.sender = new BeatSender({
      post: (url, beat) => request('POST', url, beat),
      beacon: (url, beat) => navigator.sendBeacon(at(url), JSON.stringify(beat)),
      storage: window.localStorage,
      onCounted: (play, answer) => this.answered(play, answer),
    });
    const seek = (at) => this.seek(at);
    const toggleScreen = () => toggleBigScreen(this.stage, this.video);
    this.bar = ownBarPossible() ? new PlayerBar(this.stage, this.video, { seek, toggleScreen }) : null;
    if (!this.bar) withoutOwnBar(this.stage);
    scaleCaptions(this.video);
    this.screening = new Screening({ onChange: () => this.startAnew() });
    this.listen();
    const links = [...document.querySelectorAll('#up-next a')];
    const siblings = links.map((link) => link.pathname);
    this.cameBy = sourceOf(window.location.href, document.referrer, siblings, lessonsSeen());
    answerFor(this);
    const clip = this.readClip();
    this.open(clip);
    this.sender.flush();
  }

  readClip() {
    return JSON.parse(byId('clip').textContent);
  }

  // ------------------------------------------------------------ opening a clip

  async open(clip, { play = false } = {}) {
    this.clip = clip;
    this.forgetPlay();
    this.screening.show();
    this.transcript = new Transcript(document.querySelector('.cues'));
    // Who comes from the search reads the sentence while the picture is still on its way.
    if (clip.start_s || new URL(window.location.href).searchParams.has('t')) {
      this.transcript.show(clip.start_s, false);
      this.transcript.bringIntoSight(this.stage);
    }
    this.source?.detach();
    this.source = null;
    this.hideNote();
    if (clip.poster) this.video.poster = clip.poster;
    else this.video.removeAttribute('poster');
    this.stage.classList.toggle('sound', clip.kind === 'sound');
    this.setCaptions(clip);
    this.bar?.open(clip);
    byId('big-screen').hidden = !bigScreenPossible(this.stage, this.video);
    this.setSpeed(remembered('speed') ?? '1');
    this.begun = false;
    tell('open');
    await this.load(clip.master, clip.start_s);
    if (play) this.video.play().catch(() => {}); // a browser that forbids it shows its play button
  }

  /**
   * Nothing of the film is fetched, and nothing of the engine, before somebody wants to see it: most who open a page do
   * not, and many pay for every megabyte.
   */
  async load(master, startAt) {
    const clip = this.clip;
    this.source = null;
    this.sought = null; // where somebody wants to be before there is anything to seek in
    this.first = null;
    const first = this.firstOf(master);
    if (first && startAt > 0 && !savesData()) first.segments(); // which segment has that moment: some text
    await this.wanted();
    if (this.clip !== clip) return;
    this.first = first;
    const begun = await first?.open(this.sought ?? startAt, !this.video.paused);
    if (this.clip !== clip) return;
    if (begun) {
      engine().catch(() => {});
      await first.more();
      if (this.clip !== clip) return;
    }
    const from = begun ? this.video.currentTime : this.sought ?? startAt;
    const source = await attach(this.video, master, from, (kind) => this.trouble(kind), { begun });
    if (this.clip !== clip) {
      source.detach(); // another clip was opened meanwhile
      return;
    }
    this.first = null;
    this.source = source;
  }

  /** The way to the first picture without the engine, null where there is none. */
  firstOf(master) {
    const { start } = this.clip;
    if (!start || wayToPlay(this.video) !== 'engine' || !FirstPictures.possible) return null;
    const base = master.slice(0, master.lastIndexOf('/') + 1);
    const file = (url) => base + url.split('/').slice(-2).join('/');
    const beginning = { playlist: file(start.playlist), head: file(start.head), segment: file(start.segment) };
    return new FirstPictures(this.video, beginning, this.clip.duration_s);
  }

  /** Somebody plays, or seeks. */
  wanted() {
    if (!this.video.paused || this.sought !== null) return Promise.resolve();
    return new Promise((resolve) => {
      this.want = resolve;
      this.video.addEventListener('play', resolve, { once: true });
    });
  }

  setCaptions(clip) {
    for (const old of this.video.querySelectorAll('track')) old.remove();
    if (!clip.captions) return;
    const track = document.createElement('track');
    track.kind = 'captions';
    track.label = clip.captions_name ?? t('字幕');
    track.srclang = clip.language;
    track.src = clip.captions;
    this.video.append(track);
    track.track.mode = remembered('captions') === 'off' ? 'disabled' : 'showing';
  }

  setSpeed(rate) {
    const select = byId('speed');
    select.value = rate;
    if (!select.value) select.value = '1';
    this.video.defaultPlaybackRate = this.video.playbackRate = Number(select.value);
  }

  /** Go to another clip without leaving the page: only what is marked data-swap is exchanged. */
  async goTo(url, { push = true, play = true } = {}) {
    this.report();
    try {
      const answer = await fetch(url, { credentials: 'same-origin' });
      if (!answer.ok) throw new Error(String(answer.status));
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      const parts = [...document.querySelectorAll('[data-swap]')].map((old) => [old, page.getElementById(old.id)]);
      if (parts.some(([, fresh]) => !fresh)) throw new Error('another kind of page');
      for (const [old, fresh] of parts) old.replaceWith(document.adoptNode(fresh));
      document.title = page.title;
      document.querySelector('meta[name="csrf"]').content = page.querySelector('meta[name="csrf"]').content;
    } catch {
      window.location.href = url; // the plain way always works
      return;
    }
    if (push) window.history.pushState(null, '', url);
    this.cameBy = 'next';
    await this.open(this.readClip(), { play });
  }

  // ------------------------------------------------------------ what was played

  /** What is played from here on belongs to another play. */
  forgetPlay() {
    this.play = null; // {id, key, seq}, once the server knows of it
    this.starting = null;
    this.ranges = new PlayedRanges();
    this.rate = 0;
  }

  /** Tell the server that this clip is being played; the answer names the play. Tried again with the next beat. */
  startPlay() {
    if (this.play) return Promise.resolve();
    if (this.starting) return this.starting;
    const about = { source: this.cameBy };
    if (this.screening.people !== null) about.people = this.screening.people;
    const starting = request('POST', `/api/v1/clips/${this.clip.id}/plays`, about)
      .then((answer) => {
        if (this.starting !== starting) return; // meanwhile another play was begun
        this.play = { id: answer.play, key: answer.key, seq: 0 };
        this.freshMaster = answer.master;
        if (answer.beat_every_s) this.beatEvery = answer.beat_every_s;
      })
      .catch((error) => {
        this.refused = error.status;
        if (this.starting === starting && about.people && error.status >= 400 && error.status < 500) {
          this.video.pause();
          this.screening.end(error.said);
        }
      })
      .finally(() => {
        if (this.starting === starting) this.starting = null;
      });
    this.starting = starting;
    return starting;
  }

  /** A screening begins, or has ended: what was played goes to the play before, and the clip begins again. */
  startAnew() {
    this.handOver();
    this.forgetPlay();
    if (this.screening.people === null) {
      this.video.pause();
      return;
    }
    this.seek(0);
    this.startPlay();
    this.video.play().catch(() => {});
    this.stage.scrollIntoView({ block: 'nearest' });
  }

  advance() {
    if (this.video.seeking) return;
    this.rate = Math.max(this.rate, this.video.playbackRate);
    this.ranges.advance(this.video.currentTime, now(), this.video.playbackRate);
  }

  /** Put what was played since the last beat into a new one. */
  beat() {
    if (!this.play) return null;
    const ranges = this.ranges.take();
    if (!ranges.length) return null;
    this.play.seq += 1;
    const beat = {
      key: this.play.key,
      seq: this.play.seq,
      at_s: Math.round(this.video.currentTime * 100) / 100,
      rate: this.rate,
      ranges,
    };
    this.rate = 0;
    return beat;
  }

  async report() {
    if (!this.play && this.ranges.empty) return;
    const clip = this.clip;
    await this.startPlay();
    if (this.clip !== clip) return;
    const beat = this.beat();
    this.lastBeat = now();
    if (beat) await this.sender.add(this.play.id, beat);
  }

  /** Report at once and wait for nothing. */
  handOver() {
    if (!this.video.paused) this.advance();
    const beat = this.beat();
    if (beat) this.sender.add(this.play.id, beat);
  }

  leave() {
    this.handOver();
    this.sender.leave();
  }

  answered(play, answer) {
    if (!answer || play !== this.play?.id) return;
    if (answer.why === 'unpublished' && this.clip.published) this.withdrawn();
    this.screening.tell(answer);
    this.showViews(answer);
  }

  /** It was published when the page was opened and is not any more: what is in the buffer ends as well. */
  withdrawn() {
    this.video.pause();
    this.source?.detach();
    this.source = null;
    this.play = null;
    this.note(t('这节课已经撤下，现在不能看了。'), t('看别的课'), () => window.location.assign(at('/lessons')));
  }

  /** While the page was open its lesson was narrowed to people with an account. */
  forSignedIn() {
    const back = encodeURIComponent(window.location.pathname + window.location.search);
    this.note(t('这节课要登录以后才能看。'), t('去登录'), () => window.location.assign(at(`/sign-in?next=${back}`)));
  }

  showViews(answer) {
    const place = byId('views');
    if (!place || answer.views === undefined) return;
    const number = answer.views;
    place.dataset.views = number;
    place.textContent = tn('%(num)s 次观看', '%(num)s 次观看', number, { num: count(number) });
    place.classList.toggle('counted', Boolean(answer.counted));
  }

  // ------------------------------------------------------------ trouble

  trouble(kind) {
    const at = this.video.currentTime || this.clip.start_s;
    if (kind === 'expired' && !this.renewed) {
      this.renewed = true; // once; a second refusal is real
      this.renew(at);
    } else if (kind === 'network') {
      this.note(t('网络断了，连上后会接着播放。'), t('重试'), () => this.recover());
    } else {
      this.note(t('这一段现在放不了。'), t('重新打开'), () => window.location.reload());
    }
  }

  /** The playlist's signature has run out: ask for a new one and go on at the same place. */
  async renew(at) {
    const playing = !this.video.paused;
    this.play = null;
    await this.startPlay();
    if (!this.play && this.refused === 401) {
      this.forSignedIn();
      return;
    }
    if (!this.play && this.refused === 404) {
      this.withdrawn();
      return;
    }
    if (!this.play && this.refused === 403) {
      this.trouble('broken'); // the page is too old to be believed, and a fresh one is not
      return;
    }
    if (!this.play) {
      this.note(t('网络断了，连上后会接着播放。'), t('重试'), () => this.renew(at));
      return;
    }
    this.source?.detach();
    await this.load(this.freshMaster, at);
    if (playing) this.video.play().catch(() => {});
  }

  recover() {
    this.hideNote();
    this.source?.recover();
  }

  note(words, action, onAction) {
    const note = byId('stage-note');
    const button = note.querySelector('button');
    note.querySelector('p').textContent = words;
    button.textContent = action;
    button.onclick = onAction;
    button.hidden = false;
    note.hidden = false;
  }

  hideNote() {
    byId('stage-note').hidden = true;
  }

  // ------------------------------------------------------------ events

  listen() {
    const { video } = this;
    const moving = () => !video.paused && !video.seeking && !video.ended;
    video.addEventListener('play', () => {
      this.begun = true;
      this.screening.beginIfTyped();
      this.startPlay();
    });
    video.addEventListener('playing', () => {
      this.renewed = false;
      this.hideNote();
      this.lastBeat ??= now();
      this.advance();
    });
    video.addEventListener('timeupdate', () => {
      this.transcript.show(video.currentTime, byId('follow')?.checked);
      tell('time');
      if (!moving()) return;
      this.advance();
      if (now() - (this.lastBeat ?? 0) >= (this.beatEvery ?? BEAT_S) + SLACK_S) this.report();
    });
    const interrupted = () => {
      this.ranges.stop();
      this.report();
    };
    video.addEventListener('seeking', interrupted);
    video.addEventListener('waiting', () => this.ranges.stop());
    video.addEventListener('pause', () => {
      this.advance(); // the last quarter of a second, since the last timeupdate
      interrupted();
      tell('pause');
    });
    video.addEventListener('ended', () => {
      interrupted();
      tell('ended');
      const lesson = this.clip.next_lesson;
      if (this.clip.next) this.goTo(this.clip.next);
      else if (lesson) this.note(t('下一课：%(title)s', { title: lesson.title }), t('接着看'), () => window.location.assign(lesson.url));
    });
    video.addEventListener('ratechange', () => {
      const select = byId('speed');
      if ([...select.options].some((option) => Number(option.value) === video.playbackRate)) {
        select.value = String(video.playbackRate);
      }
    });
    video.textTracks.addEventListener('change', () => {
      const mode = video.textTracks[0]?.mode;
      if (mode) remembered('captions', mode === 'showing' ? 'on' : 'off');
    });
    window.addEventListener('pagehide', () => this.leave());
    document.addEventListener('visibilitychange', () => document.hidden && this.leave());
    window.addEventListener('online', () => {
      this.recover();
      this.sender.flush();
    });
    window.addEventListener('popstate', () => this.goTo(window.location.href, { push: false, play: false }));
    document.addEventListener('click', (event) => this.click(event));
    document.addEventListener('change', (event) => {
      if (event.target.id === 'speed') this.setSpeed(remembered('speed', event.target.value) ?? event.target.value);
    });
    document.addEventListener('keydown', (event) => this.key(event));
  }

  click(event) {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return; // another window is asked for
    const cue = event.target.closest('a[data-start]');
    const link = event.target.closest('a[data-clip-link]');
    if (cue) {
      event.preventDefault();
      this.seek(Number(cue.dataset.start));
      this.video.play().catch(() => {});
    } else if (link) {
      event.preventDefault();
      this.goTo(link.href);
      window.scrollTo({ top: 0 });
    } else if (event.target.closest('#big-screen')) {
      toggleBigScreen(this.stage, this.video);
    }
  }

  seek(at) {
    const to = Math.max(0, Math.min(at, (this.video.duration || this.clip.duration_s) - 0.1));
    if (this.source) {
      this.source.seek(to);
    } else if (this.first && this.video.readyState > 0) {
      this.video.currentTime = to; // the engine, when it comes, fetches what is missing there
    } else {
      this.sought = to;
      this.want?.();
    }
    if (this.video.readyState === 0) this.bar?.expect(to);
  }

  /** Where playing is, or will begin. */
  get at() {
    return this.video.readyState > 0 ? this.video.currentTime : this.sought ?? this.clip.start_s;
  }

  /** Space and arrows also when nothing is focused: a remote control on a big screen sends them. */
  key(event) {
    const inBar = event.target.closest?.('#player-bar button') && event.key !== ' ';
    const busy = event.target.closest?.('input, select, textarea, button, a, summary, video');
    if ((busy && !inBar) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === ' ') {
      if (this.video.paused) this.video.play().catch(() => {});
      else this.video.pause();
    } else if (event.key === 'ArrowLeft') this.seek(this.at - 5);
    else if (event.key === 'ArrowRight') this.seek(this.at + 5);
    else if (event.key === 'f') toggleBigScreen(this.stage, this.video);
    else return;
    event.preventDefault();
  }
}

new Watch();
