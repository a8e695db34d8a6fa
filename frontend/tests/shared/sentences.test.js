import assert from 'node:assert/strict';
import { test } from 'node:test';
import { t, tn } from '../../src/shared/sentences.js';

test('a sentence carries its figures', () => {
  assert.equal(t('每秒 %(speed)s', { speed: '2 MB' }), '每秒 2 MB');
  assert.equal(t('没有 %(other)s', {}), '没有 %(other)s');
  assert.equal(tn('%(num)s 次观看', '%(num)s 次观看', 2, { num: '2' }), '2 次观看');
});

test('a space stood between two Chinese words', () => {
  assert.equal(t('播放满 %(min)s 算一次观看', { min: '10 秒' }), '播放满 10 秒算一次观看');
  assert.equal(t('%(name)s 的菜单', { name: '王芳' }), '王芳的菜单');
  assert.equal(t('管理 %(name)s', { name: '王芳' }), '管理王芳');
  assert.equal(t('管理 %(name)s', { name: 'Li' }), '管理 Li');
  assert.equal(t('Manage %(name)s', { name: '王芳' }), 'Manage 王芳');
});
