// The player's own bar: under the picture, over it on the big screen. It replaces the browser's controls only where
// the whole stage can fill the screen; elsewhere (iPhone, some built-in browsers) theirs work better than ours could, and of
// ours only what theirs have not stays: quality, speed and more.
import { clock } from '../../shared/format.js';
import { t } from '../../shared/sentences.js';
import { Strip } from './strip.js';
import { LEAP_S, Touch } from './touch.js';

const REST_MS = 3000; // how long the bar stays on the big screen after the last movement
const HINT_MS = 700;
const STEP_S = 5;
const FAR_S = 30;

export function ownBarPossible() {
  return Boolean(document.fullscreenEnabled || document.webkitFullscreenEnabled);
}

/** Leave the browser's controls as they are. Of ours only the button over the picture stays, for as long as nothing has begun. */
export function withoutOwnBar(stage) {
  stage.classList.replace('own-bar', 'their-bar');
  const begin = stage.querySelector('.begin');
  begin.removeAttribute('tabindex');
  begin.removeAttribute('aria-hidden');
  begin.setAttribute('aria-label', t('播放'));
  stage.tabIndex = -1;
  document.querySelector('a.skip[href="#player-play"]')?.setAttribute('href', `#${stage.id}`);
}

export class PlayerBar {
  /** `seek(seconds)` and `toggleScreen()` are the page's own, and so are the captions. */
  constructor(stage, video, captions, { seek, toggleScreen }) {
    this.captions = captions;
    captions.onChange = () => this.show();
    this.hinted = stage.querySelector('#stage-hint');
    this.stage = stage;
    this.video = video;
    this.seek = seek;
    this.toggleScreen = toggleScreen;
    this.bar = stage.querySelector('#player-bar');
    this.slider = this.bar.querySelector('#seek');
    this.tip = this.bar.querySelector('#seek-tip');
    this.tile = this.tip.querySelector('span');
    this.volume = this.bar.querySelector('#volume');
    this.buttons = Object.fromEntries([...stage.querySelectorAll('[data-do]')].map((one) => [one.dataset.do, one]));
    this.dragging = false;
    video.controls = false;
    this.touch = new Touch(video, {
      leap: (seconds) => this.leap(seconds),
      tap: () => this.tapped(),
      twice: () => this.toggleScreen(),
      hint: (words, stays) => this.hint(words, stays),
    });
    stage.classList.add('ready');
    this.listen();
  }

  open(clip) {
    this.clip = clip;
    this.dragging = false;
    this.tip.hidden = true;
    this.strip = new Strip(clip.strip);
    this.strip.onready = () => this.showTile();
    this.buttons.captions.hidden = !clip.captions;
    this.label('captions', clip.captions_name ?? t('字幕'));
    this.stage.classList.remove('waiting');
    this.expect(clip.start_s);
  }

  /** Nothing has been fetched yet: `at` is where playing will begin. */
  expect(at) {
    this.from = at;
    this.show();
  }

  get at() {
    return this.video.readyState > 0 ? this.video.currentTime : this.from;
  }

  get length() {
    const { duration } = this.video;
    return Number.isFinite(duration) && duration > 0 ? duration : this.clip.duration_s;
  }

  // ------------------------------------------------------------ showing what is

  show() {
    const { video, slider } = this;
    const at = this.dragging ? Number(slider.value) : this.at;
    slider.max = this.length;
    if (!this.dragging) slider.value = at;
    slider.setAttribute('aria-valuetext', t('%(at)s，共 %(length)s', { at: clock(at), length: clock(this.length) }));
    slider.style.setProperty('--at', `${(100 * at) / this.length}%`);
    slider.style.setProperty('--buffered', `${(100 * this.buffered()) / this.length}%`);
    this.bar.querySelector('#player-at').textContent = clock(at);
    this.bar.querySelector('#player-of').textContent = clock(Math.round(this.length));
    this.stage.classList.toggle('playing', !video.paused);
    this.label('play', video.paused ? t('播放') : t('暂停'));
    const silent = video.muted || video.volume === 0;
    this.stage.classList.toggle('silent', silent);
    this.label('mute', silent ? t('打开声音') : t('静音'));
    this.volume.value = silent ? 0 : video.volume;
    this.volume.style.setProperty('--at', `${100 * this.volume.value}%`);
    const full = Boolean(document.fullscreenElement || document.webkitFullscreenElement);
    this.stage.classList.toggle('full', full);
    this.label('screen', full ? t('退出大屏') : t('大屏观看'));
    this.buttons.captions.setAttribute('aria-pressed', String(this.captions.on));
  }

  label(name, words) {
    this.buttons[name].setAttribute('aria-label', words);
    this.buttons[name].title = words;
  }

  /** Tell for a moment what a finger or a key has done; `stays`: until "" is told. */
  hint(words, stays = false) {
    clearTimeout(this.hinting);
    this.hinted.textContent = words;
    this.hinted.hidden = !words;
    if (words && !stays) this.hinting = setTimeout(() => this.hint(''), HINT_MS);
  }

  leap(seconds) {
    this.seek(this.at + seconds);
    this.hint(seconds < 0 ? t('后退 %(seconds)s 秒', { seconds: -seconds }) : t('前进 %(seconds)s 秒', { seconds }));
  }

  toggle() {
    const { video } = this;
    if (video.paused) video.play().catch(() => {});
    else video.pause();
  }

  toggleSound() {
    const { video } = this;
    if (video.volume === 0) video.volume = 1;
    else video.muted = !video.muted;
  }

  /** One finger on the picture: on the big screen, where the bar had left, that only brings it back. */
  tapped() {
    if (this.wasIdle) this.wasIdle = false;
    else this.toggle();
  }

  buffered() {
    const { buffered, currentTime } = this.video;
    for (let n = 0; n < buffered.length; n += 1) {
      if (buffered.start(n) <= currentTime + 0.5 && currentTime <= buffered.end(n)) return buffered.end(n);
    }
    return currentTime;
  }

  /** Show the time and the picture at a place of the bar, `part` of its length. */
  point(part) {
    this.pointed = Math.max(0, Math.min(1, part)) * this.length;
    this.strip.load();
    this.tip.querySelector('time').textContent = clock(this.pointed);
    this.tip.hidden = false;
    this.showTile();
  }

  showTile() {
    if (this.tip.hidden) return;
    this.strip.show(this.tile, this.pointed);
    const width = this.slider.clientWidth;
    const half = this.tip.offsetWidth / 2;
    const at = this.fromPart(this.pointed / this.length);
    this.tip.style.left = `${Math.max(half, Math.min(width - half, at))}px`;
  }

  // The thumb's middle moves between half its width from either end.
  fromPart(part) {
    return 9 + part * (this.slider.clientWidth - 18);
  }

  toPart(x) {
    return (x - this.slider.getBoundingClientRect().left - 9) / (this.slider.clientWidth - 18);
  }

  // ------------------------------------------------------------ events

  listen() {
    const { video, slider, stage } = this;
    for (const name of ['play', 'pause', 'timeupdate', 'durationchange', 'progress', 'volumechange', 'seeked', 'ended']) {
      video.addEventListener(name, () => this.show());
    }
    video.addEventListener('waiting', () => stage.classList.add('waiting'));
    video.addEventListener('play', () => {
      if (video.readyState < HTMLMediaElement.HAVE_FUTURE_DATA) stage.classList.add('waiting');
    });
    for (const name of ['playing', 'seeked', 'canplay', 'pause', 'error']) {
      video.addEventListener(name, () => stage.classList.remove('waiting'));
    }
    for (const name of ['fullscreenchange', 'webkitfullscreenchange']) {
      document.addEventListener(name, () => {
        this.show();
        this.wake();
      });
    }
    stage.addEventListener('click', (event) => this.click(event));
    video.addEventListener('dblclick', () => this.touch.touched || this.toggleScreen());
    video.addEventListener('pointerdown', () => { this.wasIdle = stage.classList.contains('idle'); });
    for (const name of ['pointermove', 'pointerdown', 'keydown', 'focusin']) {
      stage.addEventListener(name, () => this.wake(), { passive: true });
    }

    slider.addEventListener('pointermove', (event) => {
      if (event.pointerType === 'mouse' || this.dragging) this.point(this.toPart(event.clientX));
    });
    slider.addEventListener('pointerleave', () => this.letGo());
    slider.addEventListener('input', () => {
      this.dragging = true; // the picture follows when the finger is lifted: a weak line is spared the way there
      this.point(Number(slider.value) / this.length);
      this.show();
    });
    slider.addEventListener('change', () => {
      this.seek(Number(slider.value));
      this.dragging = false;
      this.letGo();
    });
    for (const name of ['pointerup', 'pointercancel', 'blur']) slider.addEventListener(name, () => this.letGo());
    slider.addEventListener('keydown', (event) => this.key(event));
    this.volume.addEventListener('input', () => {
      video.muted = false;
      video.volume = Number(this.volume.value);
    });
  }

  letGo() {
    if (!this.dragging) this.tip.hidden = true;
  }

  click(event) {
    const { video } = this;
    const button = event.target.closest('[data-do]');
    if (!button && event.target !== video) return;
    if (event.target === video && (this.touch.touched || this.stage.classList.contains('idle'))) return; // answered already
    const what = button?.dataset.do ?? 'play';
    if (what === 'play' || what === 'begin') this.toggle();
    else if (what === 'back') this.leap(-LEAP_S);
    else if (what === 'ahead') this.leap(LEAP_S);
    else if (what === 'mute') this.toggleSound();
    else if (what === 'captions') this.captions.toggle();
    else if (what === 'screen') this.toggleScreen();
  }

  key(event) {
    const steps = { ArrowLeft: -STEP_S, ArrowRight: STEP_S, ArrowDown: -STEP_S, ArrowUp: STEP_S, PageDown: -FAR_S, PageUp: FAR_S };
    const { video } = this;
    if (event.key in steps) this.seek(this.at + steps[event.key]);
    else if (event.key === 'Home') this.seek(0);
    else if (event.key === 'End') this.seek(this.length);
    else if (event.key === ' ') this.buttons.play.click();
    else return;
    event.preventDefault();
  }

  /** Somebody moved: the bar is there, and on the big screen leaves again after a while. */
  wake() {
    clearTimeout(this.resting);
    // In the next turn, so that the tap that brings the bar back does not also pause.
    setTimeout(() => this.stage.classList.remove('idle'));
    this.resting = setTimeout(() => {
      const busy = this.video.paused || this.dragging || this.bar.matches(':focus-within');
      this.stage.classList.toggle('idle', !busy);
    }, REST_MS);
  }
}
