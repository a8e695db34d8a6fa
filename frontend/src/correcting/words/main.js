// The page on which a lecturer corrects what is said, beside the sound. The lines are a value (lines.js); everything
// that is shown is drawn from it again after each change.
import { Edits } from '../../shared/edits.js';
import { clock } from '../../shared/format.js';
import { request } from '../../shared/http.js';
import { Listener } from '../../shared/listen.js';
import { t, tn } from '../../shared/sentences.js';
import { Always } from './always.js';
import { Finder } from './finder.js';
import { keepHistory, takeHistory } from './history.js';
import { composes, List } from './list.js';
import {
  confirm, correction, count, doubts, exchange, join, lineAt, lineOf, nextDoubt, rebase, remove, split, take, wordAt, write,
} from './lines.js';
import { Others } from './others.js';
import { Saver } from './saver.js';

const SLOW = 0.75;
const ASK_EVERY_MS = 5000;
const AFTER_TAP_MS = 250;
const LEAD_IN_S = 0.15; // before a word, so that its first sound is heard
const byId = (id) => document.getElementById(id);

class Page {
  constructor(place, words) {
    this.lesson = place.dataset.lesson;
    this.words = words;
    const { edits, known } = takeHistory(this.lesson, words.lines.map(lineOf), words.base);
    this.edits = edits;
    this.at = null; // key of the line that has the cursor, or had it last
    this.before = null; // what that line said when the cursor came: {key, text}
    this.conflicts = [];
    this.list = new List(byId('word-lines'), this);
    this.saver = new Saver({
      lesson: this.lesson,
      words,
      known,
      lines: () => this.lines,
      kept: () => this.conflicts,
      told: (state, sentence) => this.#tell(state, sentence),
      changed: (now) => this.#changed(now),
    });
    this.finder = new Finder(this);
    this.always = new Always(this);
    this.others = new Others(this.lesson);
    this.#listener();
    this.#buttons();
    this.show();
    this.#restore();
    window.addEventListener('pagehide', () => keepHistory(this.lesson, this.edits, this.saver.base));
  }

  get lines() {
    return this.edits.now;
  }

  get i() {
    return this.lines.findIndex((line) => line.key === this.at);
  }

  show() {
    const { lines } = this;
    this.list.show(lines);
    byId('undo').disabled = !this.edits.past.length;
    byId('redo').disabled = !this.edits.future.length;
    const unsure = doubts(lines);
    byId('next-doubt').disabled = unsure === 0;
    byId('doubts').textContent = unsure ? String(unsure) : '';
    this.finder.show();
    this.always.show();
  }

  /** Say what was done, for those who do not see it. */
  say(words) {
    byId('word-said').textContent = words;
  }

  // ------------------------------------------------------------ changing

  change(lines, words = '', tag = null) {
    if (lines === this.lines) return false;
    if (tag === null) this.edits.rest();
    this.edits.push(lines, tag);
    this.show();
    this.saver.note();
    if (words) this.say(words);
    return true;
  }

  typed(i, field) {
    this.passing = false;
    if (i < 0) return;
    // Pasted text may have breaks; a line has none.
    const text = field.value.replace(/\s*[\r\n]+\s*/g, ' ').slice(0, this.words.limits.line);
    if (text !== field.value) {
      const at = Math.min(field.selectionStart, text.length);
      field.value = text;
      field.setSelectionRange(at, at);
    }
    if (this.lines[i].text === text) {
      this.list.show(this.lines);
      return;
    }
    this.change(write(this.lines, i, text), '', `write ${this.lines[i].key}`);
  }

  split(i, at) {
    this.offer();
    const lines = split(this.lines, i, at, this.words.pauses, this.words.heard);
    if (!this.change(lines, t('已分成两行。'))) return false;
    this.#settled();
    this.list.enter(lines[i + 1].key, 0);
    return true;
  }

  join(i) {
    if (i < 1) return false;
    this.offer();
    const { lines, at } = join(this.lines, i);
    this.change(lines, t('已并入上一行。'));
    this.at = lines[i - 1].key;
    this.#settled();
    this.list.enter(lines[i - 1].key, at);
    return true;
  }

  remove(i) {
    if (this.lines.length < 2) return;
    const next = this.lines[i + 1] ?? this.lines[i - 1];
    this.change(remove(this.lines, i), t('这一行删掉了，可以撤销。'));
    this.list.enter(next.key, 0);
  }

  /** Line `i` is right as it stands; on to the next that is not sure. */
  confirm(i) {
    this.change(confirm(this.lines, i), t('这一行没有错。'));
    this.nextDoubt();
  }

  nextDoubt() {
    const field = document.activeElement;
    const inside = field?.matches?.('#word-lines textarea');
    const next = nextDoubt(this.lines, Math.max(0, this.i), inside ? field.selectionEnd : 0);
    if (!next) return;
    this.list.enter(this.lines[next.i].key, next.from, next.to);
  }

  undo(back) {
    if (this.list.composing) return;
    this.edits.rest();
    if (!(back ? this.edits.undo() : this.edits.redo())) return;
    this.show();
    this.saver.note();
    this.say(back ? t('已撤销。') : t('已重做。'));
    this.#settled();
  }

  // ------------------------------------------------------------ the field with the cursor

  entered(i) {
    const line = this.lines[i];
    if (!line || (this.before && this.before.key === line.key)) return;
    this.offer();
    this.at = line.key;
    this.before = { key: line.key, text: line.text };
    if (this.listener.playing && this.goesOn) this.goesOn = null; // from now on the cursor leads
  }

  left() {
    this.edits.rest();
    this.offer();
  }

  /** What was corrected in the line that was left is offered for all equal places. */
  offer() {
    const { before } = this;
    const line = before && this.lines.find(({ key }) => key === before.key);
    if (!line || line.text === before.text) return;
    this.before = { key: line.key, text: line.text };
    const pair = correction(before.text, line.text, this.lines);
    // Not at once: whoever left the line by a tap must find what they tapped where it was.
    if (pair) setTimeout(() => this.always.offer(pair, count(this.lines, pair.was, pair.now)), AFTER_TAP_MS);
  }

  /** The lines were parted otherwise: what the line with the cursor says now was not typed. */
  #settled() {
    const line = this.lines[this.i];
    this.before = line ? { key: line.key, text: line.text } : null;
  }

  everywhere({ was, now }) {
    const places = count(this.lines, was, now);
    const words = tn('已改正 %(num)s 处。', '已改正 %(num)s 处。', places, { num: places });
    this.change(exchange(this.lines, was, now), words);
    this.#settled();
  }

  key(event, i, field) {
    const { selectionStart: from, selectionEnd: to } = field;
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
    const done = {
      Enter: () => {
        if (event.ctrlKey || event.metaKey) this.confirm(i);
        else if (plain && !this.split(i, from) && from === field.value.length && this.lines[i + 1]) this.list.enter(this.lines[i + 1].key, 0);
      },
      Tab: () => (plain && !event.shiftKey && !this.passing ? this.hear(i) : false),
      Backspace: () => plain && from === 0 && to === 0 && this.join(i),
      Delete: () => plain && from === field.value.length && to === from && this.#joinNext(i, from),
      ArrowUp: () => plain && !event.shiftKey && from === 0 && this.#step(i - 1),
      ArrowDown: () => plain && !event.shiftKey && from === field.value.length && this.#step(i + 1),
      Escape: () => {
        this.listener.stop();
        this.passing = true; // who left goes on with Tab, or the keyboard would never get out of the list
        field.closest('li').querySelector('.word-time').focus();
      },
    }[event.key];
    if (done && done() !== false) event.preventDefault();
  }

  #joinNext(i, at) {
    if (!this.lines[i + 1]) return false;
    this.join(i + 1);
    this.list.enter(this.lines[i].key, at);
    return true;
  }

  #step(i) {
    const line = this.lines[i];
    if (!line) return false;
    this.list.enter(line.key, i < this.i ? line.text.length : 0);
    return true;
  }

  /** What a button does with line `i`. */
  act(what, i) {
    if (i < 0) return;
    if (what === 'play') this.hear(i);
    else if (what === 'split' && !this.split(i, this.list.fieldOf(this.lines[i].key).selectionStart)) this.say(t('光标要在两个字之间。'));
    else if (what === 'join') this.join(i);
    else if (what === 'right') this.confirm(i);
    else if (what === 'remove') this.remove(i);
  }

  // ------------------------------------------------------------ listening

  #listener() {
    const video = byId('words-video');
    this.listener = new Listener(video, {
      clips: () => this.words.playing,
      renew: async () => {
        this.words.playing = (await request('GET', this.saver.url)).playing;
      },
      onMove: (at) => {
        const line = this.lines[lineAt(this.lines, at)];
        this.list.mark(line?.key, { follow: Boolean(this.goesOn) });
      },
      onEnd: (words) => this.#silent(words),
    });
  }

  /** Play line `i`, or stop when it plays. */
  hear(i) {
    const line = this.lines[i];
    if (!line || line.start === null) return;
    const again = this.listener.playing && this.playing === line.key;
    this.stop();
    if (again) return;
    this.at = line.key;
    this.playing = line.key;
    this.#play(line.start, line.end);
  }

  /** Play from line `i` on: from the word at the cursor where that is in it. */
  goOn(i) {
    const line = this.lines[Math.max(0, i)];
    this.stop();
    this.goesOn = true;
    const at = i < 0 ? 0 : this.list.fieldOf(line.key).selectionStart;
    const word = at > 0 && line.start !== null ? wordAt(line, at, this.words.heard) : null;
    this.#play(word === null ? line?.start ?? 0 : Math.max(line.start, word - LEAD_IN_S), this.words.duration_s ?? line?.end ?? 0);
  }

  #play(from, to) {
    byId('listen-problem').hidden = true;
    const video = byId('words-video');
    video.defaultPlaybackRate = this.slow ? SLOW : 1;
    video.playbackRate = video.defaultPlaybackRate;
    this.range = [from, to];
    byId('word-board').classList.add('heard');
    this.listener.play(from, to);
    this.#playing(true);
  }

  #onOrStop() {
    if (this.goesOn) this.stop();
    else this.goOn(this.i);
  }

  stop() {
    this.loops = false; // so that what is stopped does not begin again
    this.listener.stop();
    this.loops = byId('loop').getAttribute('aria-pressed') === 'true';
    Object.assign(this, { playing: null, goesOn: null });
  }

  #silent(words) {
    const ended = this.playing !== null && !words && this.loops;
    this.#playing(false);
    if (ended) {
      // The line's times may have changed while it played.
      const line = this.lines.find(({ key }) => key === this.playing);
      if (line) setTimeout(() => this.playing === line.key && !this.listener.playing && this.#play(line.start, line.end), 400);
      return;
    }
    Object.assign(this, { goesOn: null });
    byId('listen-problem').hidden = !words;
    byId('listen-problem').textContent = words;
  }

  #playing(on) {
    byId('hear').classList.toggle('playing', on && !this.goesOn);
    byId('go-on').classList.toggle('playing', on && Boolean(this.goesOn));
  }

  // ------------------------------------------------------------ the buttons and keys of the page

  #buttons() {
    const press = (id, done) => byId(id).addEventListener('click', done);
    // The line keeps the cursor, and a phone its keyboard: a button that is pressed takes neither.
    byId('word-board').addEventListener('mousedown', (event) => event.target.closest('button') && event.preventDefault());
    byId('line-acts').addEventListener('click', (event) => {
      const { act } = event.target.closest('button')?.dataset ?? {};
      if (act) this.act(act, this.i);
    });
    press('hear', () => this.hear(Math.max(0, this.i)));
    press('go-on', () => this.#onOrStop());
    press('loop', () => {
      this.loops = this.#toggle('loop');
    });
    press('slow', () => {
      this.slow = this.#toggle('slow');
      const video = byId('words-video');
      video.defaultPlaybackRate = this.slow ? SLOW : 1;
      video.playbackRate = video.defaultPlaybackRate;
    });
    press('next-doubt', () => this.nextDoubt());
    press('undo', () => this.undo(true));
    press('redo', () => this.undo(false));
    press('save-again', () => this.saver.save());
    byId('word-conflicts').addEventListener('click', (event) => {
      const button = event.target.closest('[data-decide]');
      if (button) this.#decide(Number(button.closest('li').dataset.n), button.dataset.decide);
    });
    document.addEventListener('keydown', (event) => this.#shortcut(event));
    // The back button shows what was here before it was saved.
    window.addEventListener('pageshow', (event) => event.persisted && window.location.reload());
  }

  #toggle(id) {
    const on = byId(id).getAttribute('aria-pressed') !== 'true';
    byId(id).setAttribute('aria-pressed', String(on));
    return on;
  }

  #shortcut(event) {
    if (composes(event) || event.target.closest?.('input')) return;
    const held = event.ctrlKey || event.metaKey;
    const key = event.key.toLowerCase();
    if (held && key === 'z') this.undo(!event.shiftKey);
    else if (event.ctrlKey && key === 'y') this.undo(false);
    else if (event.key === 'F8') this.nextDoubt();
    else if (event.key === 'F9') this.#onOrStop();
    else return;
    event.preventDefault();
  }

  // ------------------------------------------------------------ saving

  #tell(state, sentence = '') {
    const words = {
      saved: t('已保存。'),
      changed: t('有改动，马上保存……'),
      saving: t('正在保存……'),
      waiting: t('还没有保存：%(why)s 会自动再试，写下的内容先留在这台设备上。', { why: sentence }),
      refused: t('没有保存：%(why)s', { why: sentence }),
    }[state];
    const place = byId('save-words');
    if (place.textContent !== words) place.textContent = words;
    byId('word-bar').dataset.state = state;
    byId('save-again').hidden = !['waiting', 'refused'].includes(state);
  }

  /** What a tab that is gone left unsaved. */
  #restore() {
    const draft = this.saver.drafts.adopt();
    if (!draft) {
      this.saver.told('saved');
      byId('save-words').textContent = t('改动会自动保存。');
      if (this.saver.edits.length) this.saver.note(); // a reload that was faster than the saving
      return;
    }
    const { lines, applied, conflicts } = rebase(draft.edits, this.lines);
    this.conflicts = conflicts;
    if (applied) {
      this.edits.push(lines);
      this.show();
      this.say(t('上次没有来得及保存的改动找回来了。'));
    }
    byId('word-found').hidden = !applied;
    this.#showConflicts();
    this.saver.drafts.drop({ whose: draft.by });
    this.saver.note();
  }

  /** Somebody else has corrected: what was typed here is made again on what is there now. */
  #changed(words) {
    if (this.list.composing) {
      this.list.composing.addEventListener('compositionend', () => setTimeout(() => this.#changed(words)), { once: true });
      return;
    }
    const pending = [...this.saver.edits, ...this.conflicts];
    const i = this.i;
    const present = words.lines.map(lineOf);
    this.words = { ...this.words, ...words };
    const { lines, conflicts } = rebase(pending, present);
    this.conflicts = conflicts;
    this.edits = new Edits(lines); // undoing must not take back what others did
    this.saver.renew(words.base, present);
    this.before = null;
    const begins = this.lines[i];
    const inside = document.activeElement?.matches?.('#word-lines textarea');
    this.show();
    if (inside && begins) this.list.enter(begins.key);
    this.#showConflicts(words.by);
    this.saver.note();
  }

  #showConflicts(by = null) {
    const box = byId('word-conflicts');
    box.hidden = this.conflicts.length === 0;
    byId('conflict-by').textContent = by ? t('%(name)s 刚刚也改过这些地方。', { name: by }) : t('这些地方刚刚在别处改过。');
    const said = (lines) => lines.map((line) => line.text.trim()).join(' / ') || t('（删掉了）');
    byId('conflict-list').replaceChildren(...this.conflicts.map(({ was, theirs, lines }, n) => {
      const row = byId('conflict-row').content.firstElementChild.cloneNode(true);
      row.dataset.n = n;
      const put = (name, text) => {
        row.querySelector(`[data-part=${name}]`).textContent = text;
      };
      put('time', was[0].start === null ? '' : clock(was[0].start));
      put('theirs', said(theirs));
      put('mine', said(lines));
      return row;
    }));
  }

  #decide(n, whose) {
    const conflict = this.conflicts[n];
    this.conflicts = this.conflicts.filter((one) => one !== conflict);
    if (whose === 'mine') this.change(take(this.lines, conflict), t('用了您写的。'));
    this.#showConflicts();
    this.saver.note();
  }

  /** Go to a place in a line. */
  goTo(i, from, to) {
    this.list.enter(this.lines[i].key, from, to);
  }
}

/** A machine still writes the lines: look again until it has ended. */
function waitForWords(place) {
  const ask = async () => {
    const words = await request('GET', `/api/v1/lessons/${place.dataset.lesson}/transcript/lines`).catch(() => null);
    if (words && !words.being_heard) window.location.reload();
    else setTimeout(ask, ASK_EVERY_MS);
  };
  setTimeout(ask, ASK_EVERY_MS);
}

const place = byId('words-editor');
if (place) new Page(place, JSON.parse(byId('words').textContent));
else if (byId('no-words')?.dataset.wait) waitForWords(byId('no-words'));
