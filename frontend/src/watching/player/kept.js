// What somebody has chosen about playing, remembered on this device; where storage is forbidden, on this page.
import { storage } from '../../shared/storage.js';

/** Remember `value` under `key`, or tell what is remembered; null where nothing is. */
export function remembered(key, value) {
  const kept = storage();
  try {
    if (value !== undefined) kept.setItem(`weike.${key}`, value);
  } catch {
    // full: what was there before stays
  }
  return kept.getItem(`weike.${key}`);
}
