import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PlayedRanges } from '../../src/shared/ranges.js';

/** Play from `from` to `to` with a tick each quarter of a second of wall time; returns the wall time at the end. */
function play(ranges, from, to, now = 0, rate = 1) {
  let at = from;
  for (; at < to; at += 0.25 * rate, now += 0.25) ranges.advance(at, now, rate);
  ranges.advance(to, now, rate);
  return now;
}

test('what plays on is one stretch', () => {
  const ranges = new PlayedRanges();
  play(ranges, 3, 13);
  assert.deepEqual(ranges.take(), [[3, 13]]);
});

test('beats follow each other without a gap and without a second twice', () => {
  const ranges = new PlayedRanges();
  const now = play(ranges, 0, 10);
  assert.deepEqual(ranges.take(), [[0, 10]]);
  play(ranges, 10.25, 20, now + 0.25);
  assert.deepEqual(ranges.take(), [[10, 20]]);
  assert.deepEqual(ranges.take(), []);
});

test('what was skipped is not played', () => {
  const ranges = new PlayedRanges();
  const now = play(ranges, 0, 4);
  ranges.stop(); // the seeking event
  play(ranges, 300, 305, now + 0.1);
  assert.deepEqual(ranges.take(), [[0, 4], [300, 305]]);
});

test('a leap that no event announced is noticed by the clock', () => {
  const ranges = new PlayedRanges();
  const now = play(ranges, 0, 4);
  play(ranges, 300, 305, now + 0.25);
  assert.deepEqual(ranges.take(), [[0, 4], [300, 305]]);
});

test('a leap back counts the minute again, as it is played again', () => {
  const ranges = new PlayedRanges();
  const now = play(ranges, 10, 20);
  play(ranges, 12, 18, now + 0.25);
  assert.deepEqual(ranges.take(), [[10, 20], [12, 18]]);
});

test('double speed covers twice the clip', () => {
  const ranges = new PlayedRanges();
  play(ranges, 0, 20, 0, 2);
  assert.deepEqual(ranges.take(), [[0, 20]]);
});

test('late ticks of a background tab are still playing', () => {
  const ranges = new PlayedRanges();
  for (let second = 0; second <= 30; second += 1) ranges.advance(second, second, 1);
  assert.deepEqual(ranges.take(), [[0, 30]]);
});

test('a pause goes on where it stopped: one stretch', () => {
  const ranges = new PlayedRanges();
  play(ranges, 0, 5);
  ranges.stop();
  play(ranges, 5, 9, 600);
  assert.deepEqual(ranges.take(), [[0, 9]]);
});

test('standing still is nothing', () => {
  const ranges = new PlayedRanges();
  ranges.advance(7, 0);
  ranges.advance(7, 60);
  ranges.stop();
  assert.deepEqual(ranges.take(), []);
});
