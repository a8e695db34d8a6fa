// The lines of a record: saved as they are written, and those of others come in while one writes.
import { request } from '../../shared/http.js';
import { t } from '../../shared/sentences.js';
import { changed, newId } from './lines.js';

const QUIET_MS = 900; // so long nothing is typed, and a line is saved
const LOOK_MS = 3000;

class Line {
  constructor(desk, known) {
    Object.assign(this, { desk, id: known.id, part: known.part });
    this.row = document.getElementById('line').content.firstElementChild.cloneNode(true);
    this.speaker = this.row.querySelector('input');
    this.words = this.row.querySelector('textarea');
    this.show(known);
    this.row.addEventListener('input', () => this.typed());
    this.row.addEventListener('focusout', () => this.save());
    this.row.querySelector('[data-remove]').addEventListener('click', () => this.remove());
    this.row.querySelector('[data-keep]').addEventListener('click', () => this.keep());
  }

  /** What the server has of it, unless something else stands here that it does not have yet. */
  show(known) {
    this.known = known;
    this.speaker.value = known.speaker;
    this.words.value = known.text;
    this.mark();
  }

  mark() {
    this.row.classList.toggle('beside', Boolean(this.known.beside));
    this.row.querySelector('.twice').hidden = !this.known.beside;
  }

  get dirty() {
    return changed(this.known, this.speaker.value, this.words.value);
  }

  typed() {
    this.desk.say(t('还没有保存'));
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), QUIET_MS);
  }

  /** Save it; what is typed meanwhile is saved afterwards. */
  async save() {
    clearTimeout(this.timer);
    if (this.saving || !this.dirty) return;
    if (!this.known.version && !this.words.value.trim() && !this.speaker.value.trim()) return;
    const sent = { speaker: this.speaker.value, text: this.words.value };
    this.saving = this.desk.put(this, sent);
    try {
      const put = await this.saving;
      // Somebody had changed the line: what was written here has one of its own now, and theirs comes in beside it.
      this.id = put.id;
      this.known = { ...this.known, ...sent, id: put.id, version: put.version, beside: put.beside ? put.id : this.known.beside };
      this.desk.say(t('已保存'));
      if (put.beside) this.desk.look();
    } catch (error) {
      this.desk.trouble(error);
      this.timer = setTimeout(() => this.save(), LOOK_MS);
      return;
    } finally {
      this.saving = null;
    }
    if (this.dirty) this.save();
  }

  async remove() {
    await this.saving;
    if (this.known.version) {
      try {
        await request('DELETE', `${this.desk.url}/lines/${this.id}?version=${this.known.version}`);
      } catch (error) {
        this.desk.trouble(error);
        this.desk.look();
        return;
      }
    }
    this.desk.drop(this);
  }

  async keep() {
    try {
      await request('POST', `${this.desk.url}/lines/${this.id}/keep`, {});
    } catch (error) {
      this.desk.trouble(error);
    }
    this.desk.look();
  }
}

class Desk {
  constructor(root) {
    this.root = root;
    this.url = `/api/v1/gatherings/${root.dataset.gathering}/record`;
    this.version = Number(root.dataset.version);
    this.lines = new Map();
    this.arrange(JSON.parse(document.getElementById('record-lines').textContent));
    root.addEventListener('click', (event) => {
      const part = event.target.closest('[data-add]')?.closest('[data-part]');
      if (part) this.add(part.dataset.part);
    });
    window.addEventListener('pagehide', () => this.all((line) => line.save()));
    window.addEventListener('beforeunload', (event) => {
      if ([...this.lines.values()].some((line) => line.dirty)) event.preventDefault();
    });
    for (const form of document.querySelectorAll('[data-signing]')) form.addEventListener('submit', (event) => this.signing(event));
    setInterval(() => document.hidden || this.look(), LOOK_MS);
  }

  all(act) {
    return Promise.all([...this.lines.values()].map(act));
  }

  listOf(part) {
    return this.root.querySelector(`[data-part="${part}"] .lines`);
  }

  add(part) {
    const line = new Line(this, { id: newId(), part, speaker: '', text: '', version: 0, beside: '' });
    this.lines.set(line.id, line);
    this.listOf(part).append(line.row);
    (part === 'discussion' ? line.speaker : line.words).focus();
  }

  drop(line) {
    line.row.remove();
    for (const [id, one] of this.lines) if (one === line) this.lines.delete(id);
  }

  async put(line, { speaker, text }) {
    const rows = [...this.listOf(line.part).children];
    const before = rows[rows.indexOf(line.row) - 1];
    const after = [...this.lines.values()].find((one) => one.row === before);
    const body = { part: line.part, speaker, text, version: line.known.version, after: after?.known.version ? after.id : null };
    const put = await request('PUT', `${this.url}/lines/${line.id}`, body, { keepalive: true });
    if (put.id !== line.id) {
      this.lines.delete(line.id);
      this.lines.set(put.id, line);
    }
    return put;
  }

  /** Bring in what others have written. */
  async look() {
    if (this.looking) return;
    this.looking = true;
    try {
      const now = await request('GET', `${this.url}?since=${this.version}`);
      if (now.state !== 'open' || now.signed) window.location.reload();
      this.version = now.version;
      if (now.lines) this.arrange(now.lines);
      if (this.offline) this.say('');
      this.offline = false;
    } catch (error) {
      this.trouble(error);
    } finally {
      this.looking = false;
    }
  }

  /** Show lines in the server's order; what is being typed here stays as it is. */
  arrange(known) {
    const focused = document.activeElement;
    const there = new Set(known.map((one) => one.id));
    for (const line of [...this.lines.values()]) {
      const gone = line.known.version && !there.has(line.id);
      if (!gone || line.saving) continue;
      if (line.dirty) line.known = { ...line.known, version: 0, id: line.id }; // taken out by another: it is written anew
      else this.drop(line);
    }
    for (const part of ['discussion', 'resolution']) {
      const list = this.listOf(part);
      let last = null;
      for (const one of known.filter((line) => line.part === part)) {
        let line = this.lines.get(one.id);
        if (!line) {
          line = new Line(this, one);
          this.lines.set(one.id, line);
          if (this.ready) line.row.classList.add('fresh');
        } else if (!line.saving && !line.dirty) {
          if (line.known.version !== one.version && this.ready) line.row.classList.add('fresh');
          if (line.known.version !== one.version) line.show(one);
          else line.known = one;
          line.mark();
        } else if (one.version === line.known.version) line.known = { ...line.known, beside: one.beside };
        const place = last ? last.nextSibling : list.firstChild;
        if (line.row !== place) list.insertBefore(line.row, place);
        last = line.row;
      }
    }
    this.ready = true;
    if (focused?.isConnected && focused !== document.activeElement) focused.focus();
  }

  async signing(event) {
    const waits = [...this.lines.values()].some((line) => line.dirty || line.saving);
    if (!waits) return;
    event.preventDefault();
    await this.all((line) => line.save());
    window.location.reload(); // what is signed is what was read
  }

  say(words) {
    document.getElementById('saving').textContent = words;
  }

  trouble(error) {
    this.offline = error.status === 0;
    this.say(this.offline ? t('连不上服务器，写的还在这里，连上后会保存。') : error.said);
    if (error.code === 'record_locked' || error.code === 'record_signed') window.location.assign(`${window.location.pathname}#text`);
  }
}

new Desk(document.getElementById('lines'));
