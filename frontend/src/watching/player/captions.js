// Captions over the picture. Where the bar is ours we draw them, so that they keep the size and place that somebody chose,
// in every browser, and never lie under the bar; beside the browser's own controls it draws them itself.
import { remembered } from './kept.js';

const PART = 0.05; // of the picture's height, as browsers have it
const LEAST_PX = 16;
const WIDE = 9 / 16;
const SIZES = { small: 0.8, middle: 1, large: 1.35, huge: 1.8 };

/** The size of captions, in CSS pixels, over a picture of `height` of them; never too small to read. */
export function captionSize(height, size = 'middle') {
  return Math.round(Math.max(LEAST_PX, height * PART) * (SIZES[size] ?? 1));
}

export class Captions {
  /** `own`: we draw them. */
  constructor(video, { own, onChange = () => {} }) {
    this.video = video;
    this.own = own;
    this.onChange = onChange;
    this.line = document.getElementById('caption');
    this.stage = video.parentElement;
    this.size = document.getElementById('caption-size');
    this.place = document.getElementById('caption-place');
    for (const [list, key] of [[this.size, 'caption-size'], [this.place, 'caption-place']]) {
      const kept = remembered(key);
      if ([...list.options].some(({ value }) => value === kept)) list.value = kept;
      list.addEventListener('change', () => {
        remembered(key, list.value);
        this.arrange();
      });
    }
    this.bar = document.getElementById('player-bar');
    this.arrange();
    if (window.ResizeObserver) new ResizeObserver(() => this.arrange()).observe(video);
    else window.addEventListener('resize', () => this.arrange()); // Safari 13.0
    if (!own) {
      video.textTracks.addEventListener('change', () => {
        const mode = video.textTracks[0]?.mode;
        if (mode) remembered('captions', mode === 'showing' ? 'on' : 'off');
      });
    }
    // In a small window of its own the picture is without our page.
    video.addEventListener('enterpictureinpicture', () => this.#apply('showing'));
    video.addEventListener('leavepictureinpicture', () => this.#apply());
  }

  get on() {
    return remembered('captions') !== 'off';
  }

  /** Take a clip's captions; null for none. */
  open(address, language, label) {
    for (const old of this.video.querySelectorAll('track')) old.remove();
    this.track = null;
    this.show();
    if (!address) return;
    const track = document.createElement('track');
    track.kind = 'captions';
    track.label = label;
    track.srclang = language;
    track.src = address;
    this.video.append(track);
    this.track = track.track;
    this.line.lang = language;
    this.track.addEventListener('cuechange', () => this.show());
    this.#apply();
  }

  toggle() {
    remembered('captions', this.on ? 'off' : 'on');
    this.#apply();
    this.onChange();
  }

  #apply(mode = this.own ? 'hidden' : 'showing') {
    if (this.track) this.track.mode = this.on ? mode : 'disabled';
    this.show();
  }

  show() {
    const cues = this.own && this.track?.mode === 'hidden' ? [...(this.track.activeCues ?? [])] : [];
    const words = cues.map((cue) => cue.getCueAsHTML?.().textContent ?? cue.text).join('\n');
    this.line.textContent = words;
    this.line.hidden = !words;
  }

  /** Keep them in proportion, also on the big screen and when a phone is turned. */
  arrange() {
    const { clientWidth, clientHeight } = this.video;
    // A phone held upright shows a wide picture with much black above and below it.
    const height = Math.min(clientHeight, clientWidth * WIDE);
    this.stage.style.setProperty('--cue', `${captionSize(height, this.size.value)}px`);
    this.stage.style.setProperty('--picture', `${clientHeight}px`);
    this.stage.style.setProperty('--bar', `${this.bar?.offsetHeight ?? 0}px`);
    this.stage.classList.toggle('caption-top', this.place.value === 'top');
  }
}
