import assert from 'node:assert/strict';
import { test } from 'node:test';
import { captionSize } from '../../../src/watching/player/captions.js';

test('captions are in proportion to the picture and never too small to read', () => {
  assert.deepEqual([203, 320, 360, 433, 1080].map(captionSize), [16, 16, 18, 22, 54]);
});
