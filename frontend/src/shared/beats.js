// Beats tell the server what was played. None is lost: each waits in the browser's storage until the server
// has answered, over closed pages and dead networks. A beat carries its play's key, so it can be sent from
// another page and by who has signed out meanwhile; the same stretches twice count once.

const KEY = 'weike.beats';
const KEEP = 1000; // more than two hours of playing without a network
const GONE = new Set([400, 401, 403, 404, 409, 410, 413, 422]); // answers that another try cannot change

export class BeatSender {
  /**
   * @param post      (url, beat) => Promise of {counted, views}; rejects with an error that has `status`
   * @param beacon    (url, beat) => boolean, for the moment the page goes away
   * @param storage   like localStorage (may throw)
   * @param onCounted (play, {counted, views}) => void
   */
  constructor({ post, beacon, storage, onCounted }) {
    Object.assign(this, { post, beacon, storage, onCounted });
    this.sending = null;
  }

  /** Keep a beat and send all that waits. */
  add(play, beat) {
    this.#write([...this.#read(), { play, beat }].slice(-KEEP));
    return this.flush();
  }

  /** Send what waits, one after the other; stops at the first that the server did not get. */
  flush() {
    this.sending ??= this.#drain().finally(() => {
      this.sending = null;
    });
    return this.sending;
  }

  /** The page goes away: hand everything to the browser, keep it until an answer comes another time. */
  leave() {
    for (const { play, beat } of this.#read()) this.beacon(address(play), beat);
  }

  async #drain() {
    for (let next = this.#read()[0]; next; next = this.#read()[0]) {
      try {
        const answer = await this.post(address(next.play), next.beat);
        this.onCounted(next.play, answer);
      } catch (error) {
        if (!GONE.has(error.status)) return; // try again with the next beat, or when the network is back
      }
      this.#remove(next);
    }
  }

  #remove({ play, beat }) {
    this.#write(this.#read().filter((other) => other.play !== play || other.beat.seq !== beat.seq));
  }

  #read() {
    try {
      this.memory = JSON.parse(this.storage.getItem(KEY)) ?? [];
    } catch {
      // Storage may be forbidden (private windows): then memory has to do.
    }
    return this.memory ?? [];
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

function address(play) {
  return `/api/v1/plays/${encodeURIComponent(play)}/beats`;
}
