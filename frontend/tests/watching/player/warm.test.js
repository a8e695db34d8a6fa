import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePlaylist, WarmStart } from '../../../src/watching/player/warm.js';

const TEXT = '#EXTM3U\n#EXT-X-MAP:URI="init.mp4"\n#EXTINF:6.000000,\n00001.m4s\n#EXTINF:2.5,\n00002.m4s\n#EXT-X-ENDLIST\n';
const BASE = 'https://party.example/media/k/s/1/everyone/c/p/360p/';
const START = { playlist: `${BASE}index.m3u8`, head: `${BASE}init.mp4`, segment: `${BASE}00001.m4s` };

/** A start whose playlist is on its way until `arrive` is called; `asked` are the names of what was asked for. */
function started() {
  const asked = [];
  let arrive;
  const text = new Promise((resolve) => { arrive = () => resolve(TEXT); });
  const get = async (url) => {
    asked.push(url.split('/').pop());
    return { ok: true, url, text: () => text };
  };
  return { asked, arrive, warm: new WarmStart(`${BASE}../master.m3u8`, START, get) };
}

test('a playlist says which segment has a second of the clip', () => {
  const { segments } = parsePlaylist(TEXT, START.playlist);
  assert.deepEqual(segments.map(({ from, to, url }) => [from, to, url.split('/').pop()]), [[0, 6, '00001.m4s'], [6, 8.5, '00002.m4s']]);
});

test('before the tap nothing is asked for that shows or sounds', async () => {
  const { asked, arrive, warm } = started();
  arrive();
  await warm.prepare();
  await warm.prepare();
  assert.deepEqual(asked, ['master.m3u8', 'init.mp4', 'index.m3u8']);
});

test('the first segment waited for the playlist, a whole way there and back', async () => {
  const { asked, warm } = started();
  await warm.begin(0);
  assert.deepEqual(asked, ['master.m3u8', 'init.mp4', 'index.m3u8', '00001.m4s']);
});

test('where somebody begins later the playlist says which segment it is', async () => {
  const { asked, arrive, warm } = started();
  arrive();
  await warm.begin(7);
  assert.equal(asked.at(-1), '00002.m4s');
});

test('where nobody knows how it begins nothing is asked for', async () => {
  await new WarmStart('master.m3u8', null, assert.fail).begin(0);
});
