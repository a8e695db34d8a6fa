// What can be undone, kept over a reload of the page: in this tab alone, and only while the server still has lines that
// were here. Lines are kept once, however many states have them.
import { Edits } from '../../shared/edits.js';
import { rekeyed, same, spoken } from './lines.js';

const MOST_STEPS = 40;
const nameOf = (lesson) => `weike.history.${lesson}`;
const alike = (some, others) => some.length === others.length && some.every((line, n) => same(line, others[n]));

/** Keep the states of `edits`, and `base`, the server's name of the lines they were saved to. Where the browser keeps nothing, a reload forgets what can be undone. */
export function keepHistory(lesson, edits, base) {
  const pool = new Map();
  const packed = (state) => state.map((line) => {
    if (!pool.has(line)) pool.set(line, pool.size);
    return pool.get(line);
  });
  const states = { past: edits.past.slice(-MOST_STEPS).map(packed), now: packed(edits.now), future: edits.future.slice(0, MOST_STEPS).map(packed) };
  try {
    sessionStorage.setItem(nameOf(lesson), JSON.stringify({ ...states, base, lines: [...pool.keys()] }));
  } catch {
    forgetHistory(lesson);
  }
}

export function forgetHistory(lesson) {
  try {
    sessionStorage.removeItem(nameOf(lesson));
  } catch {
    // Nothing was kept.
  }
}

function kept(lesson) {
  try {
    return JSON.parse(sessionStorage.getItem(nameOf(lesson)));
  } catch {
    return null;
  }
}

/**
 * What was kept, if the lines that the server has, called `base`, are one of its states: {edits, known}, `known` that
 * state. Otherwise the server's lines with nothing to undo.
 *
 * What was not saved is shown only where the server's lines are still those it was typed on. Where they have another
 * name somebody chose them since (an older transcript put back): they are shown, and the rest is what can be undone.
 */
export function takeHistory(lesson, present, base) {
  const fresh = { edits: new Edits(present), known: present };
  try {
    const { past, now, future, lines, base: before } = kept(lesson) ?? {};
    if (!lines) return fresh;
    const pool = rekeyed(lines);
    const unpacked = (state) => state.map((n) => pool[n]);
    const edits = new Edits(unpacked(now));
    Object.assign(edits, { past: past.map(unpacked), future: future.map(unpacked) });
    const known = [edits.now, ...[...edits.past].reverse(), ...edits.future].find((state) => alike(spoken(state), present));
    if (!known || !edits.now.every(Boolean)) return fresh;
    if (before !== base) edits.push(known);
    return { edits, known: spoken(known).length === known.length ? known : spoken(known) };
  } catch {
    return fresh; // somebody wrote nonsense into it
  }
}
