import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseStrip, tileAt } from '../../../src/watching/player/strip.js';

const TEXT = `WEBVTT

00:00:00.000 --> 00:00:05.500
00001.jpg#xywh=0,0,160,90

00:00:05.500 --> 00:01:11.000
00001.jpg#xywh=160,0,160,90

00:01:11.000 --> 00:01:12.000
words that are no picture
`;

test('a strip says which picture is where', () => {
  const tiles = parseStrip(TEXT, 'http://x/media/sig/plan/strip/index.vtt');
  assert.equal(tiles.length, 2);
  assert.deepEqual(tiles[1], {
    from: 5.5, to: 71, url: 'http://x/media/sig/plan/strip/00001.jpg', x: 160, y: 0, width: 160, height: 90,
  });
  assert.deepEqual(parseStrip(TEXT.replaceAll('\n', '\r\n'), 'http://x/y').length, 2);
  assert.deepEqual(parseStrip('<html>', 'http://x/y'), []);
});

test('the picture of a moment, and at the ends the nearest', () => {
  const tiles = parseStrip(TEXT, 'http://x/y');
  assert.deepEqual([0, 5.4, 5.5, 70, 999].map((at) => tiles.indexOf(tileAt(tiles, at))), [0, 0, 1, 1, 1]);
  assert.equal(tileAt([], 3), null);
});
