// The worker that keeps pages for when the network is away. It is there where somebody has asked for it; a browser that
// has it asks the server for a newer one by itself, with every page that is opened.
import { at } from '../shared/site.js';

const KEY = 'weike.offline';

export function possible() {
  return 'serviceWorker' in navigator && 'caches' in window;
}

/** Whether pages are to be kept here. */
export function wanted() {
  try {
    return localStorage.getItem(KEY) === 'on';
  } catch {
    return false;
  }
}

export function want(on) {
  localStorage.setItem(KEY, on ? 'on' : 'off');
}

export async function begin() {
  await navigator.serviceWorker.register(at('/push-worker.js'), { scope: at('/') });
  await navigator.serviceWorker.ready;
}
