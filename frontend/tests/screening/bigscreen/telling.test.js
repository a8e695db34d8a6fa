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

test('an hour without a network is told in a few requests, and one that is wrong takes no other with it', async () => {
  const kept = storage();
  const away = new Telling({ post: async () => { throw Object.assign(new Error('x'), { status: 0 }); }, storage: kept });
  for (let n = 0; n < 720; n += 1) await away.add('/1', { runs: [n] });
  await away.add('/2', { runs: ['other'] });
  const got = [];
  let asked = 0;
  const back = new Telling({
    post: async (url, { runs }) => {
      asked += 1;
      if (runs.includes(300)) throw Object.assign(new Error('x'), { status: 422 });
      got.push(...runs);
    },
    storage: kept,
  });
  await back.flush();
  const fine = Array.from({ length: 720 }, (_, n) => n).filter((n) => n !== 300);
  assert.deepEqual(got, [...fine, 'other']);
  assert.equal(asked, 5 + 200);
});

test('what does not fit any more is said', async () => {
  const lost = [];
  const telling = new Telling({
    post: async () => { throw Object.assign(new Error('x'), { status: 0 }); },
    storage: { getItem: () => JSON.stringify(Array.from({ length: 4000 }, (_, n) => ({ url: '/1', body: { runs: [n] } }))), setItem() {} },
    onLost: () => lost.push(1),
  });
  await telling.add('/1', { runs: ['new'] });
  assert.equal(lost.length, 1);
});
