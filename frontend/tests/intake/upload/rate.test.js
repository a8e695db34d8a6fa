import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Rate } from '../../../src/intake/upload/rate.js';

test('speed follows the network, time left follows the speed', () => {
  const rate = new Rate();
  assert.equal(rate.left(100), null);
  for (let second = 0; second <= 30; second += 1) rate.add(1000 * second, second);
  assert.equal(Math.round(rate.speed), 1000);
  assert.equal(Math.round(rate.left(60_000)), 60);
  for (let second = 31; second <= 90; second += 1) rate.add(30_000 + 100 * (second - 30), second);
  assert.ok(rate.speed < 110, 'ten times slower for a minute must show');
  rate.reset();
  assert.equal(rate.left(1), null);
});
