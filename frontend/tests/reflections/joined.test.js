import assert from 'node:assert/strict';
import { test } from 'node:test';
import { joined } from '../../src/reflections/writing/drafts.js';

const markOf = (n) => `〔引${n}〕`;
const quote = (n, at_s) => ({ n, clip: 'c', at_s, text: `words at ${at_s}` });

test('a quote whose number is taken gets a free one, in its text too', () => {
  const both = joined(
    { text: '电脑〔引1〕', quotes: [quote(1, 10), quote(3, 30)] },
    { text: '手机〔引1〕和〔引2〕和〔引3〕', quotes: [quote(1, 50), quote(2, 10), quote(3, 60)] },
    markOf,
  );
  const [, second] = both.text.split('\n\n');
  const at = new Map(both.quotes.map((one) => [one.n, one.at_s]));
  assert.deepEqual([...second.matchAll(/〔引(\d+)〕/g)].map((mark) => at.get(Number(mark[1]))), [50, 10, 60]);
  assert.equal(at.get(1), 10);
  assert.equal(both.quotes.length, 4, 'the one that both have is one');
  assert.equal(new Set(both.quotes.map((one) => one.n)).size, 4);
});
