// What was really played: stretches of a clip during which the picture moved forward by itself.

const SLACK_S = 1; // timers of a background tab are late by up to a second
const round = (seconds) => Math.round(seconds * 100) / 100;

/** Collects played stretches. Positions are seconds of the clip, `now` is wall time in seconds. */
export class PlayedRanges {
  constructor() {
    this.done = [];
    this.open = null; // { from, to, now }
  }

  /** Playing is at `at`, `rate` times as fast as life. A leap that playing cannot explain starts a new stretch. */
  advance(at, now, rate = 1) {
    if (this.open) {
      const moved = at - this.open.to;
      const possible = (now - this.open.now) * rate + SLACK_S;
      if (moved >= 0 && moved <= possible) {
        this.open.to = at;
        this.open.now = now;
        return;
      }
      this.stop();
    }
    this.open = { from: at, to: at, now };
  }

  /** Playing paused, was moved or ended: what comes next is another stretch. */
  stop() {
    if (this.open && this.open.to > this.open.from) this.done.push([this.open.from, this.open.to]);
    this.open = null;
  }

  /** Whether there is nothing to take. */
  get empty() {
    return !this.done.length && !(this.open && this.open.to > this.open.from);
  }

  /** The stretches since the last call, as [from, to]; playing may go on. */
  take() {
    const ranges = this.done;
    this.done = [];
    if (this.open && this.open.to > this.open.from) {
      ranges.push([this.open.from, this.open.to]);
      this.open.from = this.open.to;
    }
    return join(ranges).map(([from, to]) => [round(from), round(to)]);
  }
}

function join(ranges) {
  const joined = [];
  for (const [from, to] of ranges) {
    const last = joined[joined.length - 1];
    // Only what continues is joined; the same minute played twice stays two stretches, it was played twice.
    if (last && Math.abs(from - last[1]) < 0.05) last[1] = to;
    else joined.push([from, to]);
  }
  return joined;
}
