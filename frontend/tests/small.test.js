import assert from 'node:assert/strict';
import { test } from 'node:test';
import { duration, size } from '../src/lib/format.js';
import { t, tn } from '../src/lib/sentences.js';
import { cueAt } from '../src/player/cues.js';
import { dayOf, refusal, titleFrom, topicsFrom } from '../src/upload/accept.js';
import { Queue } from '../src/upload/queue.js';
import { Rate } from '../src/upload/rate.js';

test('the cue that is being said', () => {
  const starts = [0.5, 4, 9];
  assert.deepEqual([0, 0.5, 3.9, 3.96, 4, 100].map((at) => cueAt(starts, at)), [-1, 0, 0, 1, 1, 2]);
  assert.equal(cueAt([], 3), -1);
});

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

test('two at a time, the others in their turn', async () => {
  const queue = new Queue(2);
  const order = [];
  const [first] = await Promise.all([queue.take(), queue.take()]);
  const third = queue.take().then((leave) => { order.push('third'); return leave; });
  const fourth = queue.take().then(() => order.push('fourth'));
  await new Promise((resolve) => setTimeout(resolve));
  assert.deepEqual(order, []);
  first();
  first(); // giving back twice must not open a second place
  const leave = await third;
  assert.deepEqual(order, ['third']);
  leave();
  await fourth;
});

test('sentences and figures', () => {
  assert.equal(t('每秒 %(speed)s', { speed: '2 MB' }), '每秒 2 MB');
  assert.equal(t('没有 %(other)s', {}), '没有 %(other)s');
  assert.equal(tn('%(num)s 次观看', '%(num)s 次观看', 2, { num: '2' }), '2 次观看');
  assert.deepEqual([8, 60, 75, 600, 3600, 3900].map(duration), [
    '8 秒', '1 分钟', '1 分 15 秒', '10 分钟', '1 小时', '1 小时 5 分钟',
  ]);
  assert.deepEqual([17, 2048, 5 * 1024 ** 2, 700 * 1024 ** 2, 1.5 * 1024 ** 3].map(size), [
    '17 B', '2 KB', '5.0 MB', '700 MB', '1.5 GB',
  ]);
});
