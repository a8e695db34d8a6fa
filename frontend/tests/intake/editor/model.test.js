import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Edits } from '../../../src/shared/edits.js';
import {
  alike, arrange, compare, isBorder, lengthOf, merge, moveBorder, nextPause, numberOf, openEdge, pausePoint, pieceAt,
  problems, propose, rename, sentencesAround, sentencesWithin, setDropped, snap, split, splitPoint, tidy, wanted,
} from '../../../src/intake/editor/model.js';

const limits = { max_s: 600, min_s: 3, most: 4 };
const clips = [
  { id: 'a', start_s: 0, end_s: 500, title: '开头' },
  { id: 'b', start_s: 500, end_s: 1000, title: '' },
  { id: 'c', start_s: 1000, end_s: 1400, title: '结尾' },
];
const three = () => arrange(clips, 1400);

/** The arrangement in short: "0-500 开头 | 500-1000 x" where x means dropped. */
function words(state) {
  return state.pieces
    .map((piece, i) => `${state.borders[i]}-${state.borders[i + 1]}${piece.title ? ` ${piece.title}` : ''}${piece.dropped ? ' x' : ''}`)
    .join(' | ');
}

/** What must hold of every arrangement, whatever was done to it. */
function whole(state, duration) {
  assert.equal(state.borders.length, state.pieces.length + 1);
  assert.equal(state.borders[0], 0);
  assert.equal(state.borders.at(-1), duration);
  state.borders.slice(1).forEach((border, i) => assert.ok(border >= state.borders[i], words(state)));
  assert.equal(new Set(state.pieces.map((piece) => piece.key)).size, state.pieces.length, 'keys are unique');
  assert.ok(state.pieces.some((piece) => !piece.dropped), 'a lesson has at least one clip');
}

test('clips become pieces, what they leave out is dropped', () => {
  assert.equal(words(three()), '0-500 开头 | 500-1000 | 1000-1400 结尾');
  const gaps = arrange([{ start_s: 500, end_s: 990, title: '' }, { start_s: 61.2, end_s: 500.01, title: '甲' }], 1400);
  assert.equal(words(gaps), '0-61.2 x | 61.2-500.01 甲 | 500.01-990 | 990-1400 x');
  assert.deepEqual(wanted(gaps).map((clip) => [clip.start_s, clip.end_s]), [[61.2, 500.01], [500.01, 990]]);
  const near = arrange([{ start_s: 0.01, end_s: 500 }, { start_s: 501, end_s: 1399.99 }], 1400);
  assert.equal(words(near), '0-500 | 500-501 x | 501-1399.99', 'a gap that nobody sees is none');
  assert.deepEqual(gaps.pieces.map((_, i) => numberOf(gaps, i)), [null, 1, 2, null]);
});

test('what is sent is what was given when nothing was touched', () => {
  assert.deepEqual(wanted(three()), clips.map(({ id, ...clip }) => clip));
  assert.equal(compare(clips, three()).changed, false);
});

test('a border moves as far as its neighbours allow', () => {
  const state = three();
  assert.equal(words(moveBorder(state, 1, 480.1234, limits)), '0-480.123 开头 | 480.123-1000 | 1000-1400 结尾');
  assert.equal(moveBorder(state, 1, -50, limits).borders[1], 3);
  assert.equal(moveBorder(state, 1, 5000, limits).borders[1], 997);
  assert.equal(moveBorder(state, 1, 500, limits), state, 'nothing moved: the same state');
  const dropped = setDropped(state, 1, true);
  assert.equal(moveBorder(dropped, 1, 5000, limits).borders[1], 1000, 'a dropped piece may shrink to nothing');
  assert.deepEqual(three(), state, 'nothing is changed in place');
});

test('the beginning and the end can be pulled in, and pushed back', () => {
  for (const [atEnd, to, expected] of [
    [false, 60, '0-60 x | 60-500 开头 | 500-1000 | 1000-1400 结尾'],
    [true, 1300, '0-500 开头 | 500-1000 | 1000-1300 结尾 | 1300-1400 x'],
  ]) {
    const { state, border } = openEdge(three(), atEnd);
    const pulled = tidy(moveBorder(state, border, to, limits));
    assert.equal(words(pulled), expected);
    whole(pulled, 1400);
    const again = openEdge(pulled, atEnd);
    assert.equal(again.state, pulled, 'what is dropped already is used');
    const back = tidy(moveBorder(again.state, again.border, atEnd ? 9999 : -5, limits));
    assert.equal(words(back), words(three()));
  }
});

test('a gap that is closed is gone', () => {
  const state = setDropped(three(), 1, true);
  assert.equal(words(tidy(moveBorder(state, 2, 0, limits))), '0-500 开头 | 500-1400 结尾');
  assert.equal(words(tidy(moveBorder(state, 1, 1000, limits))), '0-1000 开头 | 1000-1400 结尾');
});

test('what is taken away never takes the lecture\'s own ends with it', () => {
  const state = (borders, dropped) => ({ borders, pieces: borders.slice(1).map((_, i) => ({ key: i, title: '', dropped: i === dropped })), next: 9 });
  assert.deepEqual(tidy(state([0, 700, 1399.99, 1400], 2)).borders, [0, 700, 1400]);
  assert.deepEqual(tidy(state([0, 0.01, 700, 1400], 0)).borders, [0, 700, 1400]);
});

test('merging keeps the first name there is', () => {
  assert.equal(words(merge(three(), 0)), '0-1000 开头 | 1000-1400 结尾');
  assert.equal(words(merge(three(), 1)), '0-500 开头 | 500-1400 结尾');
  assert.equal(words(merge(setDropped(three(), 0, true), 0)), '0-1000 开头 | 1000-1400 结尾');
  const state = three();
  assert.equal(merge(state, 2), state, 'nothing follows the last');
});

test('splitting where one listens, in a pause nearby, else in the middle pause', () => {
  const pauses = [[20, 20.6], [236, 237], [251, 252], [498, 499]];
  const state = three();
  assert.equal(splitPoint(state, 0, 20, pauses, limits), pausePoint([20, 20.6]));
  assert.equal(splitPoint(state, 0, 30, pauses, limits), 30);
  assert.equal(splitPoint(state, 0, 900, pauses, limits), 251.5, 'the moment lies in another piece');
  assert.equal(splitPoint(state, 0, null, pauses, limits), 251.5);
  assert.equal(splitPoint(state, 1, null, [], limits), 750);
  assert.equal(splitPoint(state, 0, 497, [[497.3, 498]], limits), 497, 'the pause lies too near to the end, the moment does not');
  assert.equal(splitPoint(state, 0, 498.2, pauses, limits), 251.5, 'too near to the end for two clips');
  assert.equal(splitPoint(arrange([{ start_s: 0, end_s: 5 }], 5), 0, 2.5, [], limits), null);
  const two = split(state, 0, 251.5);
  assert.equal(words(two), '0-251.5 开头 | 251.5-500 | 500-1000 | 1000-1400 结尾');
  whole(two, 1400);
  assert.equal(split(state, 0, 500), state);
});

test('a piece is left out and taken back, the last clip is not left out', () => {
  const without = setDropped(setDropped(three(), 0, true), 2, true);
  assert.equal(words(without), '0-500 开头 x | 500-1000 | 1000-1400 结尾 x');
  assert.equal(setDropped(without, 1, true), without);
  assert.equal(words(setDropped(without, 0, false)), '0-500 开头 | 500-1000 | 1000-1400 结尾 x');
  assert.deepEqual(wanted(without), [{ start_s: 500, end_s: 1000, title: '' }]);
  const both = setDropped(setDropped(three(), 0, true), 1, true);
  assert.deepEqual([1, 2].map((i) => isBorder(both, i)), [false, true], 'between two left-out pieces there is no cut');
});

test('a new proposal keeps the names of the clips that stay much the same', () => {
  const named = rename(three(), 1, '中间');
  const fresh = propose(named, [{ start_s: 0, end_s: 450 }, { start_s: 450, end_s: 700 }, { start_s: 700, end_s: 1400, title: '新名' }], 1400);
  assert.equal(words(fresh), '0-450 开头 | 450-700 | 700-1400 新名');
  whole(fresh, 1400);
  assert.equal(words(propose(named, [{ start_s: 0, end_s: 1400 }], 1400)), '0-1400', 'no part names the whole');
  assert.ok(fresh.pieces.every((piece) => !named.pieces.some((old) => old.key === piece.key)), 'new pieces, new keys');
});

test('too long, too short and too many are said, and what is left out is not judged', () => {
  assert.deepEqual(problems(three(), limits), []);
  assert.deepEqual(problems(merge(three(), 0), limits), [{ i: 0, code: 'long', over_s: 400 }]);
  assert.deepEqual(problems(setDropped(merge(three(), 0), 0, true), limits), []);
  assert.deepEqual(problems(split(three(), 0, 1), limits).map(({ i, code }) => [i, code]), [[0, 'short']]);
  const five = split(split(three(), 0, 100), 0, 50);
  assert.deepEqual(problems(five, limits).map(({ code }) => code), ['many']);
  assert.deepEqual(problems(arrange([{ start_s: 0, end_s: 600 }], 600), limits), [], 'ten minutes are not too long');
});

test('what saving will do', () => {
  const sums = (state) => {
    const { kept, made, gone, renamed, changed } = compare(clips, state);
    return [kept, made, gone, renamed, changed];
  };
  assert.deepEqual(sums(three()), [3, 0, 0, 0, false]);
  assert.deepEqual(sums(moveBorder(three(), 1, 490, limits)), [1, 2, 2, 0, true]);
  assert.deepEqual(sums(moveBorder(three(), 1, 500.015, limits)), [3, 0, 0, 0, false], 'the server would not see it either');
  assert.deepEqual(sums(rename(three(), 1, ' 名 ')), [3, 0, 0, 1, true]);
  assert.deepEqual(sums(rename(three(), 0, '开头 ')), [3, 0, 0, 0, false], 'a blank at the end is no new name');
  assert.deepEqual(sums(setDropped(three(), 2, true)), [2, 0, 1, 0, true]);
  assert.deepEqual(sums(merge(three(), 0)), [1, 1, 2, 0, true]);
  assert.equal(compare(clips, three()).same.get(three().pieces[1].key).id, 'b');
});

test('the sentences on each side of a cut, and the one it cuts', () => {
  const sentences = [[1, 5, '甲'], [5.5, 9, '乙'], [12, 15, '丙']];
  const names = (at) => Object.entries(sentencesAround(sentences, at)).map(([side, found]) => `${side[0]}${found?.[2] ?? '-'}`).join(' ');
  assert.equal(names(5.2), 'b甲 a乙 t-');
  assert.equal(names(10), 'b乙 a丙 t-');
  assert.equal(names(8), 'b乙 a丙 t乙');
  assert.equal(names(6), 'b甲 a乙 t乙');
  assert.equal(names(8.8), 'b乙 a丙 t-', 'the very end of a sentence is not inside it');
  assert.equal(names(0), 'b- a甲 t-');
  assert.equal(names(99), 'b丙 a- t-');
  assert.deepEqual(sentencesAround([], 5), { before: null, after: null, through: null });
  assert.deepEqual(Object.values(sentencesWithin(sentences, 5, 20)).map((found) => found[2]), ['乙', '丙']);
  assert.deepEqual(sentencesWithin(sentences, 9, 12), { first: null, last: null });
});

test('pauses draw a border near them', () => {
  const pauses = [[10, 10.6], [20, 24], [40, 40.5]];
  assert.deepEqual(pauses.map(pausePoint), [10.3, 23.5, 40.25]);
  assert.equal(snap(pauses, 10.9, 1), 10.3);
  assert.equal(snap(pauses, 12, 1), 12);
  assert.equal(snap([], 12, 1), 12);
  assert.equal(snap([[10, 10.6], [11, 11.6]], 10.9, 5), 11.3, 'the nearest of two');
  assert.deepEqual([0, 10.3, 23.4, 50].map((at) => nextPause(pauses, at, 1)), [10.3, 23.5, 23.5, null]);
  assert.deepEqual([0, 10.3, 23.6, 50].map((at) => nextPause(pauses, at, -1)), [null, null, 23.5, 40.25]);
});

test('every step can be undone and done again', () => {
  const edits = new Edits(three(), alike);
  edits.push(merge(edits.now, 0));
  edits.push(rename(edits.now, 0, '甲'), 'name 1');
  edits.push(rename(edits.now, 0, '甲乙'), 'name 1');
  assert.equal(words(edits.now), '0-1000 甲乙 | 1000-1400 结尾');
  assert.ok(edits.undo());
  assert.equal(words(edits.now), '0-1000 开头 | 1000-1400 结尾', 'typing a name is one step');
  assert.ok(edits.undo());
  assert.equal(words(edits.now), words(three()));
  assert.equal(edits.undo(), false);
  assert.ok(edits.redo() && edits.redo());
  assert.equal(words(edits.now), '0-1000 甲乙 | 1000-1400 结尾');
  assert.equal(edits.redo(), false);
  edits.undo();
  edits.push(setDropped(edits.now, 0, true));
  assert.equal(edits.redo(), false, 'a new step ends what was undone');
});

test('a drag that came back is no step', () => {
  const edits = new Edits(three(), alike);
  for (const at of [490, 480, 500]) edits.push(moveBorder(edits.now, 1, at, limits), 'drag 1');
  edits.rest();
  assert.equal(edits.undo(), false);
  edits.push(moveBorder(edits.now, 1, 490, limits), 'drag 2');
  edits.rest();
  edits.push(moveBorder(edits.now, 1, 480, limits), 'drag 2');
  edits.undo();
  assert.equal(edits.now.borders[1], 490, 'after a rest the same tag is another step');
});

test('a moment lies in one piece', () => {
  assert.deepEqual([0, 499.9, 500, 1399, 1400, 2000].map((at) => pieceAt(three(), at)), [0, 0, 1, 2, 2, 2]);
});

test('whatever is done in whatever order, the lecture stays whole', () => {
  // A fixed row of numbers, so that a failure can be looked at again.
  let seed = 7;
  const random = () => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return seed / 2147483648;
  };
  const any = (state) => Math.floor(random() * state.pieces.length);
  const acts = [
    (state) => (state.pieces.length > 1 ? tidy(moveBorder(state, 1 + Math.floor(random() * (state.pieces.length - 1)), random() * 1400, limits)) : state),
    (state) => merge(state, any(state)),
    (state) => {
      const i = any(state);
      const at = splitPoint(state, i, random() < 0.5 ? random() * 1400 : null, [[300, 301], [777, 778]], limits);
      return at === null ? state : split(state, i, at);
    },
    (state) => setDropped(state, any(state), random() < 0.6),
    (state) => {
      const atEnd = random() < 0.5;
      const { state: open, border } = openEdge(state, atEnd);
      return tidy(moveBorder(open, border, random() * 1400, limits));
    },
    (state) => (random() < 0.1 ? propose(state, clips, 1400) : state),
  ];
  let state = three();
  for (let step = 0; step < 3000; step += 1) {
    state = acts[Math.floor(random() * acts.length)](state);
    whole(state, 1400);
    const sent = wanted(state);
    sent.slice(1).forEach((clip, n) => assert.ok(clip.start_s >= sent[n].end_s, 'clips never overlap'));
    for (let i = 0; i < state.pieces.length; i += 1) {
      if (!state.pieces[i].dropped) assert.ok(lengthOf(state, i) >= limits.min_s - 0.001, words(state));
    }
  }
});
