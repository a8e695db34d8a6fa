// What a screen played waits in the browser's storage until the server has it: over reloads, power cuts, dead networks.

const KEY = 'weike.showings';
const KEEP = 4000; // at one beat in five seconds more than five hours without a network
const JOINED = 200; // runs that are told at once
const GONE = new Set([400, 404, 409, 410, 413, 422]); // answers that another try cannot change

/** What waits longest, with what follows it to the same address: one request for an hour, and not seven hundred. */
export function together(waiting) {
  const [{ url, body }] = waiting;
  if (!Array.isArray(body?.runs)) return { body, count: 1 };
  const runs = [];
  let count = 0;
  for (const one of waiting) {
    if (one.url !== url || !Array.isArray(one.body?.runs)) break;
    if (count && runs.length + one.body.runs.length > JOINED) break;
    runs.push(...one.body.runs);
    count += 1;
  }
  return { body: { ...body, runs }, count };
}

export class Telling {
  /** @param post (url, body) => Promise; @param storage like localStorage (may throw); @param onTold (url, answer) */
  constructor({ post, storage, onTold = () => {}, onTrouble = () => {}, onLost = () => {} }) {
    Object.assign(this, { post, storage, onTold, onTrouble, onLost });
    this.sending = null;
    this.alone = 0;
    this.memory = [];
  }

  add(url, body) {
    const waiting = [...this.#read(), { url, body }];
    if (waiting.length > KEEP) this.onLost();
    this.#write(waiting.slice(-KEEP));
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
      const joined = this.alone ? { body: next.body, count: 1 } : together(this.#read());
      try {
        this.onTold(next.url, await this.post(next.url, joined.body));
      } catch (error) {
        this.onTrouble(error);
        if (!GONE.has(error.status)) return; // with the next beat, when the network is back, or after signing in
        if (joined.count > 1) {
          this.alone = joined.count; // one of them is wrong: the others are told by themselves
          continue;
        }
      }
      if (this.alone) this.alone -= 1;
      this.#write(this.#read().slice(joined.count));
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
