// The first pictures, before the engine is there: hls.js weighs as much as they do, so it comes behind them and not in
// front. A playlist is read, a head and two segments are put into a Media Source, and the engine takes that over as it is
// (shared/source.js). What cannot be done this way (another codec, no network, an address that has run out) is left to the
// engine, which says what is wrong.

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

const AVC = [0x61, 0x76, 0x63, 0x43]; // "avcC"
const AAC = [0x6d, 0x70, 0x34, 0x61]; // "mp4a"

function find(bytes, word) {
  for (let n = 0; n + 8 < bytes.length; n += 1) {
    if (word.every((letter, k) => bytes[n + k] === letter)) return n + 4;
  }
  return 0;
}

/** What a head holds: { kind, container, codec } in the engine's words, null for what it is not ours to play. */
export function codecOf(head) {
  const [picture, sound] = [find(head, AVC), find(head, AAC)];
  const hex = (n) => head[n].toString(16).padStart(2, '0');
  const codecs = [];
  if (picture) codecs.push(`avc1.${hex(picture + 1)}${hex(picture + 2)}${hex(picture + 3)}`);
  if (sound) codecs.push('mp4a.40.2');
  if (!codecs.length) return null;
  const kind = { 11: 'audiovideo', 10: 'video', '01': 'audio' }[`${picture ? 1 : 0}${sound ? 1 : 0}`];
  return { kind, container: picture ? 'video/mp4' : 'audio/mp4', codec: codecs.join(',') };
}

const STALLED_MS = 15_000;
const happens = (target, name) => new Promise((resolve) => target.addEventListener(name, resolve, { once: true }));

export class FirstPictures {
  /** `start`: addresses { playlist, head, segment } of a rendition's beginning; `duration_s` of the whole. */
  constructor(video, start, duration_s, get = (url, signal) => fetch(url, { signal })) {
    this.video = video;
    this.start = start;
    this.duration_s = duration_s;
    this.control = new AbortController();
    this.get = (url) => get(url, this.control.signal);
  }

  static get possible() {
    return Boolean(window.MediaSource?.isTypeSupported && window.fetch && window.AbortController);
  }

  /** The playlist: a few hundred bytes of text. Fetched once; what cannot be had now is asked for again with the tap. */
  async segments() {
    this.read ??= this.get(this.start.playlist)
      .then(async (answer) => (answer.ok ? parsePlaylist(await answer.text(), answer.url).segments : null))
      .catch(() => null);
    const read = await this.read;
    if (!read) this.read = null;
    return read;
  }

  /**
   * Begin at `at` seconds, playing when `pressed`. What the engine needs to take over: { media, buffer, kind, container,
   * codec, bps }; null when it must begin by itself.
   */
  async open(at, pressed) {
    const { video } = this;
    const media = new MediaSource();
    const opened = happens(media, 'sourceopen');
    this.address = URL.createObjectURL(media);
    // At once, in the turn of the tap: later a browser would not let it play. A new source makes the element forget.
    video.src = this.address;
    if (pressed) video.play().catch(() => {});
    try {
      this.#wait();
      return await this.#fill(media, opened, at);
    } catch {
      return null;
    } finally {
      clearTimeout(this.waiting);
    }
  }

  async #fill(media, opened, at) {
    const { video } = this;
    const asked = this.get(this.start.head).then((answer) => (answer.ok ? answer.arrayBuffer() : null));
    asked.catch(() => {});
    const began = performance.now();
    // The first one is known without the playlist.
    const first = at < 1 ? this.get(this.start.segment) : null;
    first?.catch(() => {});
    this.next = 1;
    let answer = first;
    if (!first) {
      const segments = await this.segments();
      const n = segments?.findIndex(({ to }) => at < to) ?? -1;
      if (n < 0) return null;
      this.next = n + 1;
      answer = this.get(segments[n].url);
    }
    const head = await asked;
    const found = head && codecOf(new Uint8Array(head));
    const type = found && `${found.container};codecs="${found.codec}"`;
    if (!found || !MediaSource.isTypeSupported(type)) return null;
    await opened;
    if (video.src !== this.address) return null; // another clip meanwhile
    const buffer = media.addSourceBuffer(type);
    media.duration = this.duration_s;
    this.buffer = buffer;
    this.media = media;
    await this.#append(head);
    if (at > 0 && video.currentTime < 0.1) video.currentTime = at; // unless somebody has sought meanwhile
    const bytes = await this.#pour(await answer);
    if (!bytes) return null;
    const bps = (8000 * bytes) / (performance.now() - began);
    return { media, buffer, bps, ...found };
  }

  /** One segment more, while the engine is on its way: a slow line would run dry before. */
  async more() {
    try {
      this.#wait();
      const segment = (await this.segments())?.[this.next];
      if (segment) await this.#pour(await this.get(segment.url));
    } catch {
      // the engine fetches it
    } finally {
      clearTimeout(this.waiting);
    }
  }

  /** Fetch no more: what came of a segment stays, and the buffer expects a new one. */
  async stop() {
    this.control.abort();
    await this.appending;
    if (this.cut && this.media.readyState === 'open') this.buffer.abort();
  }

  /** A line on which nothing comes for so long is given up. */
  #wait() {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.control.abort(), STALLED_MS);
  }

  /** Append an answer as it comes in. Returns its bytes, 0 when it is no film. */
  async #pour(answer) {
    if (!answer.ok) return 0;
    let bytes = 0;
    const reader = answer.body?.getReader?.();
    if (!reader) {
      const whole = await answer.arrayBuffer();
      await this.#append(whole);
      return whole.byteLength;
    }
    for (;;) {
      const { done, value } = await reader.read();
      this.cut = !done;
      if (done) return bytes;
      this.#wait();
      bytes += value.byteLength;
      await this.#append(value);
    }
  }

  async #append(bytes) {
    const ended = happens(this.buffer, 'updateend');
    this.buffer.appendBuffer(bytes);
    this.appending = ended;
    await ended;
  }
}
