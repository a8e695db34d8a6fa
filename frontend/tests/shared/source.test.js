import assert from 'node:assert/strict';
import test from 'node:test';

import { attach, settings } from '../../src/shared/source.js';

/** What the HTML standard says of a media element that is given a source while it looks for one. */
class Video extends EventTarget {
  paused = true;
  #src = '';

  get src() {
    return this.#src;
  }

  set src(address) {
    this.#src = address;
    this.paused = true; // https://html.spec.whatwg.org/#media-element-load-algorithm, step 6.6
  }

  async play() {
    this.paused = false;
  }
}

globalThis.window ??= {}; // no Media Source: the browser plays HLS itself

test('play, pressed a moment before the source came, was forgotten', async () => {
  const video = new Video();
  video.play();
  await attach(video, '/media/master.m3u8', 0, assert.fail);
  assert.equal(video.src, '/media/master.m3u8');
  assert.equal(video.paused, false);
});

test('a clip that nobody has started does not start by itself', async () => {
  const video = new Video();
  await attach(video, '/media/master.m3u8', 0, assert.fail);
  assert.equal(video.paused, true);
});

test('hls.js was told only the least to keep, and kept ten minutes', () => {
  for (const [sparing, ahead] of [[false, 30], [true, 10]]) {
    const told = settings(sparing, 500_000);
    assert.equal(told.autoStartLoad, false);
    assert.deepEqual([told.maxBufferLength, told.maxMaxBufferLength, told.maxBufferSize], [ahead, ahead, 0]);
  }
});

test('slides weigh so little that a line nobody knew was given the large picture first', () => {
  assert.equal(settings(false, 500_000).startLevel, 0);
  assert.equal(settings(false, 3_000_000).startLevel, -1, 'what the clip before has told counts');
});

test('on an iPhone the network coming back threw the clip to its beginning and stopped it', async () => {
  const video = new Video();
  let loads = 0;
  video.load = () => {
    loads += 1;
    video.currentTime = 0;
    video.paused = true;
  };
  const source = await attach(video, '/media/master.m3u8', 5, assert.fail);
  video.currentTime = 42;
  await video.play();
  source.recover();
  assert.deepEqual([loads, video.currentTime], [0, 42], 'nothing was wrong');
  video.error = { code: 2 };
  source.recover();
  video.dispatchEvent(new Event('loadedmetadata'));
  assert.deepEqual([loads, video.currentTime, video.paused], [1, 42, false]);
});
