// Where somebody stopped: told to the server for who has an account, else kept on this device alone, and gone with one tap.
import { request } from './http.js';

const KEY = 'weike.places';
const MOST = 300; // some thirty lessons: their cards say how far
const KEPT_MS = 180 * 24 * 3600 * 1000;

/** This device's storage; null where it is forbidden, and even asking for it throws. */
function here() {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}

/** As library/marks/rules.py: where a clip goes on, 0 for its start. */
export function resumeAt(at, length) {
  return at < 5 || isEnded(at, length) ? 0 : at;
}

/** As library/marks/rules.py: whether who stopped there had come to the end, near enough. */
export function isEnded(at, length) {
  return length - at <= Math.min(15, 0.05 * length);
}

/** All places, the newest first: {clip, lesson, title, n, at, of, ms}. What is broken in the storage is nothing. */
export function places(storage = here(), now = Date.now()) {
  try {
    const kept = JSON.parse(storage.getItem(KEY) ?? '[]');
    return kept.filter((one) => typeof one?.clip === 'string' && now - one.ms < KEPT_MS);
  } catch {
    return [];
  }
}

/** Remember a place; the one before in the same clip goes, and the oldest beyond MOST. */
export function remember(place, storage = here()) {
  try {
    const others = places(storage).filter((one) => one.clip !== place.clip);
    storage.setItem(KEY, JSON.stringify([{ ...place, ms: Date.now() }, ...others].slice(0, MOST)));
  } catch {
    // storage forbidden or full: nothing is remembered
  }
}

/** The second where a clip goes on, 0 for its start. */
export function placeOf(clip, storage = here()) {
  const found = places(storage).find((one) => one.clip === clip);
  return found ? resumeAt(found.at, found.of) : 0;
}

/** Of each lesson the newest place in whose middle somebody stopped. */
export function goingOn(storage = here()) {
  const lessons = new Set();
  return places(storage).filter((one) => {
    const first = !lessons.has(one.lesson);
    lessons.add(one.lesson);
    return first && !isEnded(one.at, one.of);
  });
}

export function forgetPlaces(storage = here()) {
  try {
    storage.removeItem(KEY);
  } catch {
    // storage forbidden: there is nothing
  }
}

// Pausing, leaving and the end are told at once; in between a lost phone loses two minutes at most.
const EVERY_MS = 120_000;
const HERE_EVERY_MS = 5_000;
const SAME_S = 1;

export class Positions {
  constructor(video) {
    this.video = video;
    this.clip = null;
    this.at = null; // the last second that was really reached in this clip
    this.waiting = new Map(); // by clip: what could not be told without a network
    video.addEventListener('playing', () => this.note());
    video.addEventListener('timeupdate', () => {
      if (video.paused || video.seeking || !this.clip) return;
      this.note();
      if (Date.now() - this.told >= (this.clip.person ? EVERY_MS : HERE_EVERY_MS)) this.tell();
    });
    video.addEventListener('pause', () => this.noteAndTell());
    video.addEventListener('ended', () => {
      if (this.clip && this.at !== null) this.at = this.clip.length;
      this.tell();
    });
    window.addEventListener('pagehide', () => this.tell());
    document.addEventListener('visibilitychange', () => document.hidden && this.tell());
    window.addEventListener('online', () => this.again());
  }

  /** From here on it is about this clip; where the one before was left is told. */
  open(clip) {
    this.tell();
    this.clip = clip;
    this.at = null;
    this.last = null;
    this.told = Date.now();
  }

  note() {
    // While the next clip is being opened the picture is still the old one's.
    if (this.clip && this.video.currentTime > 0) this.at = this.video.currentTime;
  }

  noteAndTell() {
    if (this.at !== null && !this.video.ended) this.note();
    this.tell();
  }

  tell() {
    const { clip, at } = this;
    this.told = Date.now();
    if (!clip || at === null || clip.growing || sitsInScreening()) return;
    if (this.last !== null && Math.abs(this.last - at) < SAME_S) return;
    this.last = at;
    const place = Math.round(Math.min(at, clip.length) * 100) / 100;
    if (!clip.person) {
      remember({ clip: clip.id, lesson: clip.lesson, title: clip.title, n: clip.n, at: place, of: clip.length });
      if (at >= clip.length && clip.next) remember({ ...clip.next, lesson: clip.lesson, title: clip.title, at: 0, of: clip.length });
      return;
    }
    this.send(clip.id, { at_s: place, at: new Date(clip.now()).toISOString() });
  }

  send(id, said) {
    this.waiting.delete(id);
    request('PUT', `/api/v1/clips/${id}/position`, said, { keepalive: true }).catch((error) => {
      // What was refused stays refused; without a network it is told later, with its own moment.
      if (error.status === 0) this.waiting.set(id, said);
    });
  }

  again() {
    for (const [id, said] of [...this.waiting]) this.send(id, said);
  }
}

/** What a room watches together is nobody's own place. */
function sitsInScreening() {
  return document.getElementById('screening-now')?.hidden === false;
}
