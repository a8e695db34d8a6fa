// How fast an upload goes and how long it will take, smoothed so that the figures can be read.

const MEMORY_S = 8; // older speed counts less and less

export class Rate {
  constructor() {
    this.reset();
  }

  /** After a pause the old speed says nothing. */
  reset() {
    this.last = null;
    this.speed = null;
  }

  /** `sent` bytes in all at `now` seconds. */
  add(sent, now) {
    if (this.last && sent >= this.last.sent) {
      const passed = now - this.last.now;
      if (passed < 0.2) return; // too short to measure
      const speed = (sent - this.last.sent) / passed;
      const weight = 1 - Math.exp(-passed / MEMORY_S);
      this.speed = this.speed === null ? speed : this.speed + weight * (speed - this.speed);
    }
    this.last = { sent, now };
  }

  /** Seconds left for `bytes` more, or null while nobody knows. */
  left(bytes) {
    return this.speed > 0 ? bytes / this.speed : null;
  }
}
