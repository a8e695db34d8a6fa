// Beside the clip: goes on where somebody stopped, keeps favourites, notes and questions. It needs nothing of the player
// but its <video> and what the page says in #clip; when the player goes on to the next clip, it exchanges #beside too.
import { clock } from '../../shared/format.js';
import { request } from '../../shared/http.js';
import { Positions, forgetPlaces, placeOf } from '../../shared/places.js';
import { t } from '../../shared/sentences.js';
import { Notes, Questions, make, say, secondOf } from './lists.js';

const byId = (id) => document.getElementById(id);
const explicit = () => new URL(window.location.href).searchParams.has('t');

class Beside {
  constructor() {
    this.fresh = new Map(); // by a form that was carried over: the one of the clip that plays now
    this.video = byId('video');
    this.positions = new Positions(this.video);
    this.open(true);
    new MutationObserver(() => byId('beside') !== this.root && this.open(false)).observe(this.root.parentElement, { childList: true });
    document.addEventListener('submit', (event) => this.submit(event));
    document.addEventListener('click', (event) => this.click(event));
    document.addEventListener('focusin', (event) => this.focused(event));
    // A swap takes the focus away; it is given back to what is carried over.
    document.addEventListener('focusout', () => setTimeout(() => {
      if (!document.activeElement || document.activeElement === document.body) this.touched = null;
    }));
    document.addEventListener('beside:saved', () => this.notes?.load().catch(() => {}));
  }

  open(first) {
    const old = this.root;
    this.root = byId('beside');
    const { clip, lesson, title, n, length, person, now, growing } = this.root.dataset;
    const began = Date.now();
    this.clip = {
      id: clip,
      lesson,
      title,
      person,
      n: Number(n),
      length: Number(length),
      growing: growing !== undefined,
      next: nextOf(),
      // The server's clock, however wrong that of this device is.
      now: () => Number(now) + Math.max(0, Date.now() - began),
    };
    this.positions.open(this.clip);
    if (!person) this.resume(first);
    this.notes = byId('notes') && new Notes(this.video, byId('notes'), this.clip);
    this.questions = byId('questions') && new Questions(this.video, byId('questions'), this.clip);
    if (old) this.carry(old);
    for (const list of [this.notes, this.questions]) this.lazily(list);
    for (const button of this.root.querySelectorAll('[data-do="at-now"]')) button.hidden = false;
    for (const away of this.root.querySelectorAll('form[data-clip] [data-do="at-now"]')) away.hidden = true;
  }

  /** What is being typed stays what it is when another clip opens: about the clip and the second where it was begun. */
  carry(old) {
    const touched = this.touched;
    for (const form of old.querySelectorAll('form[data-send], form[data-edit]')) {
      const text = form.querySelector('textarea');
      if (!text.value.trim() || text.value === text.defaultValue) continue;
      const kind = form.dataset.send === 'question' ? 'questions' : 'notes';
      const fold = byId(kind) || this.root; // a clip that is being recorded has no folds
      if (fold.localName === 'details') fold.open = true;
      form.dataset.clip = form.dataset.clip || old.dataset.clip;
      form.querySelector('p[data-where]')?.remove();
      const fresh = form.dataset.send ? fold.querySelector(`form[data-send="${form.dataset.send}"]`) : null;
      if (fresh) fresh.replaceWith(form);
      else if (fold.querySelector('[data-list]')) fold.querySelector('[data-list]').before(form);
      else fold.append(form);
      this.fresh.delete(form);
      if (form.dataset.clip === this.clip.id) {
        delete form.dataset.clip; // back where it was begun
      } else {
        if (fresh) this.fresh.set(form, fresh);
        form.dataset.where = form.dataset.where || t('%(title)s · 第 %(n)s 段', { title: old.dataset.title, n: old.dataset.n });
        form.prepend(make('p', t('没写完的还在这里，保存后仍属于：%(place)s', { place: form.dataset.where }), { class: 'note', 'data-where': '', role: 'status' }));
      }
      if (touched && form.contains(touched)) touched.focus({ preventScroll: true });
    }
  }

  /** The form of the clip that plays in place of one that was carried over. */
  renew(form) {
    const fresh = this.fresh.get(form);
    this.fresh.delete(form);
    if (fresh) form.replaceWith(fresh);
    else form.remove();
    return fresh;
  }

  /** Without an account this device knows where it goes on. The player reads the page after this, or is asked to seek. */
  resume(first) {
    const place = explicit() ? 0 : placeOf(this.clip.id);
    if (!place) return;
    const line = byId('resume');
    line.querySelector('[data-say]').textContent = t('从 %(place)s 接着播放', { place: clock(place) });
    line.hidden = false;
    const block = byId('clip');
    block.textContent = JSON.stringify({ ...JSON.parse(block.textContent), start_s: place, resumed: true });
    if (first) return;
    const { id } = this.clip;
    this.video.addEventListener('loadedmetadata', () => {
      if (this.clip.id === id && this.video.currentTime < 1) this.video.currentTime = place;
    }, { once: true });
  }

  lazily(list) {
    if (!list) return;
    const load = () => list.root.open && list.load().then(() => list.root.removeEventListener('toggle', load)).catch((error) => say(list.list, error.said, load));
    list.root.addEventListener('toggle', load);
    load();
  }

  focused(event) {
    this.touched = event.target;
    const form = event.target.closest?.('[data-send]');
    if (form?.dataset.clip) return; // its second is one of another clip
    // What is written is about what is seen as it begins to be written.
    if (form && event.target.name === 'text' && !event.target.value) this.putSecond(form);
  }

  putSecond(form) {
    form.elements.at.value = clock(this.video.currentTime || 0);
  }

  click(event) {
    const what = event.target.closest?.('[data-do]')?.dataset.do;
    if (what === 'at-now') this.putSecond(event.target.closest('form'));
    if (what === 'forget-places') {
      forgetPlaces();
      byId('resume').hidden = true;
    }
  }

  submit(event) {
    if (event.defaultPrevented) return;
    if (event.target.matches('form.keep')) this.keep(event);
    if (event.target.dataset.send) this.send(event);
  }

  async keep(event) {
    event.preventDefault();
    const form = event.target;
    const { keep: id, kind } = form.dataset;
    const button = form.querySelector('button');
    const wanted = button.getAttribute('aria-pressed') !== 'true';
    try {
      await (wanted ? request('PUT', `/api/v1/${kind}/${id}/favourite`) : request('DELETE', `/api/v1/favourites/${id}`));
    } catch {
      form.submit(); // the plain way says what is wrong
      return;
    }
    button.setAttribute('aria-pressed', String(wanted));
    const [star, words] = button.children;
    star.textContent = wanted ? '★' : '☆';
    words.textContent = wanted ? button.dataset.on : button.dataset.off;
    form.elements.keep.value = wanted ? '0' : '1';
  }

  async send(event) {
    event.preventDefault();
    const form = event.target;
    const list = form.dataset.send === 'note' ? this.notes : this.questions;
    const wrong = form.querySelector('.wrong');
    const second = secondOf(form.elements.at.value);
    wrong.hidden = second !== null;
    if (second === null) {
      wrong.textContent = t('请把时间写成 1:23 这样。');
      form.elements.at.focus();
      return;
    }
    const button = form.querySelector('button.primary');
    if (button.disabled) return; // two taps are one
    button.disabled = true;
    try {
      await list.send(second, form);
      form.elements.text.value = '';
      if (form.dataset.clip) this.renew(form);
    } catch (error) {
      wrong.textContent = error.said;
      wrong.hidden = false;
    } finally {
      button.disabled = false;
    }
  }
}

/** The clip that plays on, as a place without an account has it: {clip, n}. */
function nextOf() {
  const { next } = JSON.parse(byId('clip').textContent);
  const id = next ? next.split('/').pop() : '';
  return id ? { clip: id, n: Number(byId('beside').dataset.n) + 1 } : null;
}

if (byId('beside') && byId('video')) new Beside();
