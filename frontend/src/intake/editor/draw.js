// Drawing a stretch of the lecture on a canvas: pictures, wave, pieces, pauses, the moment that plays.
import { clock } from '../../shared/format.js';
import { numberOf } from './model.js';
import { columnsOf, ticksOf, tilesFor } from './view.js';

const RULER = 22;
const PICTURES = 45;
const RULER_APART = 64;
const SMALL = '12px system-ui, sans-serif';

/** The page's colours, which differ in the dark. */
export function coloursOf(element) {
  const style = getComputedStyle(element);
  const names = ['card', 'sunk', 'ink', 'soft', 'line', 'edge', 'red', 'red-wash', 'gold', 'green', 'green-wash', 'amber-wash', 'on-button', 'button'];
  return Object.fromEntries(names.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
}

/** Size a canvas to its place, sharp on fine screens; returns its context in CSS pixels. */
export function prepare(canvas) {
  const scale = window.devicePixelRatio || 1;
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
  }
  const context = canvas.getContext('2d');
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}

/**
 * Draw what `view` shows of `scene`: {state, levels, wave_step_s, board, sheets, pauses, turns, chapters, playing, mark,
 * long} where `long` says of a piece whether it is too long, `mark` is the moment looked at and `playing` the one heard.
 */
export function draw(canvas, view, scene, { pauses }) {
  const context = prepare(canvas);
  const colours = coloursOf(canvas);
  const height = canvas.clientHeight;
  const top = RULER + (scene.board ? PICTURES : 0);
  ruler(context, view, colours);
  if (scene.board) pictures(context, view, scene);
  grounds(context, view, scene, colours, top, height);
  if (pauses) quiet(context, view, scene, colours, top, height);
  wave(context, view, scene, colours, top, height);
  veils(context, view, scene, colours, height);
  labels(context, view, scene, colours, top);
  turns(context, view, scene, colours, top);
  if (scene.mark !== null) line(context, view.xAt(scene.mark), 0, height, colours.ink, [4, 3]);
  if (scene.playing !== null) line(context, view.xAt(scene.playing), 0, height, colours.green, []);
}

function ruler(context, view, colours) {
  context.fillStyle = colours.soft;
  context.font = SMALL;
  context.textBaseline = 'middle';
  for (const at of ticksOf(view, RULER_APART)) {
    const x = view.xAt(at);
    context.fillRect(x, RULER - 6, 1, 6);
    if (x < view.width - 30) context.fillText(clock(at), x + 3, RULER / 2);
  }
}

function pictures(context, view, scene) {
  for (const { x, width, sheet, left, top } of tilesFor(scene.board, view, PICTURES)) {
    const image = scene.sheets[sheet];
    if (image?.complete && image.naturalWidth) {
      context.drawImage(image, left, top, scene.board.tile_width, scene.board.tile_height, x, RULER, width, PICTURES);
    }
  }
}

function eachPiece(view, scene, act) {
  scene.state.pieces.forEach((piece, i) => {
    const [start, end] = [scene.state.borders[i], scene.state.borders[i + 1]];
    if (end < view.from || start > view.to) return;
    const x = Math.max(0, view.xAt(start));
    act(piece, i, x, Math.min(view.width, view.xAt(end)) - x);
  });
}

function grounds(context, view, scene, colours, top, height) {
  eachPiece(view, scene, (piece, i, x, width) => {
    if (scene.long(i)) context.fillStyle = colours['red-wash'];
    else context.fillStyle = (numberOf(scene.state, i) ?? 0) % 2 ? colours['amber-wash'] : colours.sunk;
    context.fillRect(x, top, width, height - top);
  });
}

function quiet(context, view, scene, colours, top, height) {
  context.fillStyle = colours['green-wash'];
  for (const [start, end] of scene.pauses) {
    if (end < view.from || start > view.to) continue;
    context.fillRect(view.xAt(start), top, view.xAt(end) - view.xAt(start), height - top);
  }
}

function wave(context, view, scene, colours, top, height) {
  const columns = columnsOf(scene.levels, scene.wave_step_s, view, Math.round(view.width));
  const [middle, half] = [(top + height) / 2, (height - top) / 2 - 4];
  context.fillStyle = colours.edge;
  columns.forEach((level, x) => {
    const size = Math.max(0.5, (level / 255) * half);
    context.fillRect(x, middle - size, 1, 2 * size);
  });
}

/** What is left out lies under a veil with stripes. */
function veils(context, view, scene, colours, height) {
  eachPiece(view, scene, (piece, i, x, width) => {
    if (!piece.dropped) return;
    context.save();
    context.beginPath();
    context.rect(x, RULER, width, height - RULER);
    context.clip();
    context.globalAlpha = 0.78;
    context.fillStyle = colours.card;
    context.fillRect(x, RULER, width, height - RULER);
    context.globalAlpha = 1;
    context.strokeStyle = colours.line;
    context.lineWidth = 3;
    context.beginPath();
    for (let at = x - height; at < x + width; at += 12) {
      context.moveTo(at, height);
      context.lineTo(at + height, 0);
    }
    context.stroke();
    context.restore();
  });
}

function labels(context, view, scene, colours, top) {
  context.font = `bold ${SMALL}`;
  context.textBaseline = 'middle';
  eachPiece(view, scene, (piece, i, x, width) => {
    const number = numberOf(scene.state, i);
    if (number === null) return;
    const words = String(number);
    const wide = context.measureText(words).width + 12;
    if (width < wide + 6) return;
    context.fillStyle = scene.long(i) ? colours.red : colours.soft;
    context.beginPath();
    context.rect(x + 4, top + 4, wide, 18);
    context.fill();
    context.fillStyle = colours.card;
    context.fillText(words, x + 10, top + 14);
  });
}

/** Where a slide turns: a small triangle under the pictures. */
function turns(context, view, scene, colours, top) {
  context.fillStyle = colours.gold;
  for (const at of scene.turns) {
    if (!view.shows(at)) continue;
    const x = view.xAt(at);
    context.beginPath();
    context.moveTo(x - 5, top);
    context.lineTo(x + 5, top);
    context.lineTo(x, top + 7);
    context.fill();
  }
}

function line(context, x, top, height, colour, dashes) {
  context.save();
  context.strokeStyle = colour;
  context.lineWidth = 2;
  context.setLineDash(dashes);
  context.beginPath();
  context.moveTo(x, top);
  context.lineTo(x, height);
  context.stroke();
  context.restore();
}
