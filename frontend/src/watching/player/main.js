// The watch page: plays a clip, follows its transcript, reports what was played, and plays on.
import { count } from '../../shared/format.js';
import { request } from '../../shared/http.js';
import { t, tn } from '../../shared/sentences.js';
import { ownBarPossible, PlayerBar, withoutOwnBar } from './bar.js';
import { BeatSender } from '../../shared/beats.js';
import { Captions } from './captions.js';
import { Transcript } from './cues.js';
import { Ending } from './ending.js';
import { FirstPictures } from './first.js';
import { answerFor, tell } from './handle.js';
import { remembered } from './kept.js';
import { Keys } from './keys.js';
import { More } from './more.js';
import { cameTo, sourceOf } from './origin.js';
import { at } from '../../shared/site.js';
import { AUTO, playlistOf, Quality } from './quality.js';
import { PlayedRanges } from '../../shared/ranges.js';
import { bigScreenPossible, toggleBigScreen } from './screen.js';
import { Screening } from './screening.js';
import { showOnLockScreen, tellLockScreen } from './session.js';
import { Sleep } from './sleep.js';
import { storage } from '../../shared/storage.js';
import { attach, attachNative, engine, savesData, wayToPlay } from '../../shared/source.js';

const BEAT_S = 10;
// The rule asks for ten seconds: a beat that is sent a blink too early would miss them and count only with the next.
const SLACK_S = 0.5;
const THEIRS_S = 1; // so soon after the page is hidden a pause is the browser's
const MORE_MS = 2000; // how long the engine, once there, waits for a second segment
const now = () => performance.now() / 1000;
const here = () => window.location.pathname + window.location.search;
const byId = (id) => document.getElementById(id);

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
      storage: storage(),
      onCounted: (play, answer) => this.answered(play, answer),
    });
    const seek = (at) => this.seek(at);
    const toggleScreen = () => toggleBigScreen(this.stage, this.video);
    const own = ownBarPossible();
    this.captions = new Captions(this.video, { own });
    this.bar = own ? new PlayerBar(this.stage, this.video, this.captions, { seek, toggleScreen }) : null;
    if (!own) withoutOwnBar(this.stage);
    this.quality = new Quality(() => this.changeRung());
    this.more = new More(this.video, this.stage, { at: () => this.at, clip: () => this.clip });
    this.sleep = new Sleep(() => this.pause());
    this.ending = new Ending(() => this.again());
    this.listenToKeys();
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
    if (this.clip) this.handOver();
    // Where one of them stopped alone is not where all of them go on.
    this.clip = this.screening.people === null ? clip : { ...clip, start_s: 0, resumed: false };
    clip = this.clip;
    this.forgetPlay();
    this.screening.show();
    this.transcript = new Transcript(document.querySelector('.cues'));
    // Who comes from the search reads the sentence while the picture is still on its way.
    if ((clip.start_s && !clip.resumed) || new URL(window.location.href).searchParams.has('t')) {
      this.transcript.show(clip.start_s, false);
      this.transcript.bringIntoSight(this.stage);
    }
    this.page = here();
    this.letGo();
    this.hideNote();
    if (clip.poster) this.video.poster = clip.poster;
    else this.video.removeAttribute('poster');
    this.stage.classList.toggle('sound', clip.kind === 'sound');
    this.ending.hide();
    this.captions.open(clip.captions, clip.language, clip.captions_name ?? t('字幕'));
    this.quality.open(clip);
    this.showSound();
    layOutChapters();
    this.bar?.open(clip);
    byId('big-screen').hidden = !bigScreenPossible(this.stage, this.video);
    this.setSpeed(remembered('speed') ?? '1');
    this.begun = false;
    tell('open');
    this.showOnLockScreen(clip);
    const way = wayToPlay(this.video);
    this.showTheirs(way !== 'engine');
    if (!way) {
      this.noWay(clip);
      if (play && this.source) this.video.play().catch(() => {});
      return;
    }
    const loading = this.load(clip.master, clip.start_s);
    if (play) this.video.play().catch(() => {}); // a browser that forbids it shows its play button
    await loading;
  }

  /** The browser's own controls play nothing that has no source: until there is one a button of ours stands there. */
  showTheirs(shown) {
    if (this.bar) return;
    this.video.controls = shown;
    this.stage.classList.toggle('begun', shown);
  }

  /** End what plays, or is about to. */
  letGo() {
    this.turn = null;
    this.missed = null;
    this.source?.detach();
    if (!this.source && this.first) {
      this.video.removeAttribute('src');
      this.video.load();
    }
    this.source = null;
    this.first = null;
  }

  /**
   * Nothing of the film is fetched, and nothing of the engine, before somebody wants to see it: most who open a page do
   * not, and many pay for every megabyte.
   */
  async load(master, startAt) {
    const turn = Symbol('load'); // another one may begin before this one is through
    this.turn = turn;
    this.missed = null;
    const over = () => this.turn !== turn;
    this.source = null;
    this.first = null;
    this.sought = null; // where somebody wants to be before there is anything to seek in
    // Which segment has that moment: some text.
    if (startAt > 0 && !savesData()) this.firstOf(master, this.quality.rung)?.segments();
    // The browser's own way fetches nothing before that either, and its controls need a source to press play on.
    if (wayToPlay(this.video) !== 'native') await this.wanted();
    if (over()) return;
    const { rung } = this.quality; // as it is now: it may have been chosen since the page was opened
    const first = this.firstOf(master, rung);
    this.first = first;
    const opened = this.sought ?? startAt;
    const begun = await first?.open(opened, !this.video.paused);
    if (over()) return;
    if (begun && this.sought !== null && this.sought !== opened) this.video.currentTime = this.sought; // meanwhile
    if (begun) {
      const ready = engine().catch(() => {});
      const more = first.more();
      await Promise.race([more, ready.then(() => new Promise((resolve) => setTimeout(resolve, MORE_MS)))]);
      await first.stop();
      if (over()) return;
    }
    const from = begun ? this.video.currentTime : this.sought ?? startAt;
    const sparing = this.quality.saving !== 'off';
    const options = { begun, sparing };
    let source;
    try {
      source = await attach(this.video, playlistOf(master, rung), from, (kind) => this.trouble(kind), options);
    } catch {
      if (over()) return;
      this.missed = { master, from }; // the engine itself could not be fetched
      this.trouble('network');
      return;
    }
    if (over()) {
      source.detach(); // another clip was opened meanwhile
      return;
    }
    this.first = null;
    this.source = source;
    if (!begun && this.sought !== null) source.seek(this.sought);
  }

  /** The way to the first picture without the engine, null where there is none. */
  firstOf(master, rung) {
    const { start } = this.clip;
    if (!start || wayToPlay(this.video) !== 'engine' || !FirstPictures.possible) return null;
    const base = master.slice(0, master.lastIndexOf('/') + 1);
    const file = (url) => {
      const [folder, name] = url.split('/').slice(-2);
      return `${base}${rung === AUTO ? folder : rung}/${name}`;
    };
    const beginning = { playlist: file(start.playlist), head: file(start.head), segment: file(start.segment) };
    return new FirstPictures(this.video, beginning, this.clip.duration_s);
  }

  /** Another rendition is wanted: the same moment of it. */
  async changeRung() {
    this.showSound();
    if ((!this.source && !this.first) || !wayToPlay(this.video)) return; // nothing has begun, or is there to choose
    const currentTime = this.at;
    const playing = !this.video.paused;
    this.letGo();
    await this.begin(this.freshMaster ?? this.clip.master, currentTime, playing);
  }

  /** Load, and play when `playing`, with nothing in between in which a browser would forget it. */
  begin(master, from, playing) {
    const loading = this.load(master, from);
    if (playing) this.video.play().catch(() => {});
    else this.seek(from);
    return loading;
  }

  /** Sound without a picture: its poster stands there. */
  showSound() {
    const { sound } = this.quality;
    this.stage.classList.toggle('listening', sound);
    this.video.style.backgroundImage = sound && this.clip.poster ? `url("${this.clip.poster}")` : '';
  }

  /** This browser plays no streams: say so, and offer what every one knows. */
  noWay(clip) {
    const files = clip.downloads ? clip.rungs : [];
    const url = (name) => at(`/clips/${clip.id}/download?quality=${name}`);
    const pictures = files.filter(({ name }) => name !== 'audio');
    const small = pictures[pictures.length - 1];
    if (small && this.video.canPlayType('video/mp4')) {
      // A whole file: it plays while it comes.
      this.source = attachNative(this.video, url(small.name), clip.start_s, (kind) => this.trouble(kind === 'network' ? kind : 'broken'));
      return;
    }
    const sound = files.find(({ name }) => name === 'audio');
    if (sound) this.note(t('这个浏览器放不了视频。可以只听声音，或者换一个浏览器。'), t('听声音'), () => window.location.assign(url(sound.name)));
    else if (files.length) this.note(t('这个浏览器放不了视频。可以下载，或者换一个浏览器。'), t('下载'), () => window.location.assign(url(files[files.length - 1].name)));
    else this.note(t('这个浏览器放不了视频，请换一个浏览器。'), t('重新打开'), () => window.location.reload());
  }

  showOnLockScreen(clip) {
    const previous = document.querySelector('#controls a[rel=prev]');
    const next = document.querySelector('#controls a[rel=next]');
    const go = (link) => link && (() => this.goOn(link));
    showOnLockScreen(clip, {
      play: () => this.video.play().catch(() => {}),
      pause: () => this.pause(),
      leap: (seconds) => this.seek(this.at + seconds),
      seek: (to) => this.seek(to),
      next: go(next),
      previous: go(previous),
    });
  }

  goOn(link) {
    if (link.matches('[data-clip-link]')) this.goTo(link.href);
    else window.location.assign(link.href);
  }

  /** Somebody pauses: other pauses, in the background, are the browser's. */
  pause() {
    this.pausedByHand = !this.video.paused; // else no event comes to take it back
    this.video.pause();
  }

  again() {
    this.seek(0);
    this.video.play().catch(() => {});
  }

  /** Somebody plays, or seeks. */
  wanted() {
    if (!this.video.paused || this.sought !== null) return Promise.resolve();
    return new Promise((resolve) => {
      this.want = resolve;
      this.video.addEventListener('play', resolve, { once: true });
    });
  }

  setSpeed(rate) {
    const select = byId('speed');
    select.value = rate;
    if (!select.value) select.value = '1';
    this.video.defaultPlaybackRate = this.video.playbackRate = Number(select.value);
    this.showSpeed();
  }

  showSpeed() {
    const select = byId('speed');
    select.previousElementSibling.textContent = `${Number(select.value)}×`;
  }

  /** Go to another clip without leaving the page: only what is marked data-swap is exchanged. */
  async goTo(url, { push = true, play = true } = {}) {
    this.report();
    let held;
    let within;
    try {
      const answer = await fetch(url, { credentials: 'same-origin' });
      if (!answer.ok) throw new Error(String(answer.status));
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      const parts = [...document.querySelectorAll('[data-swap]')].map((old) => [old, page.getElementById(old.id)]);
      if (parts.some(([, fresh]) => !fresh)) throw new Error('another kind of page');
      held = document.activeElement;
      within = held?.closest('[data-swap]');
      for (const [old, fresh] of parts) old.replaceWith(document.adoptNode(fresh));
      document.title = page.title;
      document.querySelector('meta[name="csrf"]').content = page.querySelector('meta[name="csrf"]').content;
    } catch {
      window.location.href = url; // the plain way always works
      return;
    }
    if (push) window.history.pushState(null, '', url);
    this.cameBy = 'next';
    const opened = this.open(this.readClip(), { play });
    await null; // what was being written is carried over first (marks/beside), and takes the focus itself
    if (within && document.activeElement === document.body) this.focusAgain(held, byId(within.id));
    await opened;
  }

  /** What had the focus was exchanged: the same in the `fresh` part has it now, else the button that plays, or the picture. */
  focusAgain({ id, rel }, fresh) {
    const same = id ? byId(id) : rel && fresh.querySelector(`a[rel="${rel}"]`);
    // What is not shown does not take it.
    for (const one of [same, byId('player-play'), this.stage]) {
      if (one) one.focus({ preventScroll: true });
      if (one === document.activeElement) return;
    }
  }

  // ------------------------------------------------------------ what was played

  /** What is played from here on belongs to another play. */
  forgetPlay() {
    const { starting, ranges, rate } = this;
    const at_s = Math.round(this.video.currentTime * 100) / 100;
    // The server has not answered yet: what was played until now is told with its answer.
    starting?.then((play) => {
      const played = play ? ranges.take() : [];
      if (played.length) this.sender.add(play.id, { key: play.key, seq: 1, at_s, rate, ranges: played });
    });
    this.freshMaster = null;
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
        const play = { id: answer.play, key: answer.key, seq: 0 };
        if (this.starting !== starting) return play; // meanwhile another one was begun
        this.play = play;
        this.freshMaster = answer.master;
        if (answer.beat_every_s) this.beatEvery = answer.beat_every_s;
        return play;
      })
      .catch((error) => {
        this.refused = error.status;
        if (this.starting === starting && about.people && error.status >= 400 && error.status < 500) {
          this.pause();
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
      this.pause();
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
    this.pause();
    this.letGo();
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
    const { at } = this;
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
    this.handOver();
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
    this.letGo();
    await this.begin(this.freshMaster, at, playing);
  }

  recover() {
    this.hideNote();
    this.source?.recover();
    if (!this.missed) return;
    const { master, from } = this.missed;
    const to = this.video.currentTime || this.sought || from;
    const playing = !this.video.paused;
    this.letGo();
    this.begin(master, to, playing);
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
      this.showTheirs(true);
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
      if (this.clip.next && !this.sleep.endsHere && !isWriting()) this.goTo(this.clip.next);
      else this.ending.show(this.clip);
    });
    for (const name of ['play', 'pause', 'durationchange', 'ratechange', 'seeked']) {
      video.addEventListener(name, () => tellLockScreen(video));
    }
    video.addEventListener('play', () => this.ending.hide());
    // Some browsers pause a picture that nobody sees, once and at once; the sound is to go on. What pauses later is
    // somebody's hand on the lock screen, a call, headphones taken out.
    video.addEventListener('pause', () => {
      if (this.hiddenAt && now() - this.hiddenAt < THEIRS_S && !this.pausedByHand && !video.ended) {
        this.hiddenAt = 0;
        video.play().catch(() => {});
      }
      this.pausedByHand = false;
    });
    video.addEventListener('ratechange', () => {
      const select = byId('speed');
      if ([...select.options].some((option) => Number(option.value) === video.playbackRate)) {
        select.value = String(video.playbackRate);
        this.showSpeed();
      }
    });
    window.addEventListener('pagehide', () => this.leave());
    document.addEventListener('visibilitychange', () => {
      this.hiddenAt = document.hidden ? now() : 0;
      if (document.hidden) this.leave();
    });
    window.addEventListener('online', () => {
      this.recover();
      this.sender.flush();
    });
    window.addEventListener('popstate', () => {
      if (here() !== this.page) this.goTo(window.location.href, { push: false, play: false }); // else a place on this page
    });
    document.addEventListener('click', (event) => this.click(event));
    document.addEventListener('change', (event) => {
      if (event.target.id === 'speed') this.setSpeed(remembered('speed', event.target.value) ?? event.target.value);
    });
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
    } else if (!this.bar && event.target.closest('[data-do=begin]')) {
      this.video.play().catch(() => {});
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

  listenToKeys() {
    const { video } = this;
    const faster = (step) => {
      const options = [...byId('speed').options];
      const next = options[options.findIndex(({ value }) => Number(value) === video.playbackRate) + step];
      if (next) this.setSpeed(remembered('speed', next.value) ?? next.value);
      this.bar?.hint(`${video.playbackRate}×`);
    };
    new Keys({
      toggle: () => (video.paused ? video.play().catch(() => {}) : this.pause()),
      leap: (seconds) => (this.bar ? this.bar.leap(seconds) : this.seek(this.at + seconds)),
      part: (part) => this.seek(part * (video.duration || this.clip.duration_s)),
      frame: (seconds) => video.paused && this.seek(this.at + seconds),
      faster,
      mute: () => (this.bar ? this.bar.toggleSound() : (video.muted = !video.muted)),
      captions: () => this.clip.captions && this.captions.toggle(),
      screen: () => toggleBigScreen(this.stage, video),
      help: () => this.more.help(),
    });
  }
}

/** Whether somebody is in the middle of words that the next clip's page would take away. */
function isWriting() {
  const field = document.activeElement;
  return Boolean(field?.matches('[data-swap] textarea, [data-swap] input:not([type]), [data-swap] input[type=text]') && field.value.trim());
}

/** The clips of the lesson over the bar, each as long as it is; by script, as styles in the page are not allowed. */
function layOutChapters() {
  for (const one of document.querySelectorAll('#chapters li')) one.style.flexGrow = one.dataset.long;
}

new Watch();
