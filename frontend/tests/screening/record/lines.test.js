import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changed, newId } from '../../../src/screening/record/lines.js';

test('spaces at the ends are no change, and ids are what the server takes', () => {
  const known = { speaker: '书记', text: '讲了' };
  assert.equal(changed(known, ' 书记', '讲了 '), false);
  assert.equal(changed(known, '书记', '讲了四点'), true);
  assert.match(newId(), /^[0-9a-z-]{8,36}$/);
  assert.notEqual(newId(), newId());
});
