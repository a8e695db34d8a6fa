const memory = new Map();
const forgetful = {
  getItem: (key) => memory.get(key) ?? null,
  setItem: (key, value) => memory.set(key, String(value)),
  removeItem: (key) => memory.delete(key),
};

/** The browser's storage; where it is forbidden, one that lasts as long as the page. */
export function storage() {
  try {
    return window.localStorage ?? forgetful;
  } catch {
    return forgetful;
  }
}
