import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Telling } from '../../../src/screening/bigscreen/telling.js';

function storage() {
  const kept = new Map();
  return { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value) };
}

test('what the server did not get waits over a reload, and comes in its order', async () => {
  const kept = storage();
  const got = [];
  const away = new Telling({ post: async () => { throw Object.assign(new Error('x'), { status: 0 }); }, storage: kept });
  await away.add('/1', { runs: [1] });
  await away.add('/2', { runs: [2] });
  const back = new Telling({ post: async (url) => got.push(url), storage: kept });
  await back.flush();
  assert.deepEqual(got, ['/1', '/2']);
  await back.flush();
  assert.equal(got.length, 2);
});

test('what is refused for good holds nothing up; who is signed out keeps it', async () => {
  const kept = storage();
  const answers = { '/gone': 404, '/out': 401 };
  const asked = [];
  const telling = new Telling({
    post: async (url) => {
      asked.push(url);
      if (answers[url]) throw Object.assign(new Error('x'), { status: answers[url] });
    },
    storage: kept,
  });
  await telling.add('/gone', {});
  await telling.add('/out', {});
  await telling.add('/fine', {});
  assert.deepEqual(asked, ['/gone', '/out', '/out']);
  delete answers['/out'];
  await telling.flush();
  assert.deepEqual(asked.slice(3), ['/out', '/fine']);
});
