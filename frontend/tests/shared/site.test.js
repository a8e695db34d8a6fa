import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, inside } from '../../src/shared/site.js';

function under(prefix, check) {
  globalThis.document = { querySelector: () => ({ content: prefix }) };
  try {
    check();
  } finally {
    delete globalThis.document;
  }
}

test('paths get the prefix of a site under a path, and lose it', () => {
  under('/weike', () => {
    assert.equal(at('/lessons'), '/weike/lessons');
    assert.equal(inside('/weike/lessons'), '/lessons');
    assert.equal(inside('/weike'), '/');
    assert.equal(inside('/weike/'), '/');
    assert.equal(inside('/weikes/lessons'), '/weikes/lessons');
  });
});

test('a site that has its host alone keeps them', () => {
  for (const path of ['/', '/lessons', '/search']) {
    under('', () => assert.equal(inside(at(path)), path));
    assert.equal(inside(at(path)), path); // no page around it
  }
});
