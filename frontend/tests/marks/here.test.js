import assert from 'node:assert/strict';
import test from 'node:test';

import { mark } from '../../src/marks/here.js';

const place = (at, of = 600) => ({ clip: `c${at}`, lesson: 'l', at, of });

test('a card says how far a device knows that somebody came, and 看完 when each of its clips came to its end', () => {
  assert.equal(mark([], 3, 1500), null);
  assert.equal(mark([place(0)], 3, 1500), null, 'the next clip, which was not begun');
  assert.deepEqual(mark([place(150)], 3, 1500), { far: 10 });
  assert.deepEqual(mark([place(600), place(300)], 3, 1500), { far: 60 });
  assert.deepEqual(mark([place(590), place(600), place(300, 300)], 3, 1500), { seen: true });
  assert.deepEqual(mark([place(600), place(599)], 3, 1203), { far: 99 }, 'never all while a clip is left');
});
