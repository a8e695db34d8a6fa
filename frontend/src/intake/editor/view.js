// What of the lecture a strip shows, and where on it. Pure.

/** A window onto the lecture: `from` to `to` seconds over `width` pixels. */
export class View {
  constructor(duration, from = 0, to = duration, width = 1) {
    Object.assign(this, { duration, from, to, width });
  }

  get length() {
    return this.to - this.from;
  }

  get secondsPerPixel() {
    return this.length / this.width;
  }

  xAt(seconds) {
    return ((seconds - this.from) / this.length) * this.width;
  }

  timeAt(x) {
    return this.from + (x / this.width) * this.length;
  }

  shows(seconds) {
    return seconds >= this.from && seconds <= this.to;
  }

  /** The same length, beginning at `from`; held inside the lecture. */
  moved(from) {
    const start = Math.max(0, Math.min(from, this.duration - this.length));
    return new View(this.duration, start, start + this.length, this.width);
  }

  /** The same length around `at`. */
  around(at) {
    return this.moved(at - this.length / 2);
  }

  /** `length` seconds, with the moment `at` staying where it is on the screen. */
  zoomed(length, at = (this.from + this.to) / 2) {
    const held = Math.min(this.duration, length);
    const part = (at - this.from) / this.length;
    return new View(this.duration, 0, held, this.width).moved(at - part * held);
  }
}

const ROUNDING = 1e-6;

/** How loud each of `columns` pixels is, 0 to 255: on average, so that a pause can be seen from afar. */
export function columnsOf(levels, step, view, columns) {
  const heights = new Uint8Array(columns);
  for (let column = 0; column < columns; column += 1) {
    const first = Math.floor((view.from + (column / columns) * view.length) / step + ROUNDING);
    const last = Math.max(first + 1, Math.ceil((view.from + ((column + 1) / columns) * view.length) / step - ROUNDING));
    const part = levels.subarray(Math.max(0, first), last);
    if (part.length) heights[column] = part.reduce((sum, level) => sum + level, 0) / part.length;
  }
  return heights;
}

/** Base64 as bytes. */
export function bytesOf(base64) {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}

/**
 * The pictures along a view, `height` pixels high: [{x, width, sheet, left, top}], where (left, top) is the tile's
 * place on its sheet. Each shows the moment nearest to its middle.
 */
export function tilesFor(board, view, height) {
  const times = board.times_s;
  if (!times.length) return [];
  const width = (height * board.tile_width) / board.tile_height;
  const perSheet = board.columns * board.rows;
  const tiles = [];
  for (let x = 0, n = 0; x < view.width; x += width) {
    const middle = view.timeAt(x + width / 2);
    while (n + 1 < times.length && Math.abs(times[n + 1] - middle) <= Math.abs(times[n] - middle)) n += 1;
    const place = n % perSheet;
    tiles.push({
      x,
      width,
      sheet: Math.floor(n / perSheet),
      left: (place % board.columns) * board.tile_width,
      top: Math.floor(place / board.columns) * board.tile_height,
    });
  }
  return tiles;
}

const STEPS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600];

/** Round moments for a ruler, at least `apart` pixels from each other. */
export function ticksOf(view, apart) {
  const step = STEPS_S.find((seconds) => seconds / view.secondsPerPixel >= apart) ?? STEPS_S[STEPS_S.length - 1];
  const ticks = [];
  for (let at = Math.ceil(view.from / step) * step; at <= view.to; at += step) ticks.push(at);
  return ticks;
}

