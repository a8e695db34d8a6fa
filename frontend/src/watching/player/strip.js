// The hover strip: small pictures of a clip on one sheet, fetched when somebody first seeks and not before.

const seconds = (words) => words.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);

/** Read a strip's WebVTT; `base` is its address. Returns tiles in order: { from, to, url, x, y, width, height }. */
export function parseStrip(text, base) {
  const tiles = [];
  const lines = text.split(/\r?\n/);
  lines.forEach((line, n) => {
    const times = /^([\d:.]+) --> ([\d:.]+)/.exec(line);
    const place = times && /^(.+)#xywh=(\d+),(\d+),(\d+),(\d+)$/.exec(lines[n + 1] ?? '');
    if (!place) return;
    const [x, y, width, height] = place.slice(2).map(Number);
    tiles.push({ from: seconds(times[1]), to: seconds(times[2]), url: new URL(place[1], base).href, x, y, width, height });
  });
  return tiles;
}

/** The tile that shows `at` seconds; the nearest one at the ends, null when there are none. */
export function tileAt(tiles, at) {
  return tiles.find((tile) => at < tile.to) ?? tiles[tiles.length - 1] ?? null;
}

/** A clip's strip, shown in an element. Without an address, or while it is still on its way, nothing is shown. */
export class Strip {
  constructor(address) {
    this.address = address;
    this.tiles = [];
  }

  /** Fetch it, once. A strip that cannot be had is no trouble: the time is shown without a picture. */
  load() {
    if (!this.address || this.loading || navigator.connection?.saveData) return;
    const base = new URL(this.address, window.location.href).href;
    this.loading = fetch(base)
      .then((answer) => (answer.ok ? answer.text() : ''))
      .then((text) => {
        const tiles = parseStrip(text, base);
        if (!tiles.length) return;
        const sheet = new Image();
        sheet.onload = () => {
          this.tiles = tiles;
          this.onready?.();
        };
        sheet.src = tiles[0].url;
      })
      .catch(() => {
        this.loading = null; // the next time somebody seeks there may be a network again
      });
  }

  /** Show the picture of `at` seconds in `element`; hides the element when there is none. */
  show(element, at) {
    const tile = tileAt(this.tiles, at);
    element.hidden = !tile;
    if (!tile) return;
    element.style.width = `${tile.width}px`;
    element.style.height = `${tile.height}px`;
    element.style.backgroundImage = `url("${tile.url}")`;
    element.style.backgroundPosition = `-${tile.x}px -${tile.y}px`;
  }
}
