// The way to the first picture on a slow line: playlist, head and segment are asked for beside the engine that plays
// (which is a hundred times larger), not after it. They come into the browser's cache, where the engine finds them.

/** Read a media playlist; `base` is its address. Returns { head, segments: [{ from, to, url }] }, in seconds. */
export function parsePlaylist(text, base) {
  const [, head] = /#EXT-X-MAP:.*URI="([^"]+)"/.exec(text) ?? [];
  const segments = [];
  let from = 0;
  for (const [, seconds, uri] of text.matchAll(/#EXTINF:([\d.]+)[^\n]*\n([^#\n]+)/g)) {
    const to = from + Number(seconds);
    segments.push({ from, to, url: new URL(uri.trim(), base).href });
    from = to;
  }
  return { head: head ? new URL(head, base).href : null, segments };
}

export class WarmStart {
  /** `playlist`: the address of the smallest rendition's, null when nobody knows it; then nothing is done. */
  constructor(master, playlist) {
    this.master = master;
    this.playlist = playlist && new URL(playlist, window.location.href).href;
  }

  /** Fetch what is small, once: a few kB. */
  prepare() {
    if (!this.playlist) return Promise.resolve(null);
    this.read ??= this.#fetchSmall().catch(() => null); // what cannot be had now is fetched with the tap
    return this.read;
  }

  async #fetchSmall() {
    fetch(this.master).catch(() => {});
    const answer = await fetch(this.playlist);
    if (!answer.ok) return null;
    const list = parsePlaylist(await answer.text(), this.playlist);
    if (list.head) fetch(list.head).catch(() => {});
    return list;
  }

  /** Somebody wants to play from `at` on: fetch the segment that has it. */
  async begin(at) {
    const list = await this.prepare();
    const segment = list?.segments.find(({ to }) => at < to);
    if (segment) fetch(segment.url).catch(() => {});
  }
}
