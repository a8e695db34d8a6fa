// Which rendition is played here, and what it weighs. One for each way of saving, and always the same one: what is
// fetched beforehand is then what will be played.

const GOOD_ENOUGH = 480; // lines: a picture as wide as a phone needs no more
const SOUND = 'audio';
const lines = (name) => Number.parseInt(name, 10);

/** The name of the rendition for a way of saving ("picture", "sparing", "sound"), null when a clip has none. */
export function rungFor(sizes, saving) {
  const pictures = Object.keys(sizes).filter((name) => name !== SOUND).sort((one, other) => lines(one) - lines(other));
  if (SOUND in sizes && (saving === 'sound' || !pictures.length)) return SOUND;
  if (!pictures.length) return null;
  if (saving !== 'picture') return pictures[0];
  return pictures.find((name) => lines(name) >= GOOD_ENOUGH) ?? pictures[pictures.length - 1];
}

/** Where a rendition begins: its playlist, its head and its first segment, beside the master (transcode/hls/files.py). */
export function beginOf(master, rung) {
  const base = master.slice(0, master.lastIndexOf('/') + 1);
  return { playlist: `${base}${rung}/index.m3u8`, head: `${base}${rung}/init.mp4`, segment: `${base}${rung}/00001.m4s` };
}

/** The name of the segment in which a second lies, of a playlist; the first one where it does not say. */
export function segmentAt(playlist, at) {
  let ends = 0;
  let first = null;
  const lines = playlist.split('\n').map((line) => line.trim());
  for (const [n, line] of lines.entries()) {
    if (!line.startsWith('#EXTINF:')) continue;
    const name = lines.slice(n + 1).find((one) => one && !one.startsWith('#'));
    first = first ?? name;
    ends += Number.parseFloat(line.slice('#EXTINF:'.length));
    if (at < ends) return name;
  }
  return first;
}

/** Bytes as people read what a telephone line costs. */
export function megabytes(bytes) {
  const value = bytes / 1_000_000;
  return value < 10 ? value.toFixed(1) : String(Math.round(value));
}
