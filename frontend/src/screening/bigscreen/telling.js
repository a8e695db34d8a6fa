// What a screen played waits in the browser's storage until the server has it: over reloads, power cuts, dead networks.

const KEY = 'weike.showings';
const KEEP = 2000;
const GONE = new Set([400, 404, 409, 410, 413, 422]); // answers that another try cannot change

export class Telling {
  /** @param post (url, body) => Promise; @param storage like localStorage (may throw); @param onTold (url, answer) */
  constructor({ post, storage, onTold = () => {}, onTrouble = () => {} }) {
    Object.assign(this, { post, storage, onTold, onTrouble });
    this.sending = null;
    this.memory = [];
  }

  add(url, body) {
    this.#write([...this.#read(), { url, body }].slice(-KEEP));
    return this.flush();
  }

  flush() {
    this.sending ??= this.#drain().finally(() => {
      this.sending = null;
    });
    return this.sending;
  }

  async #drain() {
    for (let next = this.#read()[0]; next; next = this.#read()[0]) {
      try {
        this.onTold(next.url, await this.post(next.url, next.body));
      } catch (error) {
        this.onTrouble(error);
        if (!GONE.has(error.status)) return; // with the next beat, when the network is back, or after signing in
      }
      this.#write(this.#read().slice(1));
    }
  }

  #read() {
    try {
      this.memory = JSON.parse(this.storage.getItem(KEY)) ?? [];
    } catch {
      // Storage may be forbidden: then memory has to do.
    }
    return this.memory;
  }

  #write(waiting) {
    this.memory = waiting;
    try {
      this.storage.setItem(KEY, JSON.stringify(waiting));
    } catch {
      // As above.
    }
  }
}
