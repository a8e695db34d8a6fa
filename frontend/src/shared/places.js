// Where somebody without an account stopped: on this device alone, and gone with one tap.

const KEY = 'weike.places';
const MOST = 50;
const KEPT_MS = 180 * 24 * 3600 * 1000;

/** This device's storage; null where it is forbidden, and even asking for it throws. */
function here() {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}

/** As library/marks/rules.py: where a clip goes on, 0 for its start. */
export function resumeAt(at, length) {
  return at < 5 || isEnded(at, length) ? 0 : at;
}

/** As library/marks/rules.py: whether who stopped there had come to the end, near enough. */
export function isEnded(at, length) {
  return length - at <= Math.min(15, 0.05 * length);
}

/** All places, the newest first: {clip, lesson, title, n, at, of, ms}. What is broken in the storage is nothing. */
export function places(storage = here(), now = Date.now()) {
  try {
    const kept = JSON.parse(storage.getItem(KEY) ?? '[]');
    return kept.filter((one) => typeof one?.clip === 'string' && now - one.ms < KEPT_MS);
  } catch {
    return [];
  }
}

/** Remember a place; the one before in the same clip goes, and the oldest beyond MOST. */
export function remember(place, storage = here()) {
  try {
    const others = places(storage).filter((one) => one.clip !== place.clip);
    storage.setItem(KEY, JSON.stringify([{ ...place, ms: Date.now() }, ...others].slice(0, MOST)));
  } catch {
    // storage forbidden or full: nothing is remembered
  }
}

/** The second where a clip goes on, 0 for its start. */
export function placeOf(clip, storage = here()) {
  const found = places(storage).find((one) => one.clip === clip);
  return found ? resumeAt(found.at, found.of) : 0;
}

/** Of each lesson the newest place in whose middle somebody stopped. */
export function goingOn(storage = here()) {
  const lessons = new Set();
  return places(storage).filter((one) => {
    const first = !lessons.has(one.lesson);
    lessons.add(one.lesson);
    return first && !isEnded(one.at, one.of);
  });
}

export function forgetPlaces(storage = here()) {
  try {
    storage.removeItem(KEY);
  } catch {
    // storage forbidden: there is nothing
  }
}
