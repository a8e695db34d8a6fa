// What the list under a search box does, apart from the page: which line is meant, and what a key does. Pure.

/** The line that a key leads to: -1 is the box itself. Down and up go round through the box. */
export function moved(at, count, key) {
  if (key === 'ArrowDown') return at + 1 < count ? at + 1 : -1;
  if (key === 'ArrowUp') return at === -1 ? count - 1 : at - 1;
  return at;
}

/** Whether what is in the box is worth asking about: something is typed, and no longer being composed. */
export function isWorthAsking(typed, asked, isComposing) {
  return !isComposing && typed.trim() !== '' && typed.trim() !== asked;
}
