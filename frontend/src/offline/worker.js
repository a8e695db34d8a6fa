// The worker that keeps pages for when the network is away. It is there where somebody has asked for it, or for push; a
// browser that has it asks the server for a newer one by itself, with every page that is opened. It keeps pages only
// while a mark of this account says that they want it: a cache without content, because a worker reads no localStorage.
import { at } from '../shared/site.js';

const KEEP = 'weike-keep-'; // as server/slices/offline/worker.js

export function possible() {
  return 'serviceWorker' in navigator && 'caches' in window;
}

/** Whether pages of an account are to be kept here. */
export function wanted(account) {
  return caches.has(KEEP + account);
}

/** Say whether pages of an account are to be kept; what another one wanted is over. */
export async function want(account, on) {
  for (const name of await caches.keys()) if (name.startsWith(KEEP)) await caches.delete(name);
  if (on) await caches.open(KEEP + account);
}

export async function begin() {
  await navigator.serviceWorker.register(at('/push-worker.js'), { scope: at('/') });
  await navigator.serviceWorker.ready;
}
