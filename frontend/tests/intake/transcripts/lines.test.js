import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linesIn, seconds } from '../../../src/intake/transcripts/lines.js';

const LINES = [[3601, 3604, '一'], [3605, 3608, '二']];

test('lines are moved together, and those that touch a stretch are shown', () => {
  assert.deepEqual(linesIn(LINES, -3600, 0, 4.5), [[1, 4, '一']]);
  assert.deepEqual(linesIn(LINES, -3600, 3, 6), [[1, 4, '一'], [5, 8, '二']]);
  assert.deepEqual(linesIn(LINES, 0, 0, 60), []);
});

test('seconds are read as people type them, and nothing else is', () => {
  for (const [text, value] of [['-12.5', -12.5], [' 3 ', 3], ['－1,5', -1.5], ['+.5', 0.5]]) assert.equal(seconds(text), value);
  for (const text of ['', '-', '1.2.3', '1e9', 'NaN', '十']) assert.equal(seconds(text), null);
});
