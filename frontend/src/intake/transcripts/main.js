// Moving the lines of a transcript along the sound until they lie on the talk.
import { clock } from '../../shared/format.js';
import { coloursOf, draw } from '../editor/draw.js';
import { View, bytesOf } from '../editor/view.js';
import { linesIn, seconds } from './lines.js';

const LOOK_S = 60;
const SHORTEST_S = 6;
const LISTED = 5;
const [BAR, BAR_TOP] = [30, 130];

const byId = (id) => document.getElementById(id);
const board = JSON.parse(byId('shift-data').textContent);
const canvas = byId('shift-strip').querySelector('canvas');
const field = document.querySelector('.shift-form input[name="seconds"]');
const list = byId('shift-lines');
const scene = {
  state: { pieces: [], borders: [] },
  levels: bytesOf(board.wave.levels),
  wave_step_s: board.wave.step_s,
  board: null,
  pauses: board.pauses,
  turns: [],
  mark: null,
  playing: null,
  long: () => false,
};

let shift = board.shift_s;
let view = new View(board.duration_s);

/** Look at where the first line lies now. */
function lookAtFirst() {
  const [first] = board.lines;
  view = view.zoomed(Math.min(LOOK_S, board.duration_s)).moved((first ? first[0] + shift : 0) - 5);
}

function bars(context, colours) {
  context.font = '13px system-ui, sans-serif';
  context.textBaseline = 'middle';
  for (const [start, end, text] of linesIn(board.lines, shift, view.from, view.to)) {
    const [x, width] = [view.xAt(start), Math.max(2, view.xAt(end) - view.xAt(start))];
    context.fillStyle = colours.button;
    context.fillRect(x, BAR_TOP, width - 1, BAR);
    if (width < 24) continue;
    context.save();
    context.beginPath();
    context.rect(x, BAR_TOP, width - 4, BAR);
    context.clip();
    context.fillStyle = colours['on-button'];
    context.fillText(text.replace(/\s+/g, ' '), Math.max(0, x) + 5, BAR_TOP + BAR / 2);
    context.restore();
  }
}

function show() {
  view = new View(board.duration_s, view.from, view.to, canvas.clientWidth);
  draw(canvas, view, scene, { pauses: true });
  bars(canvas.getContext('2d'), coloursOf(canvas));
  const inView = linesIn(board.lines, shift, view.from, view.to);
  const rows = (inView.length ? inView : linesIn(board.lines, shift, -Infinity, Infinity)).slice(0, LISTED);
  list.replaceChildren(...rows.map(([start, , text]) => {
    const [row, at, words] = ['li', 'time', 'span'].map((name) => document.createElement(name));
    at.textContent = start < 0 ? `−${clock(-start, 1)}` : clock(start, 1);
    words.textContent = text;
    row.classList.toggle('outside', start < 0 || start >= board.duration_s);
    row.append(at, words);
    return row;
  }));
}

let frame = null;
function later() {
  frame ??= requestAnimationFrame(() => {
    frame = null;
    show();
  });
}

function moveTo(value, { typed = false } = {}) {
  shift = Math.round(value * 1000) / 1000;
  if (!typed) field.value = String(shift);
  later();
}

field.addEventListener('input', () => {
  const value = seconds(field.value);
  if (value !== null) moveTo(value, { typed: true });
});

byId('shift').addEventListener('click', (event) => {
  const { shift: to, by, zoom, look } = event.target.closest('button')?.dataset ?? {};
  if (to !== undefined) {
    moveTo(Number(to));
    lookAtFirst();
  } else if (by !== undefined) moveTo(shift + Number(by));
  else if (zoom !== undefined) view = view.zoomed(Math.max(SHORTEST_S, Math.min(board.duration_s, view.length * Number(zoom))));
  else if (look !== undefined) view = view.moved(view.from + Number(look) * view.length * 0.8);
  later();
});

canvas.addEventListener('pointerdown', (event) => {
  if (event.button > 0) return;
  canvas.setPointerCapture(event.pointerId);
  const [from, before] = [event.clientX, shift];
  const move = (now) => moveTo(before + (now.clientX - from) * view.secondsPerPixel);
  const end = () => {
    for (const name of ['pointerup', 'pointercancel']) canvas.removeEventListener(name, end);
    canvas.removeEventListener('pointermove', move);
  };
  canvas.addEventListener('pointermove', move);
  for (const name of ['pointerup', 'pointercancel']) canvas.addEventListener(name, end);
});

window.addEventListener('resize', later);
lookAtFirst();
show();
