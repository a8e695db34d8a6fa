// The way to the first picture on a slow line: playlist, head and segment are asked for beside the engine that plays
// (which is a hundred times larger), not after it. They come into the browser's cache, where the engine finds them.

/** Read a media playlist; `base` is its address. Returns { segments: [{ from, to, url }] }, in seconds. */
export function parsePlaylist(text, base) {
  const segments = [];
  let from = 0;
  for (const [, seconds, uri] of text.matchAll(/#EXTINF:([\d.]+)[^\n]*\n([^#\n]+)/g)) {
    const to = from + Number(seconds);
    segments.push({ from, to, url: new URL(uri.trim(), base).href });
    from = to;
  }
  return { segments };
}

export class WarmStart {
  /**
   * `start`: where the smallest rendition begins, addresses { playlist, head, segment }; null when nobody knows it, and
   * then nothing is done. `get` fetches.
   */
  constructor(master, start, get = (url) => fetch(url)) {
    this.master = master;
    this.start = start;
    this.get = get;
  }

  /** Fetch what is small, once: a few kB, all of it side by side. */
  prepare() {
    if (!this.start) return Promise.resolve(null);
    this.read ??= this.#fetchSmall().catch(() => null); // what cannot be had now is fetched with the tap
    return this.read;
  }

  async #fetchSmall() {
    const { playlist, head } = this.start;
    for (const url of [this.master, head]) this.get(url).catch(() => {});
    const answer = await this.get(playlist);
    return answer.ok ? parsePlaylist(await answer.text(), answer.url) : null;
  }

  /** Somebody wants to play from `at` on: fetch the segment that has it. The first one is known without the playlist. */
  async begin(at) {
    const read = this.prepare();
    const first = at === 0 && this.start;
    const url = first ? first.segment : (await read)?.segments.find(({ to }) => at < to)?.url;
    if (url) await this.get(url).catch(() => {});
  }
}
