// What somebody has chosen about playing, remembered on this device.

/** Remember `value` under `key`, or tell what is remembered; null where nothing is, or storage is forbidden. */
export function remembered(key, value) {
  try {
    if (value !== undefined) localStorage.setItem(`weike.${key}`, value);
    return localStorage.getItem(`weike.${key}`);
  } catch {
    return null;
  }
}
