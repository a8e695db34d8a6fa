import assert from 'node:assert/strict';
import { test } from 'node:test';
import { playsFor } from '../../../src/shared/listen.js';
import { bytesOf, columnsOf, ticksOf, tilesFor, View } from '../../../src/intake/editor/view.js';

test('time and place are two ways to say the same', () => {
  const view = new View(1000, 100, 300, 400);
  assert.equal(view.xAt(200), 200);
  assert.equal(view.timeAt(200), 200);
  assert.equal(view.timeAt(view.xAt(133.7)), 133.7);
  assert.deepEqual([99, 100, 300, 301].map((at) => view.shows(at)), [false, true, true, false]);
});

test('a view stays inside the lecture', () => {
  const view = new View(1000, 100, 300, 400);
  assert.deepEqual([view.moved(-50).from, view.moved(950).to], [0, 1000]);
  assert.deepEqual([view.around(5).from, view.around(500).from], [0, 400]);
  const near = view.zoomed(20, 150);
  assert.equal(near.length, 20);
  assert.equal(near.xAt(150), view.xAt(150), 'what is looked at stays where it is');
  assert.deepEqual([view.zoomed(5000).from, view.zoomed(5000).to], [0, 1000]);
});

test('the wave shows pauses from afar and moments from near', () => {
  const levels = Uint8Array.from([0, 10, 0, 200, 0, 0, 50, 0]);
  assert.deepEqual([...columnsOf(levels, 0.1, new View(0.8), 4)], [5, 100, 0, 25]);
  assert.deepEqual([...columnsOf(levels, 0.1, new View(0.8, 0.2, 0.4), 4)], [0, 0, 200, 200], 'closer than its steps');
  assert.deepEqual([...columnsOf(new Uint8Array(0), 0.1, new View(10), 2)], [0, 0]);
  assert.deepEqual([...bytesOf('AP+A')], [0, 255, 128]);
});

test('pictures are those of the moments they stand at', () => {
  const board = { tile_width: 160, tile_height: 90, columns: 2, rows: 2, times_s: [0, 10, 20, 30, 40, 50] };
  const tiles = tilesFor(board, new View(60, 0, 60, 320), 45);
  assert.deepEqual(tiles.map(({ x, width, sheet, left, top }) => [x, width, sheet, left, top]), [
    [0, 80, 0, 160, 0], // 7.5 s: the one at 10
    [80, 80, 0, 0, 90],
    [160, 80, 1, 0, 0], // 37.5 s: the fifth, on the next sheet
    [240, 80, 1, 160, 0],
  ]);
  assert.deepEqual(tilesFor({ ...board, times_s: [] }, new View(60), 45), []);
});

test('a ruler has round moments, with room between them', () => {
  assert.deepEqual(ticksOf(new View(600, 0, 600, 300), 60), [0, 120, 240, 360, 480, 600]);
  assert.deepEqual(ticksOf(new View(600, 101, 104, 300), 60), [101, 102, 103, 104]);
});

test('listening around a cut takes in the clips on both sides, as far as they play', () => {
  const one = { id: 'a', start_s: 0, end_s: 500, master: '/a' };
  const two = { id: 'b', start_s: 500, end_s: 900, master: '/b' };
  const three = { id: 'c', start_s: 900, end_s: 1000, master: '/c' };
  const plays = (from, to, clips) => playsFor(clips, from, to).map((play) => [play.clip.id, play.from, play.to]);
  assert.deepEqual(plays(497, 503, [three, two, one]), [['a', 497, 500], ['b', 500, 503]]);
  assert.deepEqual(plays(100, 103, [one, two, three]), [['a', 100, 103]]);
  assert.deepEqual(plays(497, 503, [one, three]), [['a', 497, 500]]);
  assert.deepEqual(plays(600, 606, [one, three]), []);
  assert.deepEqual(plays(499.97, 500.5, [one, two]), [['b', 500, 500.5]], 'a blink is not worth a change of clips');
});
