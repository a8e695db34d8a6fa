// What a line is: pure.

/** Whether something else stands in the fields than the server has. */
export function changed(known, speaker, text) {
  return speaker.trim() !== known.speaker || text.trim() !== known.text;
}

/** An id for a line: only who writes it makes it, so that sending it twice is sending it once. */
export function newId() {
  const random = crypto.getRandomValues(new Uint8Array(12));
  return `l-${[...random].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}
