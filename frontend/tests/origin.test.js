import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sourceOf } from '../src/player/origin.js';

const SITE = 'http://weike.test';
const from = (referrer, here = `${SITE}/clips/b`) => sourceOf(here, referrer, ['/clips/a', '/clips/b']);

test('a page tells where its play was come to from', () => {
  assert.equal(from(''), 'link');
  assert.equal(from(`${SITE}/`), 'feed');
  assert.equal(from(`${SITE}/lessons?topic=x&page=2`), 'feed');
  assert.equal(from(`${SITE}/search?q=x`), 'search');
  assert.equal(from(`${SITE}/clips/a?t=3`), 'next');
  assert.equal(from(`${SITE}/clips/of-another-lesson`), 'link');
  assert.equal(from(`${SITE}/lessons/l1`), 'link');
  assert.equal(from(`${SITE}/clips/b`), 'link'); // loaded again
});

test('another site cannot pass for a page of ours', () => {
  assert.equal(from('http://elsewhere.test/search'), 'link');
  assert.equal(from('not an address'), 'link');
});

test('a printed code says so itself, wherever it is opened', () => {
  assert.equal(from('', `${SITE}/clips/b?via=qr`), 'qr');
  assert.equal(from(`${SITE}/search?q=x`, `${SITE}/clips/b?t=5&via=qr`), 'qr');
  assert.equal(from('', `${SITE}/clips/b?via=other`), 'link');
});
