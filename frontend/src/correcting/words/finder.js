// Looking for words in the lesson's lines, and exchanging them.
import { clock } from '../../shared/format.js';
import { t, tn } from '../../shared/sentences.js';
import { count, exchange, places, write } from './lines.js';

const MOST_SHOWN = 30;
const AROUND = 12; // characters
const byId = (id) => document.getElementById(id);

export class Finder {
  constructor(page) {
    this.page = page;
    this.last = null; // the place that was gone to: {i, at}
    byId('find-open').addEventListener('click', () => this.#open());
    byId('find-close').addEventListener('click', () => this.#open(false));
    byId('find-next').addEventListener('click', () => this.next());
    byId('find-one').addEventListener('click', () => this.one());
    byId('find-all').addEventListener('click', () => this.all());
    for (const field of [this.wanted, this.instead]) {
      field.addEventListener('input', () => {
        this.last = null;
        this.show();
      });
      field.addEventListener('keydown', (event) => {
        if (event.key !== 'Enter' || event.isComposing || event.keyCode === 229) return;
        event.preventDefault();
        this.next();
      });
    }
  }

  get wanted() {
    return byId('find-what');
  }

  get instead() {
    return byId('find-with');
  }

  #open(on = byId('find-panel').hidden) {
    byId('find-panel').hidden = !on;
    byId('find-open').setAttribute('aria-expanded', String(on));
    if (on) this.wanted.focus();
    this.show();
  }

  show() {
    if (byId('find-panel').hidden) return;
    const found = count(this.page.lines, this.wanted.value);
    byId('find-count').textContent = this.wanted.value ? tn('%(num)s 处', '%(num)s 处', found, { num: found }) : '';
    for (const id of ['find-next', 'find-one', 'find-all']) byId(id).disabled = found === 0;
    this.#hits();
  }

  /** What is found, each with the words around it and what it would become; the first of them. */
  #hits() {
    const [was, now] = [this.wanted.value, this.instead.value];
    const found = was ? this.found : []; // nothing at all would be found everywhere
    const rows = found.slice(0, MOST_SHOWN).map(({ i, at }) => {
      const row = byId('find-hit').content.firstElementChild.cloneNode(true);
      const { text, start } = this.page.lines[i];
      const put = (name, words) => {
        row.querySelector(`[data-part=${name}]`).textContent = words;
      };
      put('time', start === null ? '' : clock(start));
      put('before', (at > AROUND ? '…' : '') + text.slice(Math.max(0, at - AROUND), at));
      put('was', was);
      put('now', now);
      put('after', text.slice(at + was.length, at + was.length + AROUND) + (text.length > at + was.length + AROUND ? '…' : ''));
      row.querySelector('button').addEventListener('click', () => {
        this.last = { i, at };
        this.page.goTo(i, at, at + was.length);
      });
      return row;
    });
    byId('find-hits').replaceChildren(...rows);
    byId('find-hits').hidden = !rows.length;
    byId('find-more').hidden = found.length <= MOST_SHOWN;
    byId('find-more').textContent = tn('还有 %(num)s 处没有列出来。', '还有 %(num)s 处没有列出来。', found.length - MOST_SHOWN, { num: found.length - MOST_SHOWN });
  }

  /** All places: [{i, at}]. */
  get found() {
    return this.page.lines.flatMap((line, i) => places(line.text, this.wanted.value).map((at) => ({ i, at })));
  }

  next() {
    const { found } = this;
    if (!this.wanted.value || !found.length) return;
    const behind = this.last ?? { i: this.page.i, at: -1 };
    const next = found.find(({ i, at }) => i > behind.i || (i === behind.i && at > behind.at)) ?? found[0];
    this.last = next;
    this.page.goTo(next.i, next.at, next.at + this.wanted.value.length);
  }

  /** Exchange the place that was gone to, and go on. */
  one() {
    const { last, page } = this;
    const [was, now] = [this.wanted.value, this.instead.value];
    if (!last || page.lines[last.i]?.text.substr(last.at, was.length) !== was) {
      this.next();
      return;
    }
    const { text } = page.lines[last.i];
    page.change(write(page.lines, last.i, text.slice(0, last.at) + now + text.slice(last.at + was.length)), t('已替换。'));
    this.last = { i: last.i, at: last.at + now.length - 1 };
    this.next();
  }

  all() {
    const [was, now] = [this.wanted.value, this.instead.value];
    const number = count(this.page.lines, was);
    this.page.change(exchangeAll(this.page.lines, was, now), tn('已替换 %(num)s 处。', '已替换 %(num)s 处。', number, { num: number }));
    this.last = null;
  }
}

/** Here every place counts, also one that is within what is to be written: somebody asked for all. */
function exchangeAll(lines, was, now) {
  if (!now.includes(was)) return exchange(lines, was, now);
  return lines.reduce((all, line, i) => write(all, i, line.text.split(was).join(now)), lines);
}
