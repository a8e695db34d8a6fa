// Listening to moments of the lecture, from the clips that play already.
import { t } from './sentences.js';
import { attach } from './source.js';

const BLINK_S = 0.05; // not worth going to another clip for

/**
 * What to play to hear `from` to `to` seconds of the lecture: [{clip, from, to}] in seconds of the lecture, from
 * `clips`, those that play. Empty where nothing plays yet.
 */
export function playsFor(clips, from, to) {
  return [...clips]
    .sort((one, other) => one.start_s - other.start_s)
    .map((clip) => ({ clip, from: Math.max(from, clip.start_s), to: Math.min(to, clip.end_s) }))
    .filter((play) => play.to - play.from >= BLINK_S);
}

export class Listener {
  /**
   * @param video    the <video> it plays in
   * @param clips    () => the clips that play: [{start_s, end_s, master}]
   * @param renew    () => a promise: their addresses are fresh again (they are signed, and run out after hours)
   * @param onMove   (seconds of the lecture) => void, while it plays
   * @param onEnd    (words) => void: it has ended; words say why, when it was not meant to
   */
  constructor(video, { clips, renew, onMove, onEnd }) {
    Object.assign(this, { video, clips, renew, onMove, onEnd });
    this.queue = [];
    this.now = null; // {clip, from, to}
    video.addEventListener('timeupdate', () => this.#tick());
    video.addEventListener('ended', () => this.#next());
    video.addEventListener('pause', () => {
      if (this.now && !this.moving && !video.ended) this.stop();
    });
  }

  get playing() {
    return this.now !== null;
  }

  /** Play from `from` to `to`, over as many clips as that takes. */
  async play(from, to) {
    this.to = to;
    this.queue = playsFor(this.clips(), from, to);
    if (!this.queue.length) {
      this.onEnd(t('这一处还没有可以播放的短视频，暂时听不了。'));
      return;
    }
    await this.#next();
  }

  stop(words = '') {
    if (!this.now) return;
    this.queue = [];
    this.now = null;
    cancelAnimationFrame(this.frame);
    this.video.pause();
    this.onEnd(words);
  }

  async #next() {
    const play = this.queue.shift();
    if (!play) {
      this.stop();
      return;
    }
    const same = this.source && this.attached === play.clip.master;
    this.moving = true; // a pause between two clips is ours
    this.now = play;
    const at = Math.max(0, play.from - play.clip.start_s);
    try {
      if (same) this.video.currentTime = at;
      else await this.#attach(play.clip.master, at);
      if (this.now !== play) return;
      await this.video.play();
    } catch (error) {
      // A play that was stopped before it began says so with an error of this name.
      if (error.name !== 'AbortError' && this.now === play) this.stop(t('浏览器没有允许播放，请再点一次。'));
    } finally {
      this.moving = false;
    }
    this.#follow();
  }

  async #attach(master, at) {
    this.source?.detach();
    this.attached = master;
    this.source = await attach(this.video, master, at, (kind) => {
      this.source?.detach();
      this.source = null;
      this.#trouble(kind, master);
    });
  }

  async #trouble(kind, master) {
    if (kind === 'expired' && this.now && !this.renewed) {
      this.renewed = true; // once; a second refusal is real
      const { clip, from } = this.now;
      const at = Math.max(from, clip.start_s + this.video.currentTime);
      await this.renew().catch(() => {});
      if (this.now?.clip.master === master) await this.play(at, this.to);
      return;
    }
    this.stop(t('现在放不出来，请检查网络后再试。'));
  }

  /** timeupdate comes four times a second: too coarse for where a cut is heard. */
  #follow() {
    cancelAnimationFrame(this.frame);
    const step = () => {
      if (!this.now) return;
      this.#tick();
      this.frame = requestAnimationFrame(step);
    };
    this.frame = requestAnimationFrame(step);
  }

  #tick() {
    if (!this.now || this.moving || this.video.seeking) return;
    const at = this.now.clip.start_s + this.video.currentTime;
    this.renewed = false;
    this.onMove(Math.min(at, this.now.to));
    if (at >= this.now.to - 0.01) this.#next();
  }
}
