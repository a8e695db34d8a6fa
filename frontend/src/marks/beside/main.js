// Beside the clip: goes on where somebody stopped, keeps favourites, notes and questions. It needs nothing of the player
// but its <video> and what the page says in #clip; when the player goes on to the next clip, it exchanges #beside too.
import { clock } from '../../shared/format.js';
import { request } from '../../shared/http.js';
import { t } from '../../shared/sentences.js';
import { forgetPlaces, placeOf } from '../places.js';
import { Notes, Questions, secondOf } from './lists.js';
import { Positions } from './positions.js';

const byId = (id) => document.getElementById(id);
const explicit = () => new URL(window.location.href).searchParams.has('t');

class Beside {
  constructor() {
    this.video = byId('video');
    this.positions = new Positions(this.video);
    this.open(true);
    new MutationObserver(() => byId('beside') !== this.root && this.open(false)).observe(this.root.parentElement, { childList: true });
    document.addEventListener('submit', (event) => this.submit(event));
    document.addEventListener('click', (event) => this.click(event));
    document.addEventListener('focusin', (event) => this.focused(event));
  }

  open(first) {
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
    for (const list of [this.notes, this.questions]) this.lazily(list);
    for (const button of this.root.querySelectorAll('[data-do="at-now"]')) button.hidden = false;
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
    const load = () => list.root.open && list.load().then(() => list.root.removeEventListener('toggle', load)).catch(() => {});
    list.root.addEventListener('toggle', load);
    load();
  }

  focused(event) {
    const form = event.target.closest?.('[data-send]');
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
    try {
      await list.send(second, form);
      form.elements.text.value = '';
    } catch (error) {
      wrong.textContent = error.said;
      wrong.hidden = false;
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
