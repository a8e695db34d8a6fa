import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  asked, confirm, correction, count, difference, doubts, exchange, join, lineAt, lineOf, nextDoubt, places, rebase, remove,
  split, take, wordAt, write,
} from '../../src/correcting/words/lines.js';

const said = (start_s, end_s, text, doubtful = [], source = 'recognised') => lineOf({ start_s, end_s, text, doubtful, source });
const three = () => [said(0, 4, '中国供产党成立', [[2, 4]]), said(4, 8, '在一九二一年'), said(9, 12, '供产党员 Hello', [[0, 1]])];
const texts = (lines) => lines.map((line) => line.text);

test('spans of the server count characters, and so many halves for rare ones', () => {
  assert.deepEqual(said(0, 1, '𠮷供产', [[1, 2]]).doubtful, [[2, 3]]);
});

test('a line is parted at a pause, or by its characters, and its doubts with it', () => {
  const lines = three();
  const halves = split(lines, 0, 3, []);
  assert.deepEqual(texts(halves).slice(0, 2), ['中国供', '产党成立']);
  assert.deepEqual(halves.slice(0, 2).map((line) => [line.start, line.end]), [[0, 1.714], [1.714, 4]]);
  assert.deepEqual(halves.slice(0, 2).map((line) => line.doubtful), [[[2, 3]], [[0, 1]]]);
  assert.equal(halves[0].source, 'recognised');
  const paused = split(lines, 0, 3, [[2.2, 2.6], [3.97, 5]]);
  assert.deepEqual(paused.slice(0, 2).map((line) => [line.start, line.end]), [[0, 2.2], [2.6, 4]]);
  for (const at of [0, 7]) assert.equal(split(lines, 0, at, []), lines);
  assert.equal(new Set(halves.map((line) => line.key)).size, 4);
});

test('a word begins where the machine heard it, also in a line that was written otherwise', () => {
  const [, line] = three(); // 在一九二一年, from 4 to 8
  const heard = [[3.2, 1], [4.1, 1], [4.3, 2], [6.9, 3], [8.4, 1]];
  assert.deepEqual([0, 1, 2, 3, 5, 6].map((at) => wordAt(line, at, heard)), [4.1, 4.3, 4.3, 6.9, 6.9, 6.9]);
  assert.equal(wordAt({ ...line, text: '，在 一九二一年' }, 2, heard), 4.3); // marks and spaces are not spoken
  assert.equal(wordAt({ ...line, text: '在一九' }, 2, heard), 6.9);
  assert.equal(wordAt({ ...line, text: '……' }, 1, heard), null);
  assert.equal(wordAt(line, 3, []), null);
  // Parted at the word, and not at a pause that is somewhere else; at the pause right before it.
  const times = (pauses) => split([line], 0, 3, pauses, heard).map(({ start, end }) => [start, end]);
  assert.deepEqual(times([[5.2, 6.2]]), [[4, 6.9], [6.9, 8]]);
  assert.deepEqual(times([[6.1, 6.8]]), [[4, 6.1], [6.8, 8]]);
});

test('two lines are joined where they meet, with a space between words', () => {
  const { lines, at } = join(three(), 1);
  assert.deepEqual([texts(lines)[0], at, lines[0].end, lines[0].doubtful], ['中国供产党成立在一九二一年', 7, 8, [[2, 4]]]);
  const words = join([said(0, 1, 'red ', [], 'corrected'), said(1, 2, ' flag', [[1, 3]])], 1);
  assert.deepEqual([words.lines[0].text, words.at, words.lines[0].doubtful], ['red flag', 4, [[4, 6]]]);
  assert.equal(words.lines[0].source, 'recognised');
});

test('parting and joining again is what it was', () => {
  const lines = three();
  const { lines: back } = join(split(lines, 0, 3, []), 1);
  assert.deepEqual(back, lines);
});

test('what a person wrote or found right is sure', () => {
  const lines = three();
  assert.equal(write(lines, 0, lines[0].text), lines);
  const done = write(confirm(lines, 2), 0, '中国共产党成立');
  assert.deepEqual(done.map((line) => [line.source, line.doubtful.length]), [['corrected', 0], ['recognised', 0], ['corrected', 0]]);
  assert.deepEqual(nextDoubt(lines, 0, 3), { i: 2, from: 0, to: 1 });
  assert.deepEqual(nextDoubt(lines, 2, 1), { i: 0, from: 2, to: 4 });
  assert.deepEqual([nextDoubt(done, 0, 0), doubts(lines), doubts(done)], [null, 2, 0]);
});

test('a correction is known by enough of its word to be found elsewhere', () => {
  const others = three();
  assert.deepEqual(correction('中国供产党成立', '中国共产党成立', others), { was: '供产', now: '共产' });
  assert.deepEqual(correction('讲余存的故事', '讲余村的故事', [said(0, 1, '余存')]), { was: '余存', now: '余村' });
  assert.deepEqual(correction('Helo world', 'Hello world', []), { was: 'Helo', now: 'Hello' });
  assert.deepEqual(correction('两山理论', '两山', []), { was: '山理论', now: '山' });
  assert.equal(correction('一样', '一样', []), null);
  assert.equal(correction('长'.repeat(30), '短'.repeat(30), []), null);
  assert.equal(correction('，供。', '，共。', []), null, 'one character between marks says too little');
});

test('equal places are exchanged, but not those that are right already', () => {
  assert.deepEqual(places('共产党和中国共产党', '共产党', '中国共产党'), [0]);
  const lines = exchange(three(), '供产', '共产');
  assert.deepEqual(texts(lines), ['中国共产党成立', '在一九二一年', '共产党员 Hello']);
  assert.deepEqual(lines.map((line) => line.source), ['corrected', 'recognised', 'corrected']);
  assert.equal(count(three(), '供产'), 2);
  assert.equal(count(three(), ''), 0);
});

test('what changed is sent as the places that changed', () => {
  const base = three();
  assert.deepEqual(difference(base, base), []);
  const now = write(split(base, 1, 2, []), 3, '共产党员 Hello');
  const halves = [
    { start_s: 4, end_s: 5.333, text: '在一', corrected: false },
    { start_s: 5.333, end_s: 8, text: '九二一年', corrected: false },
  ];
  assert.deepEqual(asked(difference(base, now)), [
    { at: 1, gone: 1, lines: halves },
    { at: 2, gone: 1, lines: [{ start_s: 9, end_s: 12, text: '共产党员 Hello', corrected: true }] },
  ]);
  assert.deepEqual(asked(difference(base, write(base, 1, ' '))), [{ at: 1, gone: 1, lines: [] }], 'an emptied line goes');
});

test('a line that comes back takes its neighbour with it', () => {
  const base = three();
  for (const [gone, at, sent] of [[1, 0, 2], [0, 0, 2], [2, 1, 2]]) {
    const [edit, ...more] = asked(difference(remove(base, gone), base));
    assert.deepEqual([edit.at, edit.gone, edit.lines.length, more.length], [at, 1, sent, 0]);
  }
  const blank = write(base, 1, '');
  assert.deepEqual(difference(remove(base, 1), blank), [], 'one that says nothing is nothing');
});

test('edits are made again where nobody else was; what is there already is left alone', () => {
  const base = three();
  const mine = difference(base, write(base, 0, '中国共产党成立'));
  const theirs = write(three(), 2, '共产党员');
  const merged = rebase(mine, theirs);
  assert.deepEqual([texts(merged.lines), merged.applied], [['中国共产党成立', '在一九二一年', '共产党员'], 1]);
  assert.deepEqual(merged.conflicts, []);
  const again = rebase(mine, write(three(), 0, '中国共产党成立'));
  assert.deepEqual([again.applied, again.conflicts], [0, []]);
});

test('where two wrote, both are kept', () => {
  const base = three();
  const mine = difference(base, write(base, 0, '中国共产党成立'));
  const present = split(write(three(), 0, '中国供产党诞生'), 0, 5, []);
  const { lines, conflicts } = rebase(JSON.parse(JSON.stringify(mine)), present);
  assert.equal(lines, present);
  assert.deepEqual([texts(conflicts[0].theirs), texts(conflicts[0].lines)], [['中国供产党', '诞生'], ['中国共产党成立']]);
  assert.deepEqual(texts(take(lines, conflicts[0]))[0], '中国共产党成立');
  assert.equal(take(lines, conflicts[0]).length, 3);
});

test('lines without times are known by their words', () => {
  const plain = (...words) => words.map((text) => said(null, null, text, [], 'given'));
  const base = plain('甲', '乙', '丙');
  const mine = difference(base, write(base, 1, '已'));
  assert.deepEqual(texts(rebase(mine, plain('新', '甲', '乙', '丙')).lines), ['新', '甲', '已', '丙']);
  assert.deepEqual(rebase(mine, plain('甲', '已', '丙')).conflicts, []);
  assert.equal(rebase(mine, plain('甲', '以', '丙')).conflicts.length, 1);
  assert.deepEqual(texts(split(base, 0, 1, [])), ['甲', '乙', '丙']);
});

test('the line that is heard', () => {
  assert.deepEqual([-1, 0, 3.9, 8.5, 99].map((at) => lineAt(three(), at)), [-1, 0, 0, 1, 2]);
});
