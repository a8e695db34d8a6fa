import assert from 'node:assert/strict';
import { test } from 'node:test';
import { meaning } from '../../../src/watching/player/keys.js';
import { AUTO, playlistOf, rungFor } from '../../../src/watching/player/quality.js';
import { sideOf } from '../../../src/watching/player/touch.js';

const RUNGS = ['1080p', '720p', '360p', 'audio'].map((name) => ({ name, bytes: 1 }));

test('a quality that a clip has not is the nearest below, and never only sound', () => {
  assert.equal(rungFor(RUNGS, '720p', 'off'), '720p');
  assert.equal(rungFor(RUNGS, '480p', 'off'), '360p');
  assert.equal(rungFor(RUNGS, '240p', 'off'), '360p');
  assert.equal(rungFor(RUNGS, null, 'off'), AUTO);
  assert.equal(rungFor([], '720p', 'small'), AUTO);
});

test('who saves data gets the smallest picture or the sound, whatever was chosen before', () => {
  assert.equal(rungFor(RUNGS, '1080p', 'small'), '360p');
  assert.equal(rungFor(RUNGS, '1080p', 'sound'), 'audio');
  assert.equal(rungFor(RUNGS.slice(0, 3), '1080p', 'sound'), '360p', 'there is no sound alone');
});

test('a rendition lies beside the master playlist', () => {
  assert.equal(playlistOf('/media/k/c/p/master.m3u8', 'audio'), '/media/k/c/p/audio/index.m3u8');
  assert.equal(playlistOf('/media/k/c/p/master.m3u8', AUTO), '/media/k/c/p/master.m3u8');
});

test('letters can be turned off, arrows and space stay', () => {
  assert.deepEqual(meaning('J'), ['leap', -10]);
  assert.deepEqual(meaning('7'), ['part', 0.7]);
  assert.deepEqual(meaning('?'), ['help']);
  assert.equal(meaning('Tab'), null);
  assert.equal(meaning('m', false), null);
  assert.deepEqual(meaning(' ', false), ['toggle']);
});

test('two taps in the middle are for the big screen', () => {
  assert.deepEqual([10, 50, 90].map((x) => sideOf(x, 100)), [-1, 0, 1]);
});
