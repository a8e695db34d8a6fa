// What is played of one clip after another in the same <video>, reported as on a clip's own page.
import { BeatSender } from '../../shared/beats.js';
import { request } from '../../shared/http.js';
import { PlayedRanges } from '../../shared/ranges.js';
import { at } from '../../shared/site.js';

const SLACK_S = 0.5;
const now = () => performance.now() / 1000;

function storage() {
  try {
    return window.localStorage;
  } catch {
    return null; // forbidden: the sender then keeps beats in memory
  }
}

export class Counting {
  /** `withdrawn()`: what is being played may not be seen any more. */
  constructor(video, withdrawn) {
    this.video = video;
    this.clip = null;
    this.sender = new BeatSender({
      post: (url, beat) => request('POST', url, beat),
      beacon: (url, beat) => navigator.sendBeacon(at(url), JSON.stringify(beat)),
      storage: storage(),
      onCounted: (play, answer) => play === this.play?.id && answer?.why === 'unpublished' && withdrawn(),
    });
    video.addEventListener('playing', () => this.#advance());
    video.addEventListener('timeupdate', () => {
      if (video.paused || video.seeking || !this.clip) return;
      this.#advance();
      if (now() - this.reported >= this.every_s + SLACK_S) this.report();
    });
    video.addEventListener('waiting', () => this.ranges?.stop());
    video.addEventListener('pause', () => this.#interrupted());
    video.addEventListener('ended', () => this.#interrupted());
    window.addEventListener('pagehide', () => this.leave());
    document.addEventListener('visibilitychange', () => document.hidden && this.leave());
    window.addEventListener('online', () => this.sender.flush());
    this.sender.flush();
  }

  /** From here on another clip is played: what was played so far belongs to the play before. */
  open(clip) {
    this.#handOver();
    this.clip = clip;
    this.play = null;
    this.starting = null;
    this.ranges = new PlayedRanges();
    this.rate = 0;
    this.every_s = 10;
    this.reported = now();
  }

  /** Tell the server that the clip is being played; the answer names the play. Tried again with the next beat. */
  start() {
    if (this.play || !this.clip) return Promise.resolve();
    if (this.starting) return this.starting;
    const { clip } = this;
    const starting = request('POST', `/api/v1/clips/${clip.id}/plays`, { source: 'feed' })
      .then((answer) => {
        if (this.clip !== clip) return;
        this.play = { id: answer.play, key: answer.key, seq: 0 };
        if (answer.beat_every_s) this.every_s = answer.beat_every_s;
      })
      .catch(() => {})
      .finally(() => {
        if (this.starting === starting) this.starting = null;
      });
    this.starting = starting;
    return starting;
  }

  async report() {
    const { clip } = this;
    if (!clip || (!this.play && this.ranges.empty)) return;
    this.reported = now();
    await this.start();
    if (this.clip === clip) this.#send();
  }

  leave() {
    this.#handOver();
    this.sender.leave();
  }

  #advance() {
    const { video } = this;
    if (!this.clip || video.seeking) return;
    this.rate = Math.max(this.rate, video.playbackRate);
    this.ranges.advance(video.currentTime, now(), video.playbackRate);
  }

  #interrupted() {
    if (!this.clip) return;
    this.#advance(); // the last quarter of a second, since the last timeupdate
    this.ranges.stop();
    this.report();
  }

  #handOver() {
    if (!this.clip) return;
    if (!this.video.paused) this.#advance();
    this.#send();
  }

  #send() {
    const ranges = this.play ? this.ranges.take() : [];
    if (!ranges.length) return;
    this.play.seq += 1;
    const at_s = Math.round(this.video.currentTime * 100) / 100;
    this.sender.add(this.play.id, { key: this.play.key, seq: this.play.seq, at_s, rate: this.rate, ranges });
    this.rate = 0;
  }
}
