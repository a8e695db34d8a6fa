// What can be said about a file before sending it. The server looks inside and decides.

/** Why `file` cannot be sent: {code, ...values}, or null. `leftBytes` null means no quota. */
export function refusal(file, { maxBytes, leftBytes }) {
  if (file.size === 0) return { code: 'empty' };
  if (file.size > maxBytes) return { code: 'size', limit: maxBytes };
  if (leftBytes !== null && file.size > leftBytes) return { code: 'quota', left: leftBytes };
  return null;
}

// First bytes of what is surely no recording, whatever its name: nobody should wait an hour to be told.
const OTHERS = [
  ['document', [0x50, 0x4b, 0x03, 0x04], /\.(docx|pptx|xlsx|odt|odp|wps|dps)$/i],
  ['archive', [0x50, 0x4b, 0x03, 0x04], /./s],
  ['document', [0xd0, 0xcf, 0x11, 0xe0], /./s],
  ['document', [0x25, 0x50, 0x44, 0x46], /./s],
  ['picture', [0x89, 0x50, 0x4e, 0x47], /./s],
  ['picture', [0xff, 0xd8, 0xff], /./s],
];

/** What the first bytes say a file is when that is no recording: 'document', 'archive', 'picture', or null. */
export async function otherKind(file) {
  const head = new Uint8Array(await file.slice(0, 8).arrayBuffer());
  const found = OTHERS.find(([, magic, name]) => magic.every((byte, n) => head[n] === byte) && name.test(file.name));
  return found ? found[0] : null;
}

/** A first title from a file's name: without its ending, underscores as spaces. */
export function titleFrom(name) {
  const title = name.replace(/\.[^.]*$/, '').replace(/_+/g, ' ').trim();
  return (title || name).slice(0, 200);
}

/** Topics as people type them, in a list: by 、 ， , ； ; or line ends. */
export function topicsFrom(text) {
  return [...new Set(text.split(/[、，,；;\n]/).map((topic) => topic.trim()).filter(Boolean))];
}

/** A file's date as a calendar day of this place, for the lecture's date. */
export function dayOf(milliseconds) {
  const day = new Date(milliseconds);
  const two = (number) => String(number).padStart(2, '0');
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}
