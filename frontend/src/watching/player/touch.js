// Fingers on the picture: a tap plays and pauses, two taps on a side leap there, a finger that stays plays twice as fast.
import { t } from '../../shared/sentences.js';

const TWICE_MS = 300;
const HOLD_MS = 500;
const FAST = 2;
export const LEAP_S = 10;

/** Which side of a picture a finger is on: -1 left, 1 right, 0 the middle fifth. */
export function sideOf(x, width) {
  return x < 0.4 * width ? -1 : x > 0.6 * width ? 1 : 0;
}

export class Touch {
  /** `leap(seconds)`, `tap()`, `twice()` (in the middle), `hint(words)` are the page's own; "" takes a hint away. */
  constructor(video, page) {
    this.video = video;
    this.page = page;
    this.last = { at: 0, side: null };
    video.addEventListener('pointerdown', (event) => event.pointerType === 'touch' && this.down(event));
    video.addEventListener('pointerup', (event) => event.pointerType === 'touch' && this.up(event));
    for (const name of ['pointercancel', 'pointerleave']) video.addEventListener(name, () => this.letGo());
    video.addEventListener('contextmenu', (event) => this.touched && event.preventDefault());
  }

  /** Whether the click that comes now is a finger's, and so was answered here. */
  get touched() {
    return Boolean(this.at) && performance.now() - this.at < 700;
  }

  down() {
    this.at = performance.now();
    clearTimeout(this.holding);
    this.holding = setTimeout(() => this.hold(), HOLD_MS);
  }

  hold() {
    if (this.video.paused) return;
    this.before = this.video.playbackRate;
    this.video.playbackRate = FAST;
    this.page.hint(t('2 倍速'), true);
  }

  letGo() {
    clearTimeout(this.holding);
    if (this.before === undefined) return false;
    this.video.playbackRate = this.before;
    this.before = undefined;
    this.page.hint('');
    return true;
  }

  up(event) {
    this.at = performance.now();
    if (this.letGo()) return;
    const box = this.video.getBoundingClientRect();
    const side = sideOf(event.clientX - box.left, box.width);
    const again = this.at - this.last.at < TWICE_MS && this.last.side === side;
    clearTimeout(this.single);
    this.last = { at: this.at, side };
    if (!again) this.single = setTimeout(() => this.page.tap(), TWICE_MS);
    else if (side) this.page.leap(side * LEAP_S);
    else this.page.twice();
  }
}
