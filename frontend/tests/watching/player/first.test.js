import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codecOf, parsePlaylist } from '../../../src/watching/player/first.js';

const TEXT = '#EXTM3U\n#EXT-X-MAP:URI="init.mp4"\n#EXTINF:6.000000,\n00001.m4s\n#EXTINF:2.5,\n00002.m4s\n#EXT-X-ENDLIST\n';
const BASE = 'https://party.example/media/k/s/1/everyone/c/p/360p/index.m3u8';
const bytes = (...parts) => new Uint8Array(parts.flatMap((part) => (typeof part === 'string' ? [...Buffer.from(part)] : part)));

test('a playlist says which segment has a second of the clip', () => {
  const { segments } = parsePlaylist(TEXT, BASE);
  assert.deepEqual(segments.map(({ from, to, url }) => [from, to, url.split('/').pop()]), [[0, 6, '00001.m4s'], [6, 8.5, '00002.m4s']]);
});

test('a head says what a browser must be able to play', () => {
  const picture = [1, 0x64, 0x00, 0x1e, 0xff, 0, 0, 0, 0, 0, 0, 0];
  assert.deepEqual(codecOf(bytes('....avcC', picture, 'mp4a', [0, 0, 0, 0, 0, 0, 0, 0])), {
    kind: 'audiovideo', container: 'video/mp4', codec: 'avc1.64001e,mp4a.40.2',
  });
  assert.equal(codecOf(bytes('....avcC', picture)).kind, 'video');
  assert.deepEqual(codecOf(bytes('....mp4a', picture)), { kind: 'audio', container: 'audio/mp4', codec: 'mp4a.40.2' });
  assert.equal(codecOf(bytes('....hvcC', picture)), null, 'the engine knows more codecs');
});
