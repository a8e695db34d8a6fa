// What can be said about a file before sending it. The server looks inside and decides.

/** Why `file` cannot be sent: {code, ...values}, or null. `leftBytes` null means no quota. */
export function refusal(file, { maxBytes, leftBytes, suffixes }) {
  const dot = file.name.lastIndexOf('.');
  const suffix = dot < 0 ? '' : file.name.slice(dot).toLowerCase();
  const media = /^(video|audio)\//.test(file.type);
  if (file.size === 0) return { code: 'empty' };
  if (!suffixes.includes(suffix) && !media) return { code: 'type', found: suffix || file.name };
  if (file.size > maxBytes) return { code: 'size', limit: maxBytes };
  if (leftBytes !== null && file.size > leftBytes) return { code: 'quota', left: leftBytes };
  return null;
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
