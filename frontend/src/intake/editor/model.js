// The arrangement of a lecture's clips while it is edited. Pure: values in, values out, nothing is changed in place.
//
// A lecture is a row of pieces without gaps: piece i lies between borders[i] and borders[i + 1]. A dropped piece is
// a part of the lecture that no clip shows; so a gap between two clips is a piece like the others.

/** A border that moved less than this has not moved (the server's rule, library/intake/cutting.py). */
export const SAME_S = 0.02;
/** A split where somebody listens goes to a pause this near. */
const NEAR_S = 1;
/** How far into a sentence a border must lie to count as cutting it: transcripts are not exact. */
const INSIDE_S = 0.4;
/** A clip begins at most this long before the first word (as transcode/cutting/split.py has it). */
const LEAD_S = 0.5;

const round = (seconds) => Math.round(seconds * 1000) / 1000;

// ------------------------------------------------------------ making and reading

/** The arrangement that `clips` ({start_s, end_s, title}) make of a lecture; what they leave out is dropped. */
export function arrange(clips, duration) {
  const borders = [0];
  const pieces = [];
  const add = (end, title, dropped) => {
    pieces.push({ key: pieces.length + 1, title, dropped });
    borders.push(end);
  };
  for (const clip of [...clips].sort((one, other) => one.start_s - other.start_s)) {
    if (clip.start_s - lastOf(borders) >= SAME_S) add(clip.start_s, '', true);
    add(clip.end_s, clip.title ?? '', false);
  }
  if (duration - lastOf(borders) >= SAME_S) add(duration, '', true);
  return { borders, pieces, next: pieces.length + 1 };
}

const lastOf = (list) => list[list.length - 1]; // browsers of 2020 have no .at()

export const startOf = (state, i) => state.borders[i];
export const endOf = (state, i) => state.borders[i + 1];
export const lengthOf = (state, i) => round(state.borders[i + 1] - state.borders[i]);

/** The piece in which the moment `at` lies. */
export function pieceAt(state, at) {
  const i = state.borders.findIndex((border, n) => n > 0 && at < border);
  return i < 0 ? state.pieces.length - 1 : i - 1;
}

/** The number that viewers will see on piece `i`, null for a dropped one. */
export function numberOf(state, i) {
  if (state.pieces[i].dropped) return null;
  return state.pieces.slice(0, i + 1).filter((piece) => !piece.dropped).length;
}

/** Whether border `i` lies between two pieces of which at least one becomes a clip. */
export function isBorder(state, i) {
  const [before, after] = [state.pieces[i - 1], state.pieces[i]];
  return Boolean(before && after && !(before.dropped && after.dropped));
}

/** What is sent to be saved: the clips, in order. */
export function wanted(state) {
  return state.pieces
    .map((piece, i) => ({ start_s: round(startOf(state, i)), end_s: round(endOf(state, i)), title: piece.title.trim(), piece }))
    .filter(({ piece }) => !piece.dropped)
    .map(({ piece, ...clip }) => clip);
}

// ------------------------------------------------------------ changing

const least = (piece, limits) => (piece.dropped ? 0 : limits.min_s);

/** Border `i` at `at`, held where both its neighbours keep their least length. */
export function moveBorder(state, i, at, limits) {
  const low = state.borders[i - 1] + least(state.pieces[i - 1], limits);
  const high = state.borders[i + 1] - least(state.pieces[i], limits);
  if (low > high) return state;
  const to = round(Math.min(high, Math.max(low, at)));
  return to === state.borders[i] ? state : { ...state, borders: state.borders.map((border, n) => (n === i ? to : border)) };
}

/**
 * Make the lecture's own beginning (or end) a border that can be moved: {state, border}.
 * A dropped piece without length is put there; `tidy` takes it away if it stays so.
 */
export function openEdge(state, atEnd) {
  const n = state.pieces.length;
  if (state.pieces[atEnd ? n - 1 : 0].dropped) return { state, border: atEnd ? n - 1 : 1 };
  const piece = { key: state.next, title: '', dropped: true };
  return {
    state: {
      borders: atEnd ? [...state.borders, lastOf(state.borders)] : [0, ...state.borders],
      pieces: atEnd ? [...state.pieces, piece] : [piece, ...state.pieces],
      next: state.next + 1,
    },
    border: atEnd ? n : 1,
  };
}

/** Without the dropped pieces that have no length left. */
export function tidy(state) {
  const gone = state.pieces.findIndex((piece, i) => piece.dropped && lengthOf(state, i) < SAME_S);
  if (gone < 0) return state;
  // The outer borders are the lecture's own and stay.
  const border = gone === 0 ? 1 : gone;
  return tidy({
    ...state,
    borders: state.borders.filter((_, n) => n !== border),
    pieces: state.pieces.filter((_, n) => n !== gone),
  });
}

/** Pieces `i` and `i + 1` as one. */
export function merge(state, i) {
  const [one, other] = [state.pieces[i], state.pieces[i + 1]];
  if (!other) return state;
  const joined = { ...one, title: one.title || other.title, dropped: one.dropped && other.dropped };
  return {
    ...state,
    borders: state.borders.filter((_, n) => n !== i + 1),
    pieces: [...state.pieces.slice(0, i), joined, ...state.pieces.slice(i + 2)],
  };
}

/**
 * Where piece `i` would be split: at the moment `at` if that lies well inside it, else in the pause nearest to its
 * middle. Null when it is too short for two.
 */
export function splitPoint(state, i, at, pauses, limits) {
  const [low, high] = [startOf(state, i) + limits.min_s, endOf(state, i) - limits.min_s];
  if (low > high) return null;
  const inside = (moment) => moment >= low && moment <= high;
  if (at !== null && inside(at)) {
    const near = snap(pauses, at, NEAR_S);
    return inside(near) ? near : at;
  }
  const middle = (low + high) / 2;
  const found = pauses.map(pausePoint).filter(inside);
  return round(found.length ? found.reduce((best, moment) => (Math.abs(moment - middle) < Math.abs(best - middle) ? moment : best)) : middle);
}

/** Piece `i` as two, from `at` on; the name stays with the first. */
export function split(state, i, at) {
  if (!(at > startOf(state, i) && at < endOf(state, i))) return state;
  return {
    borders: [...state.borders.slice(0, i + 1), round(at), ...state.borders.slice(i + 1)],
    pieces: [...state.pieces.slice(0, i + 1), { ...state.pieces[i], key: state.next, title: '' }, ...state.pieces.slice(i + 1)],
    next: state.next + 1,
  };
}

/** Leave piece `i` out, or take it back. The last clip cannot be left out. */
export function setDropped(state, i, dropped) {
  if (state.pieces[i].dropped === dropped) return state;
  if (dropped && state.pieces.filter((piece) => !piece.dropped).length === 1) return state;
  return { ...state, pieces: state.pieces.map((piece, n) => (n === i ? { ...piece, dropped } : piece)) };
}

export function rename(state, i, title) {
  if (state.pieces[i].title === title) return state;
  return { ...state, pieces: state.pieces.map((piece, n) => (n === i ? { ...piece, title } : piece)) };
}

/** Another arrangement altogether. A name that was given stays with the clip that shows most of the same. */
export function propose(state, clips, duration) {
  const fresh = arrange(clips, duration);
  const named = state.pieces
    .map((piece, i) => ({ ...piece, start: startOf(state, i), end: endOf(state, i) }))
    .filter((piece) => piece.title && !piece.dropped);
  const pieces = fresh.pieces.map((piece, i) => {
    const [start, end] = [startOf(fresh, i), endOf(fresh, i)];
    const alike = named.find((old) => {
      const common = Math.min(end, old.end) - Math.max(start, old.start);
      return common > (end - start) / 2 && common > (old.end - old.start) / 2;
    });
    return { ...piece, key: state.next + i, title: piece.title || (piece.dropped ? '' : alike?.title ?? '') };
  });
  return { borders: fresh.borders, pieces, next: state.next + pieces.length };
}

// ------------------------------------------------------------ judging

/** Why it cannot be saved: [{i, code, over_s}]; code is "long", "short" or "many" (i is then null). */
export function problems(state, limits) {
  const found = [];
  state.pieces.forEach((piece, i) => {
    const length = lengthOf(state, i);
    if (piece.dropped) return;
    if (length > limits.max_s) found.push({ i, code: 'long', over_s: round(length - limits.max_s) });
    else if (length < limits.min_s) found.push({ i, code: 'short', over_s: 0 });
  });
  if (limits.most !== undefined && wanted(state).length > limits.most) found.push({ i: null, code: 'many', over_s: 0 });
  return found;
}

/**
 * What saving would do to `clips`, the arrangement that is there: how many stay as they are (`kept`), are made anew
 * (`made`), go away (`gone`) and only get another name (`renamed`); `same` says of each piece's key which clip it is.
 */
export function compare(clips, state) {
  const same = new Map();
  let [made, renamed] = [0, 0];
  state.pieces.forEach((piece, i) => {
    if (piece.dropped) return;
    const [start, end] = [startOf(state, i), endOf(state, i)];
    const clip = clips.find((old) => Math.abs(old.start_s - start) < SAME_S && Math.abs(old.end_s - end) < SAME_S);
    if (!clip) made += 1;
    else {
      same.set(piece.key, clip);
      if ((clip.title ?? '') !== piece.title.trim()) renamed += 1;
    }
  });
  const gone = clips.length - same.size;
  return { kept: same.size, made, gone, renamed, same, changed: made + gone + renamed > 0 };
}

/** The sentences [start_s, end_s, text] on each side of a moment, and the one that it cuts through, if any. */
export function sentencesAround(sentences, at) {
  const middle = ([start, end]) => (start + end) / 2;
  const n = sentences.findIndex((sentence) => middle(sentence) > at);
  const after = n < 0 ? sentences.length : n;
  const through = sentences.slice(Math.max(0, after - 1), after + 1)
    .find(([start, end]) => at > start + INSIDE_S && at < end - INSIDE_S);
  return { before: sentences[after - 1] ?? null, after: sentences[after] ?? null, through: through ?? null };
}

/** The first and the last sentence between two moments, null where nothing is said. */
export function sentencesWithin(sentences, start, end) {
  const inside = sentences.filter((sentence) => (sentence[0] + sentence[1]) / 2 > start && (sentence[0] + sentence[1]) / 2 < end);
  return { first: inside[0] ?? null, last: lastOf(inside) ?? null };
}

// ------------------------------------------------------------ pauses

/** Where to cut in a pause [start_s, end_s]: in its middle, of a long one shortly before the next word. */
export const pausePoint = ([start, end]) => round(Math.max((start + end) / 2, end - LEAD_S));

/** `at`, or the pause's point nearest to it when that is at most `tolerance` away. */
export function snap(pauses, at, tolerance) {
  let best = null;
  for (const pause of pauses) {
    const point = pausePoint(pause);
    if (Math.abs(point - at) <= tolerance && (best === null || Math.abs(point - at) < Math.abs(best - at))) best = point;
  }
  return best ?? at;
}

/** The next pause's point after `at` (before it with `step` -1), null when there is none. */
export function nextPause(pauses, at, step) {
  const points = pauses.map(pausePoint).filter((point) => (point - at) * step > SAME_S);
  if (!points.length) return null;
  return step > 0 ? Math.min(...points) : Math.max(...points);
}

// ------------------------------------------------------------ undoing

/** Whether two arrangements are the same to those who see them. */
export function alike(one, other) {
  return JSON.stringify([one.borders, one.pieces]) === JSON.stringify([other.borders, other.pieces]);
}
