// The lists under the clip: one's own notes and the questions at its seconds, fetched when they are opened.
import { clock } from '../../shared/format.js';
import { request } from '../../shared/http.js';
import { at } from '../../shared/site.js';
import { t } from '../../shared/sentences.js';

/** A second as people type it: 83, 1:23, 1:02:03; null for what is none. */
export function secondOf(text) {
  const parts = text.trim().replace(/：/g, ':').split(':').map((part) => (part.trim() === '' ? NaN : Number(part)));
  if (parts.length > 3 || parts.some((part) => !(part >= 0))) return null;
  return parts.reduce((sum, part) => sum * 60 + part, 0);
}

export function make(name, words = '', attributes = {}) {
  const made = document.createElement(name);
  if (words) made.textContent = words;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

/** Put these in place of what an element holds; `replaceChildren` is not known to Safari 13. */
export function fill(element, ...parts) {
  element.textContent = '';
  element.append(...parts);
}

/** Say above a list what went wrong, until it is shown anew; `again` tries once more. */
export function say(list, words, again = null) {
  hush(list);
  const line = make('p', `${words} `, { class: 'wrong', role: 'alert', 'data-failed': '' });
  if (again) line.append(button(t('重试'), again));
  list.before(line);
}

export function hush(list) {
  list.parentElement?.querySelector('[data-failed]')?.remove();
}

function button(words, onClick, kind = 'plain') {
  const made = make('button', words, { class: kind, type: 'button' });
  made.addEventListener('click', onClick);
  return made;
}

/** The place of a note or a question: a tap goes there, without leaving the page where there is a picture. */
export function placeLink(video, one) {
  const link = make('a', clock(one.at_s ?? 0), { href: `?t=${one.at_s ?? 0}` });
  link.addEventListener('click', (event) => {
    if (!video.readyState) return; // nothing to seek in yet: the link itself works
    event.preventDefault();
    video.currentTime = one.at_s;
    video.play().catch(() => {});
    video.scrollIntoView({ block: 'nearest' });
  });
  return link;
}

export class Notes {
  constructor(video, root, clip) {
    Object.assign(this, { video, root, clip });
    this.list = root.querySelector('[data-list]');
    this.notes = [];
    this.editing = new Map(); // by the note's id: its place in the list while it is being changed
  }

  async load() {
    const found = await request('GET', `/api/v1/notes?clip=${this.clip.id}`);
    this.notes = found.notes;
    this.loaded = true;
    this.show();
  }

  /** Keep what was typed, at the clip where it was begun. */
  async send(second, form) {
    const id = form.dataset.clip || this.clip.id;
    const made = await request('POST', `/api/v1/clips/${id}/notes`, { at_s: second, text: form.elements.text.value });
    if (id !== this.clip.id) return;
    if (!this.loaded) { // what came before is not known yet
      const load = () => this.load().catch((error) => say(this.list, error.said, load));
      await load();
      return;
    }
    this.notes.push(made);
    this.notes.sort((one, other) => one.at_s - other.at_s);
    this.show();
  }

  show() {
    hush(this.list);
    fill(this.list, ...this.notes.map((one) => this.editing.get(one.id) ?? this.item(one)));
    const number = this.root.querySelector('[data-count]');
    number.textContent = this.notes.length;
    number.hidden = !this.notes.length;
  }

  item(one) {
    const item = make('li');
    const body = make('div', '', { dir: 'auto' });
    const head = make('p', '', { class: 'meta' });
    head.append(placeLink(this.video, one), button(t('修改'), () => this.edit(item, one)), button(t('删除'), () => this.remove(one)));
    body.append(head, make('p', one.text, { class: 'said' }));
    item.append(body);
    return item;
  }

  edit(item, one) {
    const form = make('form', '', { class: 'fields', 'data-edit': one.id });
    const text = make('textarea', '', { rows: 3, maxlength: 1000, required: '', 'aria-label': t('笔记') });
    text.defaultValue = one.text;
    const done = () => {
      this.editing.delete(one.id);
      form.remove(); // it may stand beside another clip by now
      this.show();
    };
    const wrong = make('p', '', { class: 'wrong', role: 'alert' });
    const acts = make('p', '', { class: 'acts' });
    acts.append(make('button', t('保存'), { class: 'button primary' }), button(t('不改了'), done, 'button quiet'));
    form.append(text, acts, wrong);
    form.addEventListener('submit', async (event) => {
      event.preventDefault();
      try {
        Object.assign(one, await request('PATCH', `/api/v1/notes/${one.id}`, { text: text.value, version: one.version }));
        form.dispatchEvent(new CustomEvent('beside:saved', { bubbles: true }));
        done();
      } catch (error) {
        wrong.textContent = error.said;
        if (error.status === 409) await this.showPresent(form, one).catch(() => {});
      }
    });
    this.editing.set(one.id, item);
    fill(item, form);
    text.focus();
  }

  /** Somebody's other device was here: what is there now stands above what was typed, and only then is it replaced. */
  async showPresent(form, one) {
    const found = await request('GET', `/api/v1/notes?clip=${this.clip.id}`);
    const now = found.notes.find((other) => other.id === one.id);
    if (!now) return;
    form.querySelector('[data-present]')?.remove();
    const present = make('div', '', { 'data-present': '' });
    present.append(make('p', t('现在的笔记是这样的，再按一次“保存”就会换掉它：'), { class: 'note' }), make('p', now.text, { class: 'said', dir: 'auto' }));
    form.prepend(present);
    Object.assign(one, now);
  }

  async remove(one) {
    if (!window.confirm(t('删除这条笔记？不能恢复。'))) return;
    try {
      await request('DELETE', `/api/v1/notes/${one.id}`);
    } catch (error) {
      say(this.list, error.said);
      return;
    }
    this.notes = this.notes.filter((other) => other !== one);
    this.show();
  }
}

export class Questions {
  constructor(video, root, clip) {
    Object.assign(this, { video, root, clip });
    this.list = root.querySelector('[data-list]');
  }

  async load() {
    const found = await request('GET', `/api/v1/clips/${this.clip.id}/questions`);
    this.show(found.questions, found.total);
  }

  async send(second, form) {
    const said = { at_s: second, text: form.elements.text.value, named: form.elements.named.checked };
    const id = form.dataset.clip || this.clip.id;
    await request('POST', `/api/v1/clips/${id}/questions`, said);
    if (id !== this.clip.id) return;
    // It is asked, whatever becomes of the list.
    const load = () => this.load().catch((error) => say(this.list, error.said, load));
    await load();
  }

  show(questions, total) {
    hush(this.list);
    fill(this.list, ...questions.map((one) => this.item(one)));
    const number = this.root.querySelector('[data-count]');
    number.textContent = total;
    number.hidden = !total;
  }

  item(one) {
    const item = make('li');
    const body = make('div', '', { dir: 'auto' });
    const head = make('p', '', { class: 'meta' });
    head.append(placeLink(this.video, one));
    if (one.asker) head.append(make('span', one.asker));
    if (one.state !== 'published') head.append(make('span', WORDS[one.state](), { class: 'tag waiting' }));
    const question = make('p', '', { class: 'said' });
    question.append(make('strong', one.text));
    body.append(head, question);
    if (one.answer) {
      const answer = make('p', '', { class: 'said answered' });
      answer.append(make('span', t('答复'), { class: 'tag' }), ` ${one.answer}`);
      body.append(answer);
    }
    if (one.said_url) body.append(make('a', t('听讲师讲到这里：%(place)s', { place: clock(one.said_at_s) }), { href: one.said_url }));
    if (one.reason) body.append(make('p', t('不答复的原因：%(reason)s', { reason: one.reason }), { class: 'said' }));
    if (one.own) body.append(make('a', t('我的提问'), { href: at('/questions/mine') }));
    item.append(body);
    return item;
  }
}

const WORDS = { open: () => t('等待答复'), answered: () => t('只答复本人'), declined: () => t('不答复') };
