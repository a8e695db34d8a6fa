import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dayOf, otherKind, refusal, titleFrom, topicsFrom } from '../../../src/intake/upload/accept.js';

const limits = { maxBytes: 1000, leftBytes: 500 };
const file = (name, bytes, type = '') => ({ name, size: bytes, type });

test('files are refused for what they are, and only then', () => {
  assert.equal(refusal(file('党课.MP4', 400), limits), null);
  assert.equal(refusal(file('MOV001.TOD', 400), limits), null, 'no name is a reason');
  assert.equal(refusal(file('a.mp4', 0), limits).code, 'empty');
  assert.equal(refusal(file('a.mp4', 1001), limits).code, 'size');
  assert.equal(refusal(file('a.mp4', 600), limits).code, 'quota');
  assert.equal(refusal(file('a.mp4', 600), { ...limits, leftBytes: null }), null);
});

test('what is surely no recording is known by its first bytes, whatever its name', async () => {
  const kind = (name, ...bytes) => otherKind(new File([new Uint8Array(bytes)], name));
  assert.equal(await kind('党课.docx', 0x50, 0x4b, 3, 4, 20, 0), 'document');
  assert.equal(await kind('党课.mp4', 0x50, 0x4b, 3, 4, 20, 0), 'archive');
  assert.equal(await kind('党课.mp4', 0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1), 'document');
  assert.equal(await kind('讲课.docx', 0, 0, 0, 0x20, 0x66, 0x74, 0x79, 0x70), null, 'a recording with a wrong name');
  assert.equal(await kind('MOV001.MOD', 0, 0, 1, 0xba), null);
  assert.equal(await kind('a', 1), null);
});

test('titles, topics and days from what is at hand', () => {
  assert.equal(titleFrom('入党_誓词.的由来.mp4'), '入党 誓词.的由来');
  assert.equal(titleFrom('.mp4'), '.mp4');
  assert.equal(titleFrom('x'.repeat(300)).length, 200);
  assert.deepEqual(topicsFrom('党史、乡村振兴, 党史；作风 建设\n'), ['党史', '乡村振兴', '作风 建设']);
  assert.equal(dayOf(new Date(2026, 2, 5, 23, 59).getTime()), '2026-03-05');
});
