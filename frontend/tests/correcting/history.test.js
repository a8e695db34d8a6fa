import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { keepHistory, takeHistory } from '../../src/correcting/words/history.js';
import { lineOf, write } from '../../src/correcting/words/lines.js';
import { Edits } from '../../src/shared/edits.js';

const server = (text) => [lineOf({ start_s: 0, end_s: 4, text, doubtful: [], source: 'human' })];
const said = (lines) => lines.map((line) => line.text).join();

beforeEach(() => {
  const kept = new Map();
  globalThis.sessionStorage = {
    setItem: (name, value) => kept.set(name, value),
    getItem: (name) => kept.get(name) ?? null,
    removeItem: (name) => kept.delete(name),
  };
});

function corrected() {
  const edits = new Edits(server('供产党'));
  edits.push(write(edits.now, 0, '共产党'));
  return edits;
}

test('an older transcript that was put back is what the page shows, and not what was typed before', () => {
  keepHistory('l', corrected(), 'typed');
  const { edits, known } = takeHistory('l', server('供产党'), 'restored');
  assert.equal(said(edits.now), '供产党');
  assert.equal(said(known), '供产党');
  assert.ok(edits.undo(), 'what stood there before can be had again');
  assert.equal(said(edits.now), '共产党');
});

test('what was typed and not saved is still there when the server has the lines it was typed on', () => {
  keepHistory('l', corrected(), 'old');
  const { edits, known } = takeHistory('l', server('供产党'), 'old');
  assert.equal(said(edits.now), '共产党');
  assert.equal(said(known), '供产党');
});

test('a reload that was faster than the answer keeps what can be undone', () => {
  keepHistory('l', corrected(), 'old');
  const { edits } = takeHistory('l', server('共产党'), 'saved');
  assert.equal(said(edits.now), '共产党');
  assert.ok(edits.undo());
  assert.equal(said(edits.now), '供产党');
});

test('lines that were never here come without a history', () => {
  keepHistory('l', corrected(), 'old');
  const { edits } = takeHistory('l', server('别的'), 'other');
  assert.equal(said(edits.now), '别的');
  assert.equal(edits.undo(), false);
});
