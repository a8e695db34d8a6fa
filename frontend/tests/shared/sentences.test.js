import assert from 'node:assert/strict';
import { test } from 'node:test';
import { t, tn } from '../../src/shared/sentences.js';

test('a sentence carries its figures', () => {
  assert.equal(t('每秒 %(speed)s', { speed: '2 MB' }), '每秒 2 MB');
  assert.equal(t('没有 %(other)s', {}), '没有 %(other)s');
  assert.equal(tn('%(num)s 次观看', '%(num)s 次观看', 2, { num: '2' }), '2 次观看');
});
