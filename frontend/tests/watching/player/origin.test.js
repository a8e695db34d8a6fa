import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cameTo, noteLesson, sourceOf } from '../../../src/watching/player/origin.js';

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

test('whoever passes through a page of a lesson has come from where the lesson was found', () => {
  const kept = new Map();
  const storage = { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value) };
  const clip = (referrer) => sourceOf(`${SITE}/clips/b`, referrer, [], cameTo(storage));
  assert.equal(clip(`${SITE}/lessons/l1`), 'link'); // nothing is known
  for (const [here, referrer, source] of [
    [`${SITE}/lessons/l1?via=qr`, '', 'qr'],
    [`${SITE}/lessons/l1`, `${SITE}/search?q=x`, 'search'],
    [`${SITE}/lessons/l1`, `${SITE}/`, 'feed'],
    [`${SITE}/lessons/l1`, 'https://elsewhere.test/', 'link'],
  ]) {
    noteLesson(here, referrer, storage);
    assert.equal(clip(here), source);
  }
  noteLesson(`${SITE}/lessons/l2?via=qr`, '', storage);
  noteLesson(`${SITE}/lessons/l2`, `${SITE}/clips/b`, storage); // back from a clip
  noteLesson(`${SITE}/lessons/l2`, `${SITE}/lessons/l2?via=qr`, storage); // in another language
  noteLesson(`${SITE}/lessons/l2/stats`, `${SITE}/search`, storage); // no page of a lesson
  assert.equal(clip(`${SITE}/lessons/l2`), 'qr');
  assert.equal(clip(`${SITE}/lessons/l1`), 'link'); // only the last one is kept
});
