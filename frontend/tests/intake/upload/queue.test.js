import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Queue } from '../../../src/intake/upload/queue.js';

test('two at a time, the others in their turn', async () => {
  const queue = new Queue(2);
  const order = [];
  const [first] = await Promise.all([queue.take(), queue.take()]);
  const third = queue.take().then((leave) => { order.push('third'); return leave; });
  const fourth = queue.take().then(() => order.push('fourth'));
  await new Promise((resolve) => setTimeout(resolve));
  assert.deepEqual(order, []);
  first();
  first(); // giving back twice must not open a second place
  const leave = await third;
  assert.deepEqual(order, ['third']);
  leave();
  await fourth;
});
