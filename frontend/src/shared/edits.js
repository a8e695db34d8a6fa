// Undoing and redoing. The states are values; nothing in them is changed in place.

const MOST_STEPS = 200;

/** The states that were, the present one, and those that were undone. */
export class Edits {
  /** `alike` tells whether two states are the same to those who see them. */
  constructor(state, alike = (one, other) => one === other) {
    Object.assign(this, { now: state, past: [], future: [], tag: null, alike });
  }

  /** A new state. One that carries the last one's `tag` (a drag, a name being typed) belongs to the same step. */
  push(state, tag = null) {
    if (state === this.now) return;
    if (tag === null || tag !== this.tag) this.past = [...this.past, this.now].slice(-MOST_STEPS);
    Object.assign(this, { now: state, future: [], tag });
  }

  /** The present step is over: the next is another, whatever its tag. One that came to nothing is forgotten. */
  rest() {
    const last = this.past[this.past.length - 1];
    if (this.tag !== null && last && this.alike(last, this.now)) {
      this.now = this.past.pop();
    }
    this.tag = null;
  }

  undo() {
    if (!this.past.length) return false;
    this.future = [this.now, ...this.future];
    Object.assign(this, { now: this.past.pop(), tag: null });
    return true;
  }

  redo() {
    if (!this.future.length) return false;
    this.past = [...this.past, this.now];
    const [now, ...future] = this.future;
    Object.assign(this, { now, future, tag: null });
    return true;
  }
}
