// What ran on the screen and when: stretches of clips on the showing's clock, in whole milliseconds, so that a stretch
// that is reported in pieces is put together again without a gap.

const DRIFT_MS = 300; // further apart, and the picture did not simply go on

export class ShownRuns {
  constructor() {
    this.done = [];
    this.open = null; // { clip, at, first, from, to }: `first` was on the screen at `at`, up to `from` is told
  }

  /** The picture is at `position` seconds of `clip`, at `clock` seconds since the showing began. */
  advance(clip, position, clock) {
    const to = Math.round(position * 1000);
    const now = Math.round(clock * 1000);
    const { open } = this;
    if (open && open.clip === clip && to >= open.to && Math.abs(now - open.at - (to - open.first)) <= DRIFT_MS) {
      open.to = to;
      return;
    }
    this.stop();
    this.open = { clip, at: now, first: to, from: to, to };
  }

  /** It paused, was moved or ended: what comes next is another stretch. */
  stop() {
    this.#put();
    this.open = null;
  }

  /** What ran since the last call, as the server wants it; it may go on. */
  take() {
    this.#put();
    const runs = this.done;
    this.done = [];
    return runs;
  }

  #put() {
    const { open } = this;
    if (!open || open.to <= open.from) return;
    const at = open.at + (open.from - open.first);
    this.done.push({ clip: open.clip, from: open.from / 1000, to: open.to / 1000, at: at / 1000 });
    open.from = open.to;
  }
}
