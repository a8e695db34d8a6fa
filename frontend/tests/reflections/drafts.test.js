import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LocalDraft, verdict } from '../../src/reflections/writing/drafts.js';

class Storage {
  constructor() {
    this.kept = new Map();
  }

  getItem(name) {
    return this.kept.get(name) ?? null;
  }

  setItem(name, value) {
    this.kept.set(name, value);
  }

  removeItem(name) {
    this.kept.delete(name);
  }
}

const KEY = 'p1:lesson1::';

test('what the server never got is found again on a page that is new, and goes on under its id', () => {
  const storage = new Storage();
  const first = new LocalDraft(storage, { id: 'a', saved: false, key: KEY });
  assert.equal(first.found(), null);
  assert.equal(first.keep({ title: '', text: '写了一半', version: 0, quotes: [] }), true);
  const again = new LocalDraft(storage, { id: 'b', saved: false, key: KEY });
  assert.equal(again.found().id, 'a');
  assert.equal(new LocalDraft(storage, { id: 'b', saved: false, key: 'p2:lesson1::' }).found(), null, 'another person');
  assert.equal(new LocalDraft(storage, { id: 'c', saved: true, key: KEY }).found(), null, 'another reflection');
  assert.equal(new LocalDraft(storage, { id: 'a', saved: true, key: KEY }).found().text, '写了一半');
  first.forget();
  assert.equal(storage.kept.size, 0);
});

test('a phone without storage keeps nothing and breaks nothing', () => {
  const none = new LocalDraft(null, { id: 'a', saved: true, key: KEY });
  assert.equal(none.keep({ text: '一' }), false);
  assert.equal(none.found(), null);
  none.forget();
  const storage = new Storage();
  storage.setItem('weike.reflection.p1:a', '{"text":5}');
  assert.equal(new LocalDraft(storage, { id: 'a', saved: true, key: KEY }).found(), null);
});

test('nobody loses a version: the same, restored, or asked about', () => {
  const server = { title: '', text: '二', version: 3 };
  assert.equal(verdict(null, server), 'nothing');
  assert.equal(verdict({ title: '', text: '二', version: 1 }, server), 'nothing');
  assert.equal(verdict({ title: '', text: '三', version: 3 }, server), 'restore');
  assert.equal(verdict({ title: '', text: '三', version: 2 }, server), 'ask');
  assert.equal(verdict({ title: '', text: '三', version: 0 }, { title: '', text: '', version: 0 }), 'restore');
});
