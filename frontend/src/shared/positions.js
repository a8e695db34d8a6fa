// Says where somebody is in the clip: to the server for who has an account, else to this device alone.
import { request } from './http.js';
import { remember } from './places.js';

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
