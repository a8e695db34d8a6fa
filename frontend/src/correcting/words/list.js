// The lines on the page: a row for each, with a plain text field. Under the field lies the same text, unseen, which
// gives it its height and underlines what is doubtful.
import { clock } from '../../shared/format.js';
import { t } from '../../shared/sentences.js';

/** Whether a key belongs to an input method that is still composing. */
export const composes = (event) => event.isComposing || event.keyCode === 229;

export class List {
  /** @param page what is done with what is typed: `typed`, `key`, `act`, `entered`, `left` */
  constructor(element, page) {
    Object.assign(this, { element, page });
    this.rows = new Map(); // key of the line -> {row, field, under, time, play, source, shown}
    this.composing = null; // the field in which an input method is at work
    this.pattern = document.getElementById('word-line').content.firstElementChild;
    element.addEventListener('compositionstart', (event) => {
      this.composing = event.target;
    });
    element.addEventListener('compositionend', (event) => {
      this.composing = null;
      this.page.typed(this.indexOf(event.target), event.target);
    });
    element.addEventListener('input', (event) => {
      if (event.isComposing || this.composing) this.#lay(this.#partsOf(event.target), event.target.value, []);
      else this.page.typed(this.indexOf(event.target), event.target);
    });
    element.addEventListener('beforeinput', (event) => {
      const undo = { historyUndo: true, historyRedo: false }[event.inputType];
      if (undo === undefined) return;
      event.preventDefault();
      this.page.undo(undo);
    });
    element.addEventListener('keydown', (event) => {
      if (event.target.matches('textarea') && !composes(event)) this.page.key(event, this.indexOf(event.target), event.target);
    });
    element.addEventListener('focusin', (event) => event.target.matches('textarea') && this.page.entered(this.indexOf(event.target)));
    element.addEventListener('focusout', (event) => event.target.matches('textarea') && this.page.left());
    element.addEventListener('click', (event) => {
      const button = event.target.closest('[data-act]');
      if (button) this.page.act(button.dataset.act, this.indexOf(button));
    });
  }

  /** The number of the line that an element belongs to; -1 when it is none any more. */
  indexOf(element) {
    const key = element.closest('li')?.dataset.key;
    return this.page.lines.findIndex((line) => String(line.key) === key);
  }

  /** The field of a line, by its key. */
  fieldOf(key) {
    return this.rows.get(key)?.field ?? null;
  }

  show(lines) {
    const keys = new Set(lines.map((line) => line.key));
    for (const [key, { row }] of this.rows) {
      if (keys.has(key)) continue;
      row.remove();
      this.rows.delete(key);
    }
    let place = this.element.firstElementChild;
    lines.forEach((line, i) => {
      const made = this.rows.get(line.key) ?? this.#fresh(line.key);
      this.#fill(made, line, i);
      if (made.row === place) place = place.nextElementSibling;
      else this.element.insertBefore(made.row, place);
    });
  }

  #fresh(key) {
    const row = this.pattern.cloneNode(true);
    row.dataset.key = key;
    const [field, under, time, play, source] = ['textarea', '.word-under', 'time', '.word-time', '.word-source'].map((name) => row.querySelector(name));
    const made = { row, field, under, time, play, source, shown: null };
    this.rows.set(key, made);
    return made;
  }

  #partsOf(field) {
    return [...this.rows.values()].find((made) => made.field === field);
  }

  #fill(made, line, i) {
    const { row, field, time, play, source } = made;
    if (made.i !== i || made.shown !== line) {
      made.i = i;
      const doubtful = line.doubtful.map(([from, to]) => line.text.slice(from, to)).join(t('、'));
      const n = i + 1;
      field.setAttribute('aria-label', doubtful ? t('第 %(n)s 行，存疑：%(words)s', { n, words: doubtful }) : t('第 %(n)s 行', { n }));
    }
    if (made.shown === line) return;
    made.shown = line;
    row.classList.toggle('unsure', line.doubtful.length > 0);
    source.textContent = sourceWords(line.source);
    row.dataset.source = line.source;
    play.hidden = line.start === null;
    if (line.start !== null) time.textContent = clock(line.start);
    if (field === this.composing) return; // what is being composed is nobody else's to write
    if (field.value !== line.text) field.value = line.text;
    this.#lay(made, line.text, line.doubtful);
  }

  #lay({ under }, text, doubtful) {
    const parts = [];
    let done = 0;
    for (const [from, to] of doubtful) {
      const mark = document.createElement('mark');
      mark.textContent = text.slice(from, to);
      parts.push(text.slice(done, from), mark);
      done = to;
    }
    under.replaceChildren(...parts, `${text.slice(done)} `); // a line of nothing is as high as one of something
  }

  /** Go into a line's field; the cursor at `from`, or `from` to `to` selected. */
  enter(key, from = null, to = from) {
    const { row, field } = this.rows.get(key) ?? {};
    if (!field) return;
    field.focus({ preventScroll: true });
    if (from !== null) field.setSelectionRange(from, to);
    this.#reveal(row);
  }

  #reveal(row) {
    const { top, bottom } = row.getBoundingClientRect();
    const board = document.getElementById('word-board').getBoundingClientRect();
    const ceiling = Math.max(0, board.bottom);
    const floor = document.getElementById('word-bar').getBoundingClientRect().top;
    if (top < ceiling + 8 || bottom > floor - 8) window.scrollBy({ top: top - ceiling - Math.max(40, (floor - ceiling) / 3) });
  }

  /** Mark the line that is heard, and keep it in sight when that is wanted. */
  mark(key, { follow = false } = {}) {
    if (this.marked === key) return;
    this.rows.get(this.marked)?.row.classList.remove('heard');
    this.marked = key;
    const now = this.rows.get(key)?.row;
    now?.classList.add('heard');
    if (now && follow) this.#reveal(now);
  }
}

function sourceWords(source) {
  if (source === 'recognised') return t('机器识别');
  if (source === 'estimated') return t('时间是估计的');
  if (source === 'aligned') return t('时间已对齐');
  return '';
}
