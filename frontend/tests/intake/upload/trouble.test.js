import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CHUNK_BYTES, judge, RETRY_MS, SMALL_CHUNK_BYTES } from '../../../src/intake/upload/trouble.js';

const FACTS = { ours: false, sendsChunk: true, attempt: 1, advanced: false, reached: true, overrides: false, chunkBytes: CHUNK_BYTES };
const found = (facts) => {
  const { act, why } = judge({ ...FACTS, ...facts });
  return why ? `${act} ${why}` : act;
};

test('what something on the way refuses is sent another way before anybody is told', () => {
  for (const [facts, expected] of [
    [{ status: 405 }, 'override'],
    [{ status: 501 }, 'override'],
    [{ status: 403 }, 'override'], // a firewall that knows no PATCH
    [{ status: 405, overrides: true }, 'stop method'],
    [{ status: 403, overrides: true }, 'stop firewall'],
    [{ status: 403, sendsChunk: false }, 'stop firewall'],
    [{ status: 405, sendsChunk: false }, 'stop method'],
    [{ status: 413 }, 'smaller'],
    [{ status: 413, chunkBytes: SMALL_CHUNK_BYTES }, 'stop size'],
    [{ status: 201, sendsChunk: false }, 'stop stripped'],
    [{ status: 204 }, 'stop stripped'],
    [{ status: 502 }, 'again gateway'],
  ]) assert.equal(found(facts), expected, JSON.stringify(facts));
});

test('what our server says is said, and tried again only where that can help', () => {
  for (const [status, expected] of [[403, 'stop said'], [422, 'stop said'], [413, 'stop said'], [507, 'stop said'], [503, 'again said'], [409, 'again']]) {
    assert.equal(found({ status, ours: true }), expected);
  }
  assert.equal(found({ status: 503, ours: true, attempt: RETRY_MS.length + 1 }), 'stop said');
});

test('a line that is cut each time is found out at the fourth, within seconds', () => {
  const way = [];
  const now = { status: 0 };
  for (let attempt = 1, after = 0; attempt < 9; attempt += 1) {
    const { act, why } = judge({ ...FACTS, ...now, attempt });
    way.push(act);
    if (act === 'smaller') now.chunkBytes = SMALL_CHUNK_BYTES;
    if (act === 'override') now.overrides = true;
    if (act === 'again') after += RETRY_MS[attempt - 1];
    assert.ok(after <= 5000);
    if (act === 'stop') {
      assert.equal(why, 'cut');
      break;
    }
  }
  assert.deepEqual(way, ['again', 'smaller', 'override', 'stop']);
});

test('a server that is away, and a line that breaks after something arrived, are waited for', () => {
  assert.equal(found({ status: 0, reached: false, attempt: 7 }), 'again away');
  assert.equal(found({ status: 0, advanced: true, attempt: 7 }), 'again broken');
  assert.equal(found({ status: 0, reached: false, attempt: RETRY_MS.length + 1 }), 'stop away');
});
