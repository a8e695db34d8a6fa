// The clips as a list: a card for each piece, and between two cards the cut that separates them.
import { clock, duration } from '../../shared/format.js';
import { t } from '../../shared/sentences.js';
import { idOf } from './handles.js';
import { endOf, isBorder, lengthOf, numberOf, sentencesAround, sentencesWithin, splitPoint, startOf } from './model.js';

export class List {
  constructor(editor) {
    this.editor = editor;
    this.element = document.getElementById('pieces');
    this.cards = new Map(); // piece key -> {card, cut}
    this.element.addEventListener('click', (event) => {
      const button = event.target.closest('[data-act]');
      if (button) this.#act(button.dataset.act, this.#indexOf(button));
    });
    this.element.addEventListener('input', (event) => this.editor.named(this.#indexOf(event.target), event.target.value));
    this.element.addEventListener('change', () => this.editor.rest());
    this.element.addEventListener('focusin', (event) => {
      if (event.target.matches('input')) this.editor.rest();
    });
  }

  show() {
    const { pieces } = this.editor.state;
    for (const [key, { card, cut }] of this.cards) {
      if (pieces.some((piece) => piece.key === key)) continue;
      card.remove();
      cut.remove();
      this.cards.delete(key);
    }
    let place = this.element.firstElementChild;
    const put = (row) => {
      if (row === place) place = place.nextElementSibling;
      else this.element.insertBefore(row, place);
    };
    pieces.forEach((piece, i) => {
      if (!this.cards.has(piece.key)) this.cards.set(piece.key, this.#fresh(piece.key));
      const { card, cut } = this.cards.get(piece.key);
      this.#fillCut(cut, i);
      this.#fillCard(card, piece, i);
      put(cut);
      put(card);
    });
  }

  /** The card of piece `i`, brought into sight. */
  reveal(i) {
    const { card } = this.cards.get(this.editor.state.pieces[i].key);
    card.scrollIntoView({ block: 'nearest', behavior: this.editor.calm ? 'auto' : 'smooth' });
  }

  #fresh(key) {
    const make = (id) => {
      const row = document.getElementById(id).content.firstElementChild.cloneNode(true);
      row.dataset.key = key;
      return row;
    };
    return { card: make('piece-card'), cut: make('cut-row') };
  }

  #indexOf(element) {
    const { key } = element.closest('[data-key]').dataset;
    return this.editor.state.pieces.findIndex((piece) => String(piece.key) === key);
  }

  // ------------------------------------------------------------ a card

  #fillCard(card, piece, i) {
    const { state, limits, verdict } = this.editor;
    const part = (name) => card.querySelector(`[data-part="${name}"]`);
    const button = (act) => card.querySelector(`[data-act="${act}"]`);
    const n = numberOf(state, i);
    const length = lengthOf(state, i);
    card.classList.toggle('dropped', piece.dropped);
    write(part('n'), n === null ? '×' : String(n));
    const title = part('title');
    title.hidden = piece.dropped;
    part('out').hidden = !piece.dropped;
    if (title.value !== piece.title) title.value = piece.title;
    title.placeholder = n === null ? '' : t('第 %(n)s 段（可以起个名字）', { n });
    title.setAttribute('aria-label', n === null ? '' : t('第 %(n)s 段的名称', { n }));
    write(part('times'), `${clock(startOf(state, i))} – ${clock(endOf(state, i))}`);
    write(part('length'), duration(length));
    const { first, last } = sentencesWithin(this.editor.cuts.sentences, startOf(state, i), endOf(state, i));
    write(part('first'), first?.[2] ?? '');
    write(part('last'), last && last !== first ? last[2] : '');
    const problem = this.editor.problems.find((one) => one.i === i);
    part('problem').hidden = !problem;
    write(part('problem'), problem ? problemWords(problem, length, limits) : '');
    card.classList.toggle('wrong-piece', Boolean(problem));
    this.#fate(part('fate'), piece, verdict);
    const heard = this.editor.listener.playing && this.heard === piece.key;
    button('listen').classList.toggle('playing', heard);
    write(button('listen'), heard ? t('停') : button('listen').dataset.words);
    button('drop').hidden = piece.dropped;
    button('drop').disabled = state.pieces.filter((one) => !one.dropped).length === 1;
    button('restore').hidden = !piece.dropped;
    button('split').hidden = piece.dropped;
    button('split').disabled = splitPoint(state, i, null, this.editor.cuts.pauses, limits) === null;
  }

  #fate(place, piece, verdict) {
    const again = !piece.dropped && !verdict.same.has(piece.key);
    place.hidden = !again;
    write(place, again ? t('要重新制作') : '');
  }

  // ------------------------------------------------------------ the cut above a card

  #fillCut(cut, i) {
    const { state, cuts } = this.editor;
    cut.hidden = !isBorder(state, i);
    if (cut.hidden) return;
    const part = (name) => cut.querySelector(`[data-part="${name}"]`);
    const at = startOf(state, i);
    write(part('time'), clock(at, 1));
    write(part('kind'), cutWords(state, i));
    const through = sentencesAround(cuts.sentences, at).through !== null;
    part('through').hidden = !through;
    cut.classList.toggle('chosen', this.editor.border === i);
    const both = !state.pieces[i].dropped && !state.pieces[i - 1].dropped;
    cut.querySelector('[data-act="merge"]').hidden = !both;
  }

  // ------------------------------------------------------------ what people do

  #act(act, i) {
    const { editor } = this;
    const { state } = editor;
    if (act === 'listen') {
      const again = editor.listener.playing && this.heard === state.pieces[i].key;
      this.heard = state.pieces[i].key;
      if (again) editor.listener.stop();
      else editor.listen(startOf(state, i), endOf(state, i));
    } else if (act === 'look') editor.select(idOf(state, i), { look: true, reveal: true });
    else if (act === 'split') editor.splitPiece(i);
    else if (act === 'merge') editor.merge(i - 1);
    else if (act === 'drop') editor.drop(i, true);
    else if (act === 'restore') editor.drop(i, false);
  }
}

/** What the border before piece `i` is for those who watch. */
function cutWords(state, i) {
  if (state.pieces[i].dropped) return t('结尾');
  return state.pieces[i - 1].dropped ? t('开头') : t('分界');
}

/** Cards stay while a cut is dragged: only what is new is written into them. */
function write(place, words) {
  if (place.textContent !== words) place.textContent = words;
}

/** Why a piece cannot be saved as it is, and what to do. */
export function problemWords({ code }, length, limits) {
  if (code === 'long') {
    return t('这一段长 %(length)s，超过了 %(most)s，还不能保存。请把它分成两段，或移动分界。', {
      length: clock(length), most: duration(limits.max_s),
    });
  }
  if (code === 'short') return t('这一段太短：至少要 %(least)s。请移动分界，或和旁边的合并。', { least: duration(limits.min_s) });
  return t('分得太多了：最多 %(most)s 段。', { most: limits.most });
}
