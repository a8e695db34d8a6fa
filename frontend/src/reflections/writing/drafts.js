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

const at = (one) => `${one.clip} ${one.at_s}`;

/**
 * Two texts with their quotes as one: the second stands after the first, and a quote of it whose number is taken there by
 * another gets a free one, in its text too. `markOf(n)` is what stands in a text for a quote.
 */
export function joined(first, second, markOf) {
  const quotes = [...first.quotes];
  const numbers = new Map();
  for (const one of second.quotes) {
    const there = quotes.find((other) => at(other) === at(one));
    let n = there?.n ?? one.n;
    if (!there) {
      const taken = new Set([...quotes, ...second.quotes.filter((other) => other !== one)].map((other) => other.n));
      if (quotes.some((other) => other.n === n)) for (n = 1; taken.has(n); ) n += 1;
      quotes.push({ ...one, n });
    }
    numbers.set(one.n, n);
  }
  // All at once: a number that is given anew may be another's old one.
  const marks = [...numbers].map(([old, n]) => [markOf(old), markOf(n)]);
  let text = '';
  for (let from = 0; from < second.text.length; ) {
    const found = marks.find(([old]) => second.text.startsWith(old, from));
    text += found ? found[1] : second.text[from];
    from += found ? found[0].length : 1;
  }
  return { text: `${first.text.trimEnd()}\n\n${text}`, quotes };
}
