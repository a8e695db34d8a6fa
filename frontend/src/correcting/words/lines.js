// The lines of a transcript while they are corrected. Pure: values in, values out, nothing is changed in place.
//
// A line is {key, start, end, text, source, doubtful}: times in seconds of the lecture (null in a text without
// times), `doubtful` the stretches of which a machine was not sure, [from, to] in its text.

const LATIN = /[\p{Script=Latin}\d]/u;
const SAYS = /[\p{L}\p{N}]/u;
const BREAKS = /[\s，。！？；：、,.!?;:]/u;
const PAUSE_NEAR_S = 1;
const WORD_NEAR_S = 0.35; // a pause as near as this to a word that was heard is the one before it
const LEAST_S = 0.05;
const SAME_S = 0.002;
const WEAKEST = ['recognised', 'estimated', 'aligned', 'given', 'corrected'];
const MOST_OFFERED = 20;
let keys = 0;

const fresh = (line) => ({ ...line, key: (keys += 1) });
const round = (seconds) => Math.round(seconds * 1000) / 1000;

/** Lines that a page before this one had, with keys of this page: the same key stays the same. */
export function rekeyed(lines) {
  const known = new Map();
  return lines.map((line) => {
    if (!known.has(line.key)) known.set(line.key, (keys += 1));
    return { ...line, key: known.get(line.key) };
  });
}

/** A line as the server sends it, whose spans count characters and not the halves that JavaScript counts. */
export function lineOf({ start_s, end_s, text, source, doubtful }) {
  const at = [0];
  for (const character of text) at.push(at[at.length - 1] + character.length);
  const spans = doubtful.map(([from, to]) => [at[Math.min(from, at.length - 1)], at[Math.min(to, at.length - 1)]]);
  return fresh({ start: start_s, end: end_s, text, source, doubtful: spans });
}

/** Two lines that say the same at the same time. */
export function same(one, other) {
  const near = (a, b) => a === b || (a !== null && b !== null && Math.abs(a - b) <= SAME_S);
  return near(one.start, other.start) && near(one.end, other.end) && one.text.trim() === other.text.trim();
}

const isBlank = (line) => !line.text.trim();

/** The lines that are kept: one that says nothing is taken out. */
export const spoken = (lines) => lines.filter((line) => !isBlank(line));

// ------------------------------------------------------------ changing

function replaced(lines, i, gone, ...made) {
  return [...lines.slice(0, i), ...made, ...lines.slice(i + gone)];
}

/** Line `i` says `text`: a person wrote it, so that it is sure. */
export function write(lines, i, text) {
  if (lines[i].text === text) return lines;
  return replaced(lines, i, 1, { ...lines[i], text, source: 'corrected', doubtful: [] });
}

/** Line `i` is right as it stands. */
export function confirm(lines, i) {
  return lines[i].source === 'corrected' ? lines : replaced(lines, i, 1, { ...lines[i], source: 'corrected', doubtful: [] });
}

export const remove = (lines, i) => replaced(lines, i, 1);

const spokenOf = (text) => [...text].filter((character) => SAYS.test(character)).length;

/**
 * When the word at character `at` of a line begins, by those that a machine heard ([seconds, how many characters are
 * spoken]); null where it heard none. A line that says more or less than was heard has them in proportion.
 */
export function wordAt(line, at, heard) {
  const inside = heard.filter(([start]) => start >= line.start - SAME_S && start < line.end);
  const said = spokenOf(line.text);
  if (!inside.length || !said) return null;
  const all = inside.reduce((sum, [, characters]) => sum + characters, 0);
  let before = (spokenOf(line.text.slice(0, at)) * all) / said;
  for (const [start, characters] of inside) {
    if (before < characters) return start;
    before -= characters;
  }
  return inside.at(-1)[0];
}

/** When the first `at` characters of a line are over: [end, start of what follows]; at a pause if one is near. */
export function splitTimes(line, at, pauses, heard = []) {
  const said = (text) => spokenOf(text) || text.length;
  const share = said(line.text.slice(0, at)) / (said(line.text.slice(0, at)) + said(line.text.slice(at)));
  const word = wordAt(line, at, heard);
  const guess = word ?? line.start + (line.end - line.start) * share;
  let best = null;
  for (const [from, to] of pauses) {
    if (from < line.start + LEAST_S || to > line.end - LEAST_S) continue;
    const away = Math.abs((word === null ? (from + to) / 2 : to) - guess);
    if (away <= (word === null ? PAUSE_NEAR_S : WORD_NEAR_S) && (best === null || away < best.away)) best = { away, times: [round(from), round(to)] };
  }
  return best?.times ?? [round(guess), round(guess)];
}

/** Line `i` parted before character `at`; the same lines where one part would say nothing. */
export function split(lines, i, at, pauses, heard = []) {
  const line = lines[i];
  const [first, second] = [line.text.slice(0, at).trimEnd(), line.text.slice(at).trimStart()];
  if (!first.trim() || !second) return lines;
  const times = line.start === null ? [null, null] : splitTimes(line, at, pauses, heard);
  if (line.start !== null && !(times[0] > line.start && times[1] < line.end)) return lines; // too short for two
  const from = line.text.length - second.length;
  return replaced(
    lines,
    i,
    1,
    { ...line, end: times[0], text: first, doubtful: spans(line.doubtful, 0, first.length) },
    fresh({ ...line, start: times[1], text: second, doubtful: spans(line.doubtful, from, line.text.length) }),
  );
}

/** The stretches of [from, to] on its own count. */
function spans(doubtful, from, to) {
  return doubtful
    .map(([a, b]) => [Math.max(a, from) - from, Math.min(b, to) - from])
    .filter(([a, b]) => b > a);
}

/** Stretches of which none touches the next. */
function together(doubtful) {
  return doubtful.reduce((all, [from, to]) => {
    const last = all[all.length - 1];
    return last?.[1] === from ? [...all.slice(0, -1), [last[0], to]] : [...all, [from, to]];
  }, []);
}

/** Line `i` joined to the one before it: {lines, at}, where `at` is where they meet. */
export function join(lines, i) {
  const [one, other] = [lines[i - 1], lines[i]];
  const begins = other.text.trimStart();
  const ends = one.text.trimEnd();
  const gap = LATIN.test(ends.slice(-1)) && LATIN.test(begins.slice(0, 1)) ? ' ' : '';
  const [at, cut] = [ends.length + gap.length, other.text.length - begins.length];
  const moved = spans(other.doubtful, cut, other.text.length).map(([a, b]) => [a + at, b + at]);
  const source = [one, other].filter((line) => !isBlank(line)).map((line) => line.source);
  const joined = {
    ...one,
    end: other.end === null ? one.end : Math.max(one.end, other.end),
    text: ends + gap + begins,
    source: WEAKEST.find((name) => source.includes(name)) ?? one.source,
    doubtful: together([...spans(one.doubtful, 0, ends.length), ...moved]),
  };
  return { lines: replaced(lines, i - 1, 2, joined), at };
}

// ------------------------------------------------------------ what is not sure

/** The next doubtful stretch behind (i, at): {i, from, to}, from the beginning again after the last; null for none. */
export function nextDoubt(lines, i, at) {
  const all = lines.flatMap((line, n) => line.doubtful.map(([from, to]) => ({ i: n, from, to })));
  return all.find((one) => one.i > i || (one.i === i && one.from >= at)) ?? all[0] ?? null;
}

export const doubts = (lines) => lines.reduce((sum, line) => sum + line.doubtful.length, 0);

// ------------------------------------------------------------ the same elsewhere

/** Where `was` stands in a text, but not where it stands within `now` and is right: [index]. */
export function places(text, was, now = '') {
  const found = [];
  const inside = now.indexOf(was);
  for (let at = text.indexOf(was); at >= 0; at = text.indexOf(was, at + was.length)) {
    if (inside < 0 || text.substr(at - inside, now.length) !== now || at < inside) found.push(at);
  }
  return found;
}

/** How often all lines say `was`. */
export function count(lines, was, now = '') {
  return was ? lines.reduce((sum, line) => sum + places(line.text, was, now).length, 0) : 0;
}

/** Every `was` written `now`. */
export function exchange(lines, was, now) {
  return lines.reduce((all, line, i) => {
    const at = places(line.text, was, now);
    if (!at.length) return all;
    let [text, done] = ['', 0];
    for (const place of at) {
      text += line.text.slice(done, place) + now;
      done = place + was.length;
    }
    return write(all, i, text + line.text.slice(done));
  }, lines);
}

/**
 * What somebody changed in a line, as it can be looked for elsewhere: {was, now}. A single character is not enough
 * to know a word by; then its neighbours come with it, those that are met most often in `others`. Null for what is
 * no small correction.
 */
export function correction(before, after, others) {
  let from = 0;
  while (from < Math.min(before.length, after.length) && before[from] === after[from]) from += 1;
  let back = 0;
  while (back < Math.min(before.length, after.length) - from && before[before.length - 1 - back] === after[after.length - 1 - back]) back += 1;
  const latin = (at) => LATIN.test(before[at] ?? '');
  let to = before.length - back;
  const touches = LATIN.test(before.slice(from, to) + after.slice(from, after.length - back));
  while (touches && from > 0 && latin(from - 1)) from -= 1;
  while (touches && to < before.length && latin(to)) to += 1;
  const grown = (left, right) => {
    const [a, b] = [from - left, to + right];
    if (a < 0 || b > before.length || BREAKS.test(before.slice(a, from) + before.slice(to, b))) return null;
    return { was: before.slice(a, b), now: after.slice(a, after.length - (before.length - b)) };
  };
  const whole = grown(0, 0);
  if (whole.was === whole.now || Math.max(whole.was.length, whole.now.length) > MOST_OFFERED) return null;
  const enough = (pair) => pair && pair.was.trim().length > 1 && pair.now.trim();
  if (enough(whole)) return whole;
  const wider = [grown(0, 1), grown(1, 0), grown(1, 1)].filter(enough);
  const often = wider.map((pair) => count(others, pair.was, pair.now));
  return wider[often.indexOf(Math.max(...often))] ?? null;
}

// ------------------------------------------------------------ saving

/**
 * What made `now` of `base`, both arrays of lines: [{at, was, lines}], `was` the lines of base that make room.
 * A line that comes where none makes room takes its neighbour with it.
 */
export function difference(base, now) {
  const [were, are] = [new Set(base), new Set(now)];
  const edits = [];
  for (let [i, j] = [0, 0]; i < base.length || j < now.length;) {
    if (i < base.length && base[i] === now[j]) {
      [i, j] = [i + 1, j + 1];
      continue;
    }
    const [at, first] = [i, j];
    while (i < base.length && !are.has(base[i])) i += 1;
    while (j < now.length && !were.has(now[j])) j += 1;
    if (i === at && j === first) throw new Error('lines changed places');
    edits.push(...pieces(at, base.slice(at, i), now.slice(first, j)));
  }
  return edits.filter(({ was, lines }) => was.length || lines.length).reduce((all, edit) => withRoom(base, all, edit), []);
}

/** One edit for each line that is still itself, so that two who correct neighbours do not meet. */
function pieces(at, was, now) {
  const itself = (one, other) => one.key === other.key && one.start === other.start && one.end === other.end;
  const found = [];
  let [i, j] = [0, 0];
  const add = (a, b) => {
    if (a > i || b > j) found.push({ at: at + i, was: was.slice(i, a), lines: spoken(now.slice(j, b)) });
    [i, j] = [a, b];
  };
  now.forEach((line, b) => {
    const a = was.findIndex((one, n) => n >= i && itself(one, line));
    if (a < 0) return;
    add(a, b);
    add(a + 1, b + 1);
  });
  add(was.length, now.length);
  return found;
}

/** An edit that takes nothing away grows by the line before it, or by the one behind. */
function withRoom(base, done, edit) {
  const last = done[done.length - 1];
  if (edit.was.length || !base.length) return [...done, edit];
  if (last && last.at + last.was.length === edit.at) return [...done.slice(0, -1), { ...last, lines: [...last.lines, ...edit.lines] }];
  if (edit.at > 0) return [...done, { at: edit.at - 1, was: [base[edit.at - 1]], lines: [base[edit.at - 1], ...edit.lines] }];
  return [...done, { at: 0, was: [base[0]], lines: [...edit.lines, base[0]] }];
}

/** Edits as the server takes them. */
export function asked(edits) {
  return edits.map(({ at, was, lines }) => ({
    at,
    gone: was.length,
    lines: lines.map(({ start, end, text, source }) => ({ start_s: start, end_s: end, text: text.trim(), corrected: source === 'corrected' })),
  }));
}

/**
 * Edits made from other lines than those that are there now: {lines, applied, conflicts}. Where the lines they were
 * made from are still there they are made again; where what they wanted is there already nothing is done; the others
 * are conflicts: [{at, was, lines, theirs}], and the lines stay.
 */
export function rebase(edits, present) {
  let lines = present;
  let applied = 0;
  const conflicts = [];
  for (const edit of edits) {
    const [from, to] = range(lines, edit);
    const theirs = lines.slice(from, to);
    if (alike(theirs, edit.was)) {
      lines = replaced(lines, from, to - from, ...edit.lines.map((line) => (line.key ? line : fresh(line))));
      applied += 1;
    } else if (!alike(theirs, edit.lines)) conflicts.push({ ...edit, theirs });
  }
  return { lines, applied, conflicts };
}

const alike = (some, others) => some.length === others.length && some.every((line, n) => same(line, others[n]));

/** Which of the present lines lie where an edit's lines lay, from and to. */
function range(lines, { at, was, lines: mine }) {
  const [first, last] = [was[0], was[was.length - 1]];
  if (first.start === null) {
    const stands = (some, n) => some.length > 0 && some.every((line, k) => lines[n + k] && same(lines[n + k], line));
    const near = lines.map((_, n) => n).sort((one, other) => Math.abs(one - at) - Math.abs(other - at));
    const there = near.find((n) => stands(was, n));
    if (there !== undefined) return [there, there + was.length];
    const done = near.find((n) => stands(mine, n));
    return done === undefined ? [Math.min(at, lines.length), Math.min(at + was.length, lines.length)] : [done, done + mine.length];
  }
  const inside = (line) => line.start >= first.start - SAME_S && line.start < Math.max(last.end, first.start + LEAST_S) - SAME_S;
  const from = lines.findIndex(inside);
  if (from < 0) {
    const behind = lines.findIndex((line) => line.start >= first.start);
    return behind < 0 ? [lines.length, lines.length] : [behind, behind];
  }
  let to = from;
  while (to < lines.length && inside(lines[to])) to += 1;
  return [from, to];
}

/** The lines with what was written here in a conflict, over what is there now. */
export function take(lines, conflict) {
  const [from, to] = range(lines, conflict);
  return replaced(lines, from, to - from, ...conflict.lines.map(fresh));
}

/** The line that is said at a moment, or the last one before it; -1 before the first. */
export function lineAt(lines, at) {
  let found = -1;
  lines.forEach((line, i) => {
    if (line.start !== null && line.start <= at + SAME_S) found = i;
  });
  return found;
}
