// What a device remembers is offered to an account only as far as it makes sense.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { goingOn } from '../../src/shared/places.js';
import { offered } from '../../src/marks/taking.js';

const good = { clip: '06h34wwmvt6wfny4', lesson: 'l1', title: '枫桥经验', n: 1, at: 192.4, of: 600, ms: Date.now() - 1000 };

function kept(value) {
  return { getItem: () => (typeof value === 'string' ? value : JSON.stringify(value)) };
}

test('nonsense in the storage is offered to nobody', () => {
  const broken = [null, 3, 'x', [], { clip: 1 }, { ...good, lesson: 'l2', clip: '../../admin' }, { ...good, lesson: 'l3', at: 'x' },
    { ...good, lesson: 'l4', at: -1 }, { ...good, lesson: 'l5', at: 1e99 }, { ...good, lesson: 'l6', ms: '1' }, { ...good, lesson: null }];
  for (const one of broken) assert.deepEqual(offered(goingOn(kept([one])), 0), [], JSON.stringify(one));
  for (const text of ['', '{', '{}', 'null', '12', '"x"']) assert.deepEqual(offered(goingOn(kept(text)), 0), [], text);
  assert.equal(offered(goingOn(kept([...broken, good])), 0).length, 1);
});

test('what was declined is not offered again, and never more than an account takes', () => {
  assert.deepEqual(offered(goingOn(kept([good])), good.ms), []);
  const many = Array.from({ length: 90 }, (_, n) => ({ ...good, lesson: `l${n}`, clip: `c${n}` }));
  assert.equal(offered(goingOn(kept(many)), 0).length, 50);
});
