// At most `places` uploads at a time; the others wait their turn.

export class Queue {
  constructor(places) {
    this.free = places;
    this.waiting = [];
  }

  /** Resolves with a function that gives the place back; call it once. */
  async take() {
    if (this.free > 0) this.free -= 1;
    else await new Promise((resolve) => this.waiting.push(resolve));
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      const next = this.waiting.shift();
      if (next) next();
      else this.free += 1;
    };
  }
}
