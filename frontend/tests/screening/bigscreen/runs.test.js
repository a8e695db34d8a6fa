import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ShownRuns } from '../../../src/screening/bigscreen/runs.js';

test('a stretch that is told in pieces is put together again without a gap', () => {
  const runs = new ShownRuns();
  for (const [at, clock] of [[0, 10], [0.25, 10.26], [0.5, 10.49]]) runs.advance('a', at, clock);
  assert.deepEqual(runs.take(), [{ clip: 'a', from: 0, to: 0.5, at: 10 }]);
  runs.advance('a', 0.75, 10.76);
  assert.deepEqual(runs.take(), [{ clip: 'a', from: 0.5, to: 0.75, at: 10.5 }]);
  assert.deepEqual(runs.take(), []);
});

test('a pause, a leap, another clip and a clock that went on begin another stretch', () => {
  const runs = new ShownRuns();
  runs.advance('a', 0, 0);
  runs.advance('a', 1, 1);
  runs.stop();
  runs.advance('a', 1, 600);
  runs.advance('a', 2, 601);
  runs.advance('a', 40, 602); // somebody moved on
  runs.advance('a', 41, 603);
  runs.advance('b', 0, 603);
  runs.advance('b', 1, 604);
  runs.advance('b', 2, 900); // the computer slept
  assert.deepEqual(runs.take(), [
    { clip: 'a', from: 0, to: 1, at: 0 },
    { clip: 'a', from: 1, to: 2, at: 600 },
    { clip: 'a', from: 40, to: 41, at: 602 },
    { clip: 'b', from: 0, to: 1, at: 603 },
  ]);
});
