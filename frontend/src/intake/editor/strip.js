// A strip of the lecture that can be touched: its canvas, and a handle on each cut in sight.
import { clock } from '../../shared/format.js';
import { t } from '../../shared/sentences.js';
import { draw } from './draw.js';
import { handlesOf } from './handles.js';
import { View } from './view.js';

const TAP = 5; // pixels that a finger may tremble
const [NARROW, MOUSE, FINGER] = [14, 36, 48]; // how wide a handle can be touched
const EDGE = 12;
const SNAP = 14; // a cut jumps to a pause this many pixels away, and at most SNAP_S
const SNAP_S = 3;
const SHORTEST_S = 6;

export class Strip {
  /**
   * @param element  holds a <canvas> and a .handles
   * @param editor   see main.js
   * @param pans     whether it shows a part that can be moved and zoomed, or always the whole lecture
   */
  constructor(element, editor, { pans }) {
    Object.assign(this, { element, editor, pans });
    this.canvas = element.querySelector('canvas');
    this.place = element.querySelector('.handles');
    this.handles = new Map();
    this.pointers = new Map();
    this.view = new View(editor.duration);
    this.#listen();
  }

  /** Look at `length` seconds around `at`. */
  look(at, length = this.view.length) {
    this.view = this.view.zoomed(length).around(at);
    this.draw();
  }

  zoom(factor, at) {
    const length = Math.min(this.editor.duration, Math.max(SHORTEST_S, this.view.length * factor));
    this.view = this.view.zoomed(length, at);
    this.draw();
  }

  /** Draw with the next frame, once, however often it is asked for. */
  draw() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      const { from, to } = this.view;
      this.view = new View(this.editor.duration, from, to, this.canvas.clientWidth);
      draw(this.canvas, this.view, this.editor.scene, { pauses: this.pans });
      this.#placeHandles();
    });
  }

  // ------------------------------------------------------------ handles

  #placeHandles() {
    const wanted = handlesOf(this.editor.state).filter(({ at }) => this.view.shows(at));
    for (const [id, handle] of this.handles) {
      if (!wanted.some((one) => one.id === id) && this.dragging !== id) {
        handle.remove();
        this.handles.delete(id);
      }
    }
    const places = wanted.map(({ at }) => this.view.xAt(at));
    const widest = window.matchMedia('(pointer: coarse)').matches ? FINGER : MOUSE;
    wanted.forEach(({ id, border, at, name }, n) => {
      const handle = this.handles.get(id) ?? this.#newHandle(id);
      handle.style.transform = `translateX(${places[n]}px)`;
      // Neighbours that stand close leave each other room, so that the one that is touched is the one that moves.
      const room = Math.min(places[n] - (places[n - 1] ?? -Infinity), (places[n + 1] ?? Infinity) - places[n]);
      handle.style.setProperty('--room', `${Math.max(NARROW, Math.min(widest, room))}px`);
      handle.dataset.border = border;
      const chosen = this.editor.selected === id;
      handle.classList.toggle('chosen', chosen);
      // At the very ends the grip stands inside, where a finger finds it.
      handle.classList.toggle('first', this.view.xAt(at) < EDGE);
      handle.classList.toggle('last', this.view.xAt(at) > this.view.width - EDGE);
      handle.setAttribute('aria-label', name);
      handle.setAttribute('aria-valuemin', 0);
      handle.setAttribute('aria-valuemax', Math.round(this.editor.duration));
      handle.setAttribute('aria-valuenow', at);
      handle.setAttribute('aria-valuetext', clock(at, 1));
    });
  }

  #newHandle(id) {
    const handle = document.createElement('div');
    handle.className = 'handle';
    handle.tabIndex = 0;
    handle.setAttribute('role', 'slider');
    handle.setAttribute('aria-orientation', 'horizontal');
    handle.title = t('拖动，或用左右方向键移动');
    handle.dataset.handle = id;
    handle.addEventListener('pointerdown', (event) => this.#grab(event, handle));
    handle.addEventListener('keydown', (event) => this.editor.key(event, handle.dataset.handle));
    handle.addEventListener('focus', () => this.editor.select(handle.dataset.handle, { look: !this.pans }));
    this.place.append(handle);
    this.handles.set(id, handle);
    return handle;
  }

  #grab(event, handle) {
    if (event.button > 0) return;
    event.preventDefault();
    event.stopPropagation();
    handle.setPointerCapture(event.pointerId);
    const left = this.canvas.getBoundingClientRect().left;
    const apart = event.clientX - left - this.view.xAt(this.editor.timeOf(handle.dataset.handle));
    const start = event.clientX;
    let moved = false;
    const move = (now) => {
      if (!moved && Math.abs(now.clientX - start) < TAP) return;
      if (!moved) {
        moved = true;
        this.#rename(handle, this.editor.beginDrag(handle.dataset.handle));
      }
      const x = Math.max(0, Math.min(this.view.width, now.clientX - left - apart));
      // The close view stands still while it is dragged on: else the cut would run away under the finger.
      this.editor.dragTo(this.view.timeAt(x), Math.min(SNAP_S, SNAP * this.view.secondsPerPixel), { follow: !this.pans });
    };
    const end = () => {
      handle.removeEventListener('pointermove', move);
      handle.removeEventListener('pointerup', end);
      handle.removeEventListener('pointercancel', end);
      this.dragging = null;
      if (moved) this.editor.endDrag();
      else this.editor.select(handle.dataset.handle, { look: true });
      handle.focus({ preventScroll: true });
    };
    handle.addEventListener('pointermove', move);
    handle.addEventListener('pointerup', end);
    handle.addEventListener('pointercancel', end);
  }

  /** The handle at the lecture's very beginning becomes that of the first cut as soon as it is moved. */
  #rename(handle, id) {
    this.handles.delete(handle.dataset.handle);
    handle.dataset.handle = id;
    this.handles.set(id, handle);
    this.dragging = id;
  }

  // ------------------------------------------------------------ the ground

  #listen() {
    const { canvas, pointers } = this;
    canvas.addEventListener('pointerdown', (event) => {
      if (event.button > 0) return;
      pointers.set(event.pointerId, { x: event.clientX, from: this.view.from });
      this.still = pointers.size === 1;
      canvas.setPointerCapture(event.pointerId);
    });
    canvas.addEventListener('pointermove', (event) => this.#slide(event));
    canvas.addEventListener('pointerup', (event) => {
      if (!pointers.delete(event.pointerId) || !this.still) return;
      this.editor.goTo(this.view.timeAt(event.clientX - canvas.getBoundingClientRect().left), { look: !this.pans });
    });
    canvas.addEventListener('pointercancel', (event) => pointers.delete(event.pointerId));
    if (!this.pans) return;
    canvas.addEventListener('wheel', (event) => {
      if (event.ctrlKey) this.zoom(event.deltaY > 0 ? 1.25 : 0.8, this.#timeUnder(event));
      else if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) this.#pan(event.deltaX);
      else return; // the page scrolls
      event.preventDefault();
    }, { passive: false });
  }

  #timeUnder(event) {
    return this.view.timeAt(event.clientX - this.canvas.getBoundingClientRect().left);
  }

  #pan(pixels) {
    this.view = this.view.moved(this.view.from + pixels * this.view.secondsPerPixel);
    this.draw();
  }

  #slide(event) {
    const pointer = this.pointers.get(event.pointerId);
    if (!pointer) return;
    const others = [...this.pointers].filter(([id]) => id !== event.pointerId).map(([, other]) => other);
    if (Math.abs(event.clientX - pointer.x) < TAP && this.still) return;
    this.still = false;
    if (!this.pans) return;
    if (others.length === 1) {
      const before = Math.abs(pointer.x - others[0].x);
      const after = Math.abs(event.clientX - others[0].x);
      if (before > TAP && after > TAP) this.zoom(before / after, this.#timeUnder(event));
    } else if (!others.length) {
      this.#pan(pointer.x - event.clientX);
    }
    pointer.x = event.clientX;
  }
}
