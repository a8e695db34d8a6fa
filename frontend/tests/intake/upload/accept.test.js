import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dayOf, refusal, titleFrom, topicsFrom } from '../../../src/intake/upload/accept.js';

const limits = { maxBytes: 1000, leftBytes: 500, suffixes: ['.mp4', '.mp3'] };
const file = (name, bytes, type = '') => ({ name, size: bytes, type });

test('files are refused for what they are, and only then', () => {
  assert.equal(refusal(file('党课.MP4', 400), limits), null);
  assert.equal(refusal(file('clip.ts', 400, 'video/mp2t'), limits), null, 'the browser says it is a video');
  assert.deepEqual(refusal(file('a.docx', 10), limits), { code: 'type', found: '.docx' });
  assert.deepEqual(refusal(file('readme', 10), limits), { code: 'type', found: 'readme' });
  assert.equal(refusal(file('a.mp4', 0), limits).code, 'empty');
  assert.equal(refusal(file('a.mp4', 1001), limits).code, 'size');
  assert.equal(refusal(file('a.mp4', 600), limits).code, 'quota');
  assert.equal(refusal(file('a.mp4', 600), { ...limits, leftBytes: null }), null);
});

test('titles, topics and days from what is at hand', () => {
  assert.equal(titleFrom('入党_誓词.的由来.mp4'), '入党 誓词.的由来');
  assert.equal(titleFrom('.mp4'), '.mp4');
  assert.equal(titleFrom('x'.repeat(300)).length, 200);
  assert.deepEqual(topicsFrom('党史、乡村振兴, 党史；作风 建设\n'), ['党史', '乡村振兴', '作风 建设']);
  assert.equal(dayOf(new Date(2026, 2, 5, 23, 59).getTime()), '2026-03-05');
});
