// What the phone keeps of a text that the server does not have yet. Pure but for the storage that is handed in.

const PREFIX = 'weike.reflection.';

/** Keeps one draft: under what it is about until the server has it, then under its id. */
export class LocalDraft {
  constructor(storage, { id, saved, key }) {
    this.storage = storage;
    this.byId = `${PREFIX}${key.split(':')[0]}:${id}`;
    this.byAbout = `${PREFIX}${key}`;
    this.id = id;
    this.saved = saved;
  }

  read(name) {
    try {
      const found = JSON.parse(this.storage.getItem(name));
      return typeof found?.text === 'string' && typeof found?.id === 'string' ? found : null;
    } catch {
      return null; // storage may be forbidden, or something else lies there
    }
  }

  /** What is kept here and belongs to this page; null for nothing. A page that is new goes on with what was begun on this phone. */
  found() {
    const own = this.read(this.byId);
    if (own) return own;
    const begun = this.read(this.byAbout);
    return begun && (!this.saved || begun.id === this.id) ? begun : null;
  }

  /** Keep what is written. Returns whether the phone could. */
  keep(draft) {
    try {
      this.storage.setItem(this.saved ? this.byId : this.byAbout, JSON.stringify({ ...draft, id: this.id }));
      return true;
    } catch {
      return false; // full, or forbidden
    }
  }

  /** Forget it: the server has it, or nobody wants it. */
  forget() {
    try {
      this.storage.removeItem(this.byId);
      if (this.read(this.byAbout)?.id === this.id) this.storage.removeItem(this.byAbout);
    } catch {
      // nothing was kept
    }
  }
}

const same = (one, other) => one.title === other.title && one.text === other.text;

/**
 * What becomes of what the phone kept, beside what the server has: "nothing" (the same), "restore" (the server has what the
 * phone began with, so nobody has written elsewhere), "ask" (both were changed).
 */
export function verdict(local, server) {
  if (!local || same(local, server)) return 'nothing';
  if (local.version === server.version || (!server.title && !server.text)) return 'restore';
  return 'ask';
}
