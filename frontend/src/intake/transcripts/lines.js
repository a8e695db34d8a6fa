// Lines of a transcript that are moved together. Pure.

/** The lines [start, end, text], moved by `shift` seconds, that touch the stretch from `from` to `to`. */
export function linesIn(lines, shift, from, to) {
  return lines
    .map(([start, end, text]) => [start + shift, end + shift, text])
    .filter(([start, end]) => end > from && start < to);
}

/** Seconds as people type them, with a sign of either width; null for what is no number. */
export function seconds(text) {
  const plain = text.trim().replace(/[−－]/g, '-').replace('＋', '+').replace(',', '.');
  return /^[+-]?(\d+\.?\d*|\.\d+)$/.test(plain) ? Number(plain) : null;
}
