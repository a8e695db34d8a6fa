import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isWorthAsking, moved } from '../../src/finding/offers.js';

test('arrows go round through the lines and the box itself', () => {
  const walk = (keys) => keys.reduce((at, key) => moved(at, 3, `Arrow${key}`), -1);
  assert.equal(walk(['Down']), 0);
  assert.equal(walk(['Down', 'Down', 'Down']), 2);
  assert.equal(walk(['Down', 'Down', 'Down', 'Down']), -1);
  assert.equal(walk(['Up']), 2);
  assert.equal(walk(['Up', 'Up', 'Up', 'Up']), -1);
  assert.equal(moved(1, 3, 'Enter'), 1);
});

test('letters that are still being composed into characters are not asked about', () => {
  assert.equal(isWorthAsking('dang', '', true), false);
  assert.equal(isWorthAsking('党', '', false), true);
  assert.equal(isWorthAsking('党 ', '党', false), false);
  assert.equal(isWorthAsking('  ', '党', false), false);
});
