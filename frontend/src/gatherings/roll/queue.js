// What was said of people on a roll and has not reached the server: kept on this phone in its order, sent in its
// order, once. Each thing has an id made here, so that what is sent again changes nothing.

const HEX = 16;

/** An id that nobody made before: 32 letters and digits. */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(HEX));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The queue of one gathering. `storage` is like localStorage, and may throw: then it lasts as long as the page. */
export class Queue {
  constructor(name, storage, now = () => Date.now()) {
    this.name = `weike.roll.${name}`;
    this.storage = storage;
    this.now = now;
    this.inMind = [];
    this.kept = true;
  }

  /** What waits, the oldest first: also what another page of the same phone said. */
  get all() {
    if (!this.kept) return this.inMind;
    try {
      return JSON.parse(this.storage.getItem(this.name) ?? '[]');
    } catch {
      return this.inMind;
    }
  }

  /** Put something at the end; it is kept before this returns. */
  add(said) {
    const one = { id: newId(), at: this.now(), ...said };
    this.#write([...this.all, one]);
    return one;
  }

  /** Take out what the server has heard. */
  heard(ids) {
    const gone = new Set(ids);
    this.#write(this.all.filter((one) => !gone.has(one.id)));
  }

  /** What to send now, at most so many: with how long ago each was said by this phone's own clock. */
  batch(most) {
    const now = this.now();
    return this.all.slice(0, most).map(({ at, ...said }) => ({ ...said, ago_s: Math.max(0, (now - at) / 1000) }));
  }

  #write(all) {
    this.inMind = all;
    try {
      if (all.length) this.storage.setItem(this.name, JSON.stringify(all));
      else this.storage.removeItem(this.name);
    } catch {
      this.kept = false; // a private window, or no room: it lasts as long as the page, which says so
    }
  }
}
