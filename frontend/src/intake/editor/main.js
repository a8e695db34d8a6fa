// The page where a lecturer moves the cuts between clips. The arrangement is a value (model.js); everything that is
// shown is drawn from it again after each change.
import { Edits } from '../../shared/edits.js';
import { clock } from '../../shared/format.js';
import { request } from '../../shared/http.js';
import { Listener } from '../../shared/listen.js';
import { t } from '../../shared/sentences.js';
import { borderOf, END, idOf } from './handles.js';
import { List } from './list.js';
import {
  alike, arrange, compare, merge, moveBorder, nextPause, numberOf, openEdge, pieceAt, problems, propose, rename, setDropped,
  snap, split, splitPoint, startOf, tidy,
} from './model.js';
import { Near } from './near.js';
import { SaveBar } from './save.js';
import { Strip } from './strip.js';
import { bytesOf } from './view.js';

const NEAR_S = 40;
const ASK_EVERY_MS = 3000;
const byId = (id) => document.getElementById(id);

class Editor {
  constructor(place, cuts) {
    this.lesson = place.dataset.lesson;
    this.url = `/api/v1/lessons/${this.lesson}/cuts`;
    this.calm = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
    this.renew(cuts);
    this.duration = cuts.duration_s;
    this.edits = new Edits(arrange(cuts.clips, this.duration), alike);
    this.levels = bytesOf(cuts.wave?.levels ?? '');
    this.sheets = (cuts.storyboard?.sheets ?? []).map((url) => this.#picture(url));
    this.selected = null; // a handle's id
    this.at = 0; // what is looked at when no handle is chosen
    this.playing = null;
    this.judge();
    this.video = byId('cut-video');
    this.listener = new Listener(this.video, {
      clips: () => this.cuts.playing,
      renew: async () => {
        this.cuts.playing = (await request('GET', this.url)).playing;
      },
      onMove: (at) => this.#heard(at),
      onEnd: (words) => this.#silent(words),
    });
    this.whole = new Strip(byId('whole'), this, { pans: false });
    this.near = new Strip(byId('near'), this, { pans: true });
    this.panel = new Near(this);
    this.list = new List(this);
    this.bar = new SaveBar(this);
    this.#listen();
    const first = this.state.pieces.length > 1 ? idOf(this.state, 1) : null;
    this.near.look(0, Math.min(NEAR_S, this.duration));
    if (first) this.select(first, { look: true });
    this.show();
  }

  get state() {
    return this.edits.now;
  }

  get limits() {
    return this.cuts.limits;
  }

  /** The border that is chosen, null when there is none. */
  get border() {
    const border = this.selected === null ? -1 : borderOf(this.state, this.selected);
    return border < 0 ? null : border;
  }

  /** The moment that is looked at. */
  get mark() {
    return this.border === null ? this.at : this.state.borders[this.border];
  }

  /** What the strips draw. */
  get scene() {
    return {
      state: this.state,
      levels: this.levels,
      wave_step_s: this.cuts.wave?.step_s ?? 0.1,
      board: this.cuts.storyboard,
      sheets: this.sheets,
      pauses: this.cuts.pauses,
      turns: this.cuts.turns,
      mark: this.border === null ? this.at : null,
      playing: this.playing,
      long: (i) => this.problems.some((problem) => problem.i === i),
    };
  }

  timeOf(id) {
    return this.state.borders[borderOf(this.state, id)];
  }

  /** The server's arrangement as it is now; what was changed here stays. */
  renew(cuts) {
    this.cuts = cuts;
    if (this.edits) this.judge();
  }

  judge() {
    this.problems = problems(this.state, this.limits);
    this.verdict = compare(this.cuts.clips, this.state);
  }

  show() {
    this.judge();
    if (this.selected !== null && this.border === null) this.selected = null;
    this.whole.draw();
    this.near.draw();
    this.panel.show();
    this.list.show();
    this.bar.show();
    byId('undo').disabled = !this.edits.past.length;
    byId('redo').disabled = !this.edits.future.length;
  }

  /** Say what was done, for those who do not see it. */
  say(words) {
    byId('cut-said').textContent = words;
  }

  // ------------------------------------------------------------ looking

  select(id, { look = false, reveal = false } = {}) {
    if (borderOf(this.state, id) < 0) return;
    this.selected = id;
    this.at = this.mark;
    if (look) this.near.look(this.mark);
    if (reveal) byId('near-panel').scrollIntoView({ block: 'start', behavior: this.calm ? 'auto' : 'smooth' });
    if (this.list) this.show();
  }

  /** Look at a moment that is not a cut. */
  goTo(at, { look = false } = {}) {
    this.selected = null;
    this.at = Math.max(0, Math.min(this.duration, at));
    if (look) this.near.look(this.at);
    if (this.listener.playing) this.listen(this.at, this.duration);
    this.show();
  }

  // ------------------------------------------------------------ moving a cut

  beginDrag(id) {
    const border = borderOf(this.state, id);
    const edge = border === 0 || border === this.state.pieces.length;
    this.edits.rest();
    this.gesture = `drag ${(this.gestures = (this.gestures ?? 0) + 1)}`;
    let now = id;
    if (edge) {
      const opened = openEdge(this.state, id === END);
      this.edits.push(opened.state, this.gesture);
      now = idOf(opened.state, opened.border);
    }
    this.selected = now;
    return now;
  }

  dragTo(at, tolerance, { follow }) {
    if (this.border === null) return;
    this.edits.push(moveBorder(this.state, this.border, snap(this.cuts.pauses, at, tolerance), this.limits), this.gesture);
    if (follow && !this.near.view.shows(this.mark)) this.near.look(this.mark);
    this.show();
  }

  endDrag() {
    this.edits.push(tidy(this.state), this.gesture);
    this.edits.rest();
    this.gesture = null;
    this.near.look(this.mark);
    this.show();
    this.say(clock(this.mark, 1));
  }

  /** The chosen cut to a moment, or what is looked at when none is chosen. */
  moveTo(at, tag = null) {
    if (this.border === null) {
      this.goTo(at, { look: true });
      return;
    }
    const gesture = tag === null ? null : `${tag} ${this.selected}`;
    if (gesture !== this.edits.tag) this.edits.rest();
    let { state, border } = this;
    if (border === 0 || border === state.pieces.length) ({ state, border } = openEdge(state, border > 0));
    const id = idOf(state, border);
    const moved = tidy(moveBorder(state, border, at, this.limits));
    if (JSON.stringify(moved.borders) === JSON.stringify(this.state.borders)) return;
    this.edits.push(moved, gesture);
    if (borderOf(moved, id) >= 0) this.selected = id;
    else if (id !== END) this.selected = END;
    if (!this.near.view.shows(this.mark) || tag === null) this.near.look(this.mark);
    this.show();
    this.say(clock(this.mark, 1));
  }

  nudge(by) {
    this.moveTo(this.mark + by, 'nudge');
  }

  /** The keys of a handle that has the focus. */
  key(event, id) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = { ArrowLeft: -0.1, ArrowDown: -0.1, ArrowRight: 0.1, ArrowUp: 0.1 }[event.key];
    const pause = { PageUp: 1, PageDown: -1 }[event.key];
    this.selected = id;
    if (step) this.nudge(event.shiftKey ? step * 10 : step);
    else if (pause) this.moveTo(nextPause(this.cuts.pauses, this.mark, pause) ?? this.mark);
    else if (event.key === 'Enter' || event.key === ' ') this.panel.hear();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  // ------------------------------------------------------------ other changes

  change(state, words) {
    if (state === this.state) return;
    this.edits.rest();
    this.edits.push(state);
    this.show();
    this.say(words);
  }

  splitPiece(i) {
    const here = this.border === null && pieceAt(this.state, this.at) === i ? this.at : null;
    this.#split(i, here);
  }

  splitAt(at) {
    this.#split(pieceAt(this.state, at), at);
  }

  #split(i, near) {
    const at = splitPoint(this.state, i, near, this.cuts.pauses, this.limits);
    if (at === null) return;
    this.change(split(this.state, i, at), t('已在 %(time)s 分成两段。', { time: clock(at, 1) }));
    this.select(idOf(this.state, i + 1), { look: true });
  }

  merge(i) {
    this.change(merge(this.state, i), t('已合并。'));
  }

  drop(i, dropped) {
    this.change(setDropped(this.state, i, dropped), dropped ? t('这一段不要了，点“放回来”可以恢复。') : t('已放回来。'));
  }

  /** Leave out what lies before `at` in its piece, or behind it. */
  trim(at, behind) {
    const i = pieceAt(this.state, at);
    const point = splitPoint(this.state, i, at, this.cuts.pauses, this.limits);
    if (point === null) return;
    this.change(setDropped(split(this.state, i, point), behind ? i + 1 : i, true), t('这一段不要了，点“放回来”可以恢复。'));
    this.select(idOf(this.state, i + 1), { look: true });
  }

  named(i, title) {
    const tag = `name ${this.state.pieces[i].key}`;
    this.edits.push(rename(this.state, i, title), tag);
    this.show();
  }

  rest() {
    this.edits.rest();
  }

  propose(kind) {
    const clips = this.cuts.proposals[kind];
    this.change(propose(this.state, clips, this.duration), t('已按建议分成 %(count)s 段，不合适可以撤销。', { count: clips.length }));
    this.selected = null;
    if (this.state.pieces.length > 1) this.select(idOf(this.state, 1), { look: true });
    this.show();
  }

  undo(back) {
    this.edits.rest();
    if (!(back ? this.edits.undo() : this.edits.redo())) return;
    this.show();
    this.near.look(this.mark);
    this.say(back ? t('已撤销。') : t('已重做。'));
  }

  showProblem() {
    const problem = this.problems.find(({ i }) => i !== null);
    if (problem) this.list.reveal(problem.i);
  }

  // ------------------------------------------------------------ listening

  listen(from, to) {
    byId('near-panel').classList.add('heard');
    byId('listen-problem').hidden = true;
    this.listener.stop();
    this.listener.play(from, to);
    this.show();
  }

  #heard(at) {
    const begins = this.playing === null;
    this.playing = at;
    if (begins) this.show();
    if (!this.near.view.shows(at)) this.near.look(at + this.near.view.length * 0.4);
    this.whole.draw();
    this.near.draw();
  }

  #silent(words) {
    // Who listens to find a place wants to stay where it was heard.
    if (this.border === null && this.playing !== null) this.at = this.playing;
    this.playing = null;
    byId('listen-problem').hidden = !words;
    byId('listen-problem').textContent = words;
    this.show();
  }

  // ------------------------------------------------------------ the page

  #picture(url) {
    const image = new Image();
    image.addEventListener('load', () => {
      this.whole.draw();
      this.near.draw();
    });
    image.src = url;
    return image;
  }

  #listen() {
    byId('undo').addEventListener('click', () => this.undo(true));
    byId('redo').addEventListener('click', () => this.undo(false));
    for (const button of document.querySelectorAll('[data-propose]')) {
      button.addEventListener('click', () => {
        this.propose(button.dataset.propose);
        button.closest('details')?.removeAttribute('open');
      });
    }
    document.addEventListener('keydown', (event) => this.#shortcut(event));
    const draw = () => {
      this.whole.draw();
      this.near.draw();
    };
    window.addEventListener('resize', draw);
    // The back button shows what was here before it was saved.
    window.addEventListener('pageshow', (event) => event.persisted && window.location.reload());
    window.matchMedia('(prefers-color-scheme: dark)').addEventListener?.('change', draw);
  }

  #shortcut(event) {
    if (event.target.closest?.('input, select, textarea')) return;
    const undo = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'z';
    const redo = event.ctrlKey && event.key.toLowerCase() === 'y';
    if (undo || redo) this.undo(undo && !event.shiftKey);
    else if (event.key === ' ' && !event.target.closest?.('button, a, summary, video')) this.panel.play();
    else return;
    event.preventDefault();
  }
}

/** The recording is still being split: look again until there is something to edit. */
function waitForClips(place) {
  const ask = async () => {
    const cuts = await request('GET', `/api/v1/lessons/${place.dataset.lesson}/cuts`).catch(() => null);
    if (cuts?.clips.length) window.location.reload();
    else setTimeout(ask, ASK_EVERY_MS);
  };
  setTimeout(ask, ASK_EVERY_MS);
}

const place = byId('editor');
if (place) new Editor(place, JSON.parse(byId('cuts').textContent));
else if (byId('no-cuts')?.dataset.wait) waitForClips(byId('no-cuts'));
