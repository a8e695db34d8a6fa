import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePlaylist } from '../../../src/watching/player/warm.js';

test('a playlist says which segment has a second of the clip', () => {
  const text = '#EXTM3U\n#EXT-X-MAP:URI="init.mp4"\n#EXTINF:6.000000,\n00001.m4s\n#EXTINF:2.5,\n00002.m4s\n#EXT-X-ENDLIST\n';
  const base = 'https://party.example/media/k/s/1/everyone/c/p/360p/index.m3u8';
  const { head, segments } = parsePlaylist(text, base);
  assert.equal(head, base.replace('index.m3u8', 'init.mp4'));
  assert.deepEqual(segments.map(({ from, to, url }) => [from, to, url.split('/').pop()]), [[0, 6, '00001.m4s'], [6, 8.5, '00002.m4s']]);
});
