import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BeatSender } from '../../src/shared/beats.js';

class Storage {
  values = new Map();
  getItem(key) { return this.values.get(key) ?? null; }
  setItem(key, value) { this.values.set(key, value); }
}

/** A server that can be away, or refuse. */
class Server {
  got = [];
  beacons = [];
  failure = null;

  post = async (url, beat) => {
    if (this.failure !== null) throw Object.assign(new Error('no'), { status: this.failure });
    this.got.push([url, beat.seq]);
    return { counted: true, views: this.got.length };
  };

  beacon = (url, beat) => this.beacons.push([url, beat.seq]) > 0;
}

function sender(server, storage, counted = []) {
  return new BeatSender({
    post: server.post, beacon: server.beacon, storage, onCounted: (play, answer) => counted.push([play, answer.views]),
  });
}

const beat = (seq) => ({ seq, at_s: 10 * seq, rate: 1, ranges: [[10 * seq - 10, 10 * seq]] });

test('a beat is sent once and its answer is passed on', async () => {
  const [server, storage, counted] = [new Server(), new Storage(), []];
  const beats = sender(server, storage, counted);
  await beats.add('p1', beat(1));
  await beats.flush();
  assert.deepEqual(server.got, [['/api/v1/plays/p1/beats', 1]]);
  assert.deepEqual(counted, [['p1', 1]]);
});

test('without a network beats wait, in their order', async () => {
  const [server, storage] = [new Server(), new Storage()];
  const beats = sender(server, storage);
  server.failure = 0;
  await beats.add('p1', beat(1));
  await beats.add('p1', beat(2));
  assert.deepEqual(server.got, []);
  server.failure = null;
  await beats.flush();
  assert.deepEqual(server.got.map(([, seq]) => seq), [1, 2]);
});

test('beats outlive the page', async () => {
  const [server, storage] = [new Server(), new Storage()];
  server.failure = 503;
  await sender(server, storage).add('p1', beat(1));
  server.failure = null;
  await sender(server, storage).flush();
  assert.deepEqual(server.got, [['/api/v1/plays/p1/beats', 1]]);
});

test('leaving hands over what waits and keeps it until it is answered', async () => {
  const [server, storage] = [new Server(), new Storage()];
  const beats = sender(server, storage);
  server.failure = 0;
  await beats.add('p1', beat(1));
  beats.leave();
  assert.deepEqual(server.beacons, [['/api/v1/plays/p1/beats', 1]]);
  server.failure = null;
  await beats.flush();
  assert.equal(server.got.length, 1);
});

test('a beat that will never be taken does not block the others', async () => {
  const [server, storage] = [new Server(), new Storage()];
  const beats = sender(server, storage);
  server.failure = 404;
  await beats.add('gone', beat(1));
  server.failure = null;
  await beats.add('p2', beat(1));
  assert.deepEqual(server.got, [['/api/v1/plays/p2/beats', 1]]);
});

test('forbidden storage means memory, not silence', async () => {
  const server = new Server();
  const closed = { getItem() { throw new Error('no'); }, setItem() { throw new Error('no'); } };
  await sender(server, closed).add('p1', beat(1));
  assert.equal(server.got.length, 1);
});

test('two beats at once are not sent twice', async () => {
  const [server, storage] = [new Server(), new Storage()];
  const beats = sender(server, storage);
  await Promise.all([beats.add('p1', beat(1)), beats.add('p1', beat(2)), beats.flush()]);
  await beats.flush();
  assert.deepEqual(server.got.map(([, seq]) => seq), [1, 2]);
});
