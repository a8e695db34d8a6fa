// Saving by itself: a while after the last change and when the page is left. What is not saved yet is kept in the
// browser, so that neither a crash of the tab nor a server that is away loses a word.
import { request } from '../../shared/http.js';
import { asked, difference, spoken } from './lines.js';

const AFTER_MS = 1500;
const LATEST_MS = 10_000;
const AGAIN_MS = [2000, 5000, 10_000, 20_000, 30_000];
const KEEPALIVE_CHARS = 18_000; // a browser takes 64 KB on leaving, and a Chinese character is three bytes

const later = (code) => code === 0 || code === 429 || code >= 500;

export class Saver {
  /**
   * @param lesson  its id
   * @param words   what the server sent: {base}
   * @param known   the lines of the page that the server has
   * @param lines   () => the lines as they are on the page
   * @param kept    () => edits that wait for a decision; they are kept with what is not saved
   * @param told    (state, sentence) => void; state: saved, changed, saving, waiting, refused
   * @param changed (words) => void: somebody else has corrected meanwhile
   */
  constructor({ lesson, words, known, lines, kept, told, changed }) {
    Object.assign(this, { lesson, base: words.base, lines, kept, told, changed });
    this.url = `/api/v1/lessons/${lesson}/transcript/lines`;
    this.known = known; // the lines called `base`
    this.failed = 0;
    this.drafts = new Drafts(`weike.words.${lesson}`);
    window.addEventListener('online', () => this.edits.length && this.save());
    window.addEventListener('pagehide', () => this.save({ leaving: true }));
    document.addEventListener('visibilitychange', () => document.hidden && this.save({ leaving: true }));
    window.addEventListener('beforeunload', (event) => {
      // Without a place to keep them, what was typed would be gone.
      if (this.edits.length && !this.drafts.works) event.preventDefault();
    });
  }

  /** What is not saved yet. */
  get edits() {
    return difference(this.known, this.lines());
  }

  /** Something was changed on the page. */
  note() {
    const { edits } = this;
    this.keep(edits);
    clearTimeout(this.timer);
    if (!edits.length) {
      this.since = null;
      if (!this.saving) this.told('saved');
      return;
    }
    this.since ??= Date.now();
    if (!this.saving) this.told('changed');
    this.timer = setTimeout(() => this.save(), Math.max(0, Math.min(AFTER_MS, this.since + LATEST_MS - Date.now())));
  }

  /** Keep in the browser what is not saved yet, and what waits for a decision. */
  keep(edits = this.edits) {
    const all = [...edits, ...this.kept()];
    if (all.length) this.drafts.put({ base: this.base, edits: all });
    else this.drafts.drop();
  }

  async save({ leaving = false } = {}) {
    clearTimeout(this.timer);
    const now = this.lines();
    const edits = difference(this.known, now);
    if (this.saving || !edits.length) return;
    const body = { base: this.base, edits: asked(edits) };
    this.saving = true;
    this.told('saving');
    try {
      const keepalive = leaving && JSON.stringify(body).length < KEEPALIVE_CHARS;
      const answer = await request('PATCH', this.url, body, { keepalive });
      this.#settled(answer.base, spoken(now));
    } catch (error) {
      this.saving = false;
      this.#failed(error);
    }
  }

  #settled(base, known) {
    Object.assign(this, { saving: false, failed: 0, base, known, since: null });
    this.note();
  }

  #failed(error) {
    if (error.code === 'words_changed' && error.body?.words) {
      this.failed = 0;
      this.changed(error.body.words);
    } else if (later(error.status)) {
      this.told('waiting', error.said);
      this.timer = setTimeout(() => this.save(), AGAIN_MS[Math.min(this.failed, AGAIN_MS.length - 1)]);
      this.failed += 1;
    } else this.told('refused', error.said ?? String(error));
  }

  /** From now on these lines are what the server has. */
  renew(base, known) {
    Object.assign(this, { base, known });
  }
}

/** What is kept in the browser of one lesson; `works` is false where it keeps nothing. */
class Drafts {
  constructor(name) {
    this.name = name;
    this.works = true;
    this.mine = Math.random().toString(36).slice(2); // another tab's draft is not ours to throw away
  }

  get() {
    try {
      return JSON.parse(localStorage.getItem(this.name));
    } catch {
      return null; // storage may be forbidden, and somebody may have written nonsense into it
    }
  }

  /** What a tab left that is gone; from now on it is ours. */
  adopt() {
    const draft = this.get();
    if (!Array.isArray(draft?.edits) || !draft.edits.length) return null;
    const nobodys = (lines) => lines.map((line) => ({ ...line, key: null })); // its keys were those of another page
    return { ...draft, edits: draft.edits.map(({ at, was, lines }) => ({ at, was: nobodys(was), lines: nobodys(lines) })) };
  }

  put(draft) {
    try {
      localStorage.setItem(this.name, JSON.stringify({ ...draft, by: this.mine }));
      this.works = true;
    } catch {
      this.works = false;
    }
  }

  drop({ whose = this.mine } = {}) {
    try {
      if (this.get()?.by === whose) localStorage.removeItem(this.name);
    } catch {
      // Nothing was kept.
    }
  }
}
