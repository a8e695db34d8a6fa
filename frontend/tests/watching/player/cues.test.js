import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cueAt } from '../../../src/watching/player/cues.js';

test('the cue that is being said', () => {
  const starts = [0.5, 4, 9];
  assert.deepEqual([0, 0.5, 3.9, 3.96, 4, 100].map((at) => cueAt(starts, at)), [-1, 0, 0, 1, 1, 2]);
  assert.equal(cueAt([], 3), -1);
});
