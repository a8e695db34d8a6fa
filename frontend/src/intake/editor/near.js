// The part under the whole lecture: what is looked at closely, what is said there, and the buttons for it.
import { clock } from '../../shared/format.js';
import { t } from '../../shared/sentences.js';
import { nameOf } from './handles.js';
import { nextPause, numberOf, pieceAt, sentencesAround, snap, splitPoint } from './model.js';

const AROUND_S = 3;
const FAR_S = 1e9;
const byId = (id) => document.getElementById(id);

export class Near {
  constructor(editor) {
    this.editor = editor;
    this.element = byId('near-panel');
    this.element.addEventListener('click', (event) => {
      const button = event.target.closest('[data-do]');
      if (button) this.#act(button.dataset.do, Number(button.dataset.by));
    });
  }

  part(name) {
    return this.element.querySelector(`[data-part="${name}"]`);
  }

  show() {
    const { editor } = this;
    const border = editor.border;
    const at = editor.mark;
    this.part('name').textContent = border === null ? this.#freeName(at) : nameOf(editor.state, border);
    this.part('time').textContent = clock(at, 1);
    const around = sentencesAround(editor.cuts.sentences, at);
    this.part('before').textContent = around.before?.[2] ?? '—';
    this.part('after').textContent = around.after?.[2] ?? '—';
    this.part('sentences').hidden = !editor.cuts.sentences.length;
    this.part('no-sentences').hidden = editor.cuts.sentences.length > 0;
    this.part('through').hidden = border === null || !around.through;
    this.part('through-words').textContent = around.through?.[2] ?? '';
    this.part('cut-buttons').hidden = border === null;
    this.part('free-buttons').hidden = border !== null;
    this.#enable(border, at);
    this.#picture(at);
    this.#sayListen();
  }

  #freeName(at) {
    const i = pieceAt(this.editor.state, at);
    const n = numberOf(this.editor.state, i);
    return n === null ? t('这里不在任何一段里') : t('第 %(n)s 段里', { n });
  }

  #enable(border, at) {
    const { editor } = this;
    const { pauses } = editor.cuts;
    const set = (name, on) => {
      for (const button of this.element.querySelectorAll(`[data-do="${name}"]`)) button.disabled = !on;
    };
    for (const button of this.element.querySelectorAll('[data-do="pause"]')) {
      button.disabled = nextPause(pauses, at, Number(button.dataset.by)) === null;
    }
    if (border !== null) return;
    const i = pieceAt(editor.state, at);
    const dropped = editor.state.pieces[i].dropped;
    const inside = !dropped && splitPoint(editor.state, i, null, pauses, editor.limits) !== null;
    set('split', inside);
    set('cut-before', inside);
    set('cut-after', inside);
  }

  /** What is to be seen there, until something plays. */
  #picture(at) {
    const { poster } = this.editor.cuts.clips.find((clip) => clip.poster && at < clip.end_s) ?? {};
    this.element.classList.toggle('seen', Boolean(poster));
    if (poster && this.editor.video.poster !== poster) this.editor.video.poster = poster;
  }

  #sayListen() {
    const { editor } = this;
    const playing = editor.listener.playing;
    for (const button of this.element.querySelectorAll('[data-do="hear"], [data-do="play"]')) {
      button.classList.toggle('playing', playing);
      button.querySelector('span').textContent = playing ? t('停') : button.dataset.words;
    }
  }

  #act(act, by) {
    const { editor } = this;
    const at = editor.mark;
    if (act === 'hear') this.hear();
    else if (act === 'play') this.play();
    else if (act === 'nudge') editor.nudge(by);
    else if (act === 'pause') {
      const to = nextPause(editor.cuts.pauses, at, by);
      if (to !== null) editor.moveTo(to);
    } else if (act === 'mend') editor.moveTo(snap(editor.cuts.pauses, at, FAR_S));
    else if (act === 'zoom') editor.near.zoom(by, at);
    else if (act === 'split') editor.splitAt(at);
    else if (act === 'cut-before') editor.trim(at, false);
    else if (act === 'cut-after') editor.trim(at, true);
  }

  /** Three seconds on each side of what is looked at. */
  hear(at = this.editor.mark) {
    if (this.editor.listener.playing) this.editor.listener.stop();
    else this.editor.listen(Math.max(0, at - AROUND_S), Math.min(this.editor.duration, at + AROUND_S));
  }

  /** From what is looked at on, until it is stopped. */
  play(at = this.editor.mark) {
    if (this.editor.listener.playing) this.editor.listener.stop();
    else this.editor.listen(at, this.editor.duration);
  }
}
