// Where somebody without an account stopped, on this device.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { forgetPlaces, goingOn, placeOf, places, remember, resumeAt } from '../../src/shared/places.js';
import { secondOf } from '../../src/marks/beside/lists.js';

function storage(kept = {}) {
  return {
    getItem: (key) => kept[key] ?? null,
    setItem: (key, value) => { kept[key] = value; },
    removeItem: (key) => { delete kept[key]; },
  };
}

const place = (clip, at, more = {}) => ({ clip, lesson: 'l1', title: '枫桥经验', n: 1, at, of: 600, ...more });

test('a clip goes on where it was left, and from the start at its beginning and its end', () => {
  assert.equal(resumeAt(4, 600), 0);
  assert.equal(resumeAt(192.4, 600), 192.4);
  assert.equal(resumeAt(590, 600), 0);
  assert.equal(resumeAt(39, 40), 0);
});

test('the newest place of a clip stands, three hundred are kept, and clearing leaves nothing', () => {
  const kept = storage();
  remember(place('c0', 20), kept);
  remember(place('c0', 30), kept);
  assert.equal(placeOf('c0', kept), 30);
  for (let n = 1; n <= 310; n += 1) remember(place(`c${n}`, 20, { lesson: `l${n}` }), kept);
  assert.equal(places(kept).length, 300);
  assert.equal(placeOf('c0', kept), 0);
  forgetPlaces(kept);
  assert.deepEqual(places(kept), []);
});

test('a lesson whose last clip was seen to its end does not go on', () => {
  const kept = storage();
  remember(place('c1', 300), kept);
  remember(place('c2', 600), kept);
  assert.deepEqual(goingOn(kept), []);
});

test('what is broken, or forbidden, in the storage is nothing', () => {
  assert.deepEqual(places(storage({ 'weike.places': '{' })), []);
  assert.deepEqual(places(storage({ 'weike.places': '[null, 3, {"clip": 1}]' })), []);
  const forbidden = { getItem: () => { throw new Error('SecurityError'); }, setItem: () => { throw new Error('SecurityError'); } };
  remember(place('c1', 20), forbidden);
  assert.equal(placeOf('c1', forbidden), 0);
});

test('a second is read as people type it', () => {
  assert.equal(secondOf('83'), 83);
  assert.equal(secondOf('1：23'), 83);
  assert.equal(secondOf('1:02:03'), 3723);
  for (const none of ['', 'x', '1:', '-3', '1:2:3:4']) assert.equal(secondOf(none), null, none);
});
