import assert from 'node:assert/strict';
import { test } from 'node:test';
import { duration, size } from '../../src/shared/format.js';

test('lengths and sizes as people say them', () => {
  assert.deepEqual([8, 60, 75, 600, 3600, 3900].map(duration), [
    '8 秒', '1 分钟', '1 分 15 秒', '10 分钟', '1 小时', '1 小时 5 分钟',
  ]);
  assert.deepEqual([17, 2048, 5 * 1024 ** 2, 700 * 1024 ** 2, 1.5 * 1024 ** 3].map(size), [
    '17 B', '2 KB', '5.0 MB', '700 MB', '1.5 GB',
  ]);
});
