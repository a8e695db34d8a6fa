// The big screen of a gathering: plays a lesson's clips one after the other, says what ran, and shows how to check in.
import { request } from '../../shared/http.js';
import { t } from '../../shared/sentences.js';
import { attach } from '../../shared/source.js';
import { ShownRuns } from './runs.js';
import { Telling } from './telling.js';

const OFF_S = 1.5; // further from the server's clock, and ours is set anew
const STEP_S = 10;
const IDLE_MS = 4000;
const byId = (id) => document.getElementById(id);
const now = () => performance.now() / 1000;

class BigScreen {
  constructor() {
    this.data = JSON.parse(byId('screen-data').textContent);
    this.base = `/api/v1/gatherings/${this.data.gathering}`;
    this.stage = byId('stage');
    this.video = byId('video');
    this.runs = new ShownRuns();
    this.telling = new Telling({
      post: (url, body) => request('POST', url, body, { keepalive: true }),
      storage: window.localStorage,
      onTold: (url, answer) => this.told(url, answer),
      onTrouble: (error) => this.trouble(error),
      onLost: () => this.say(t('离线太久，最早的放映没有全部留住。')),
    });
    this.listen();
    this.telling.flush();
    if (this.data.open) this.showCode();
  }

  // ------------------------------------------------------------ a showing

  /** Begin a lesson, or go on with it where it was. */
  async show(lesson) {
    this.say('');
    let shown;
    try {
      shown = await this.begin(lesson);
    } catch (error) {
      this.say(error.said ?? t('现在不能放映。'));
      return;
    }
    byId('choose').hidden = true;
    this.enterFullscreen();
    const ready = shown.clips.findIndex((clip) => clip.id === shown.clip);
    let index = Math.max(0, ready);
    let from = ready < 0 ? 0 : shown.at_s;
    if (ready >= 0 && from >= shown.clips[index].duration_s - 1) {
      from = 0;
      index = (index + 1) % shown.clips.length; // it was over: what comes next, or all again
    }
    await this.open(index, from);
  }

  async begin(lesson) {
    const shown = await request('POST', `${this.base}/screen/${this.data.room}`, { lesson });
    this.lesson = lesson;
    this.showing = shown.showing;
    this.clips = shown.clips;
    this.beatEvery = shown.beat_every_s;
    this.setClock(shown.clock_s);
    byId('lesson-title').textContent = document.querySelector(`[data-lesson="${CSS.escape(lesson)}"] .name`).textContent;
    return shown;
  }

  async open(index, from) {
    this.report();
    this.runs.stop();
    this.index = index;
    const clip = this.clips[index];
    const name = clip.title || t('第 %(n)s 段', { n: clip.n });
    byId('clip-title').textContent = this.clips.length > 1 ? `${name}（${index + 1}/${this.clips.length}）` : clip.title;
    this.source?.detach();
    this.source = null;
    for (const old of this.video.querySelectorAll('track')) old.remove();
    if (clip.captions) {
      const track = Object.assign(document.createElement('track'), { kind: 'captions', srclang: clip.language, src: clip.captions });
      this.video.append(track);
      track.track.mode = 'showing';
    }
    const source = await attach(this.video, clip.master, from, (kind) => this.broken(kind));
    if (this.clips[this.index] !== clip) {
      source.detach(); // somebody went on meanwhile
      return;
    }
    this.source = source;
    this.video.play().catch(() => this.paused());
  }

  next() {
    if (this.index + 1 < this.clips.length) this.open(this.index + 1, 0);
    else this.over();
  }

  over() {
    this.report();
    this.runs.stop();
    this.video.pause();
    const done = this.lesson;
    this.lesson = null;
    const following = this.data.lessons[this.data.lessons.indexOf(done) + 1];
    byId('choose').hidden = false;
    byId('choose').classList.add('between');
    this.say(following ? t('这节课放完了。') : t('都放完了。'));
    const button = document.querySelector(`[data-lesson="${CSS.escape(following ?? done)}"]`);
    button?.focus();
  }

  // ------------------------------------------------------------ what ran

  setClock(seconds) {
    this.clockWas = { seconds, at: now() };
  }

  get clock() {
    return this.clockWas.seconds + now() - this.clockWas.at;
  }

  advance() {
    const clip = this.clips?.[this.index];
    if (!clip || this.video.seeking) return;
    this.runs.advance(clip.id, this.video.currentTime, this.clock);
  }

  /** Tell the server what ran since the last time. */
  report() {
    if (!this.showing) return;
    const runs = this.runs.take();
    this.lastBeat = now();
    if (runs.length) this.telling.add(`${this.base}/showings/${this.showing}/beats`, { runs });
  }

  told(url, answer) {
    if (this.troubled) this.say(''); // it was told after all
    this.troubled = false;
    if (!answer || !url.includes(`/${this.showing}/`)) return;
    if (answer.cut_s > OFF_S) this.say(t('这里放的有一部分没有计入：一个会场同时只计一块屏幕。'));
    if (Math.abs(answer.clock_s - this.clock) > OFF_S) {
      this.runs.stop(); // the computer slept, or its clock runs differently
      this.setClock(answer.clock_s);
    }
  }

  // ------------------------------------------------------------ trouble

  trouble(error) {
    this.troubled = true;
    if (error.status === 401) this.say(t('登录已过期。放过的已经记在这台电脑上，请重新登录后再打开这一页。'));
    else if (error.status === 0) this.say(t('网络断了。放过的已经记在这台电脑上，连上后会自动补交。'));
    else if (error.status >= 400 && error.status < 500) this.say(error.said);
  }

  async broken(kind) {
    const at = this.video.currentTime;
    if (kind === 'network') {
      this.say(t('网络断了，连上后会接着放。'));
      return;
    }
    if (kind === 'expired' && this.lesson && !this.renewed) {
      this.renewed = true;
      await this.begin(this.lesson).then(() => this.open(this.index, at), (error) => this.say(error.said));
      return;
    }
    this.say(t('这一段现在放不了。按 ↓ 放下一段。'));
  }

  say(words) {
    const note = byId('note');
    note.textContent = words;
    note.hidden = !words;
  }

  // ------------------------------------------------------------ checking in

  async showCode() {
    let next = 5;
    try {
      const code = await request('GET', `${this.base}/screen/${this.data.room}/code`);
      const qr = byId('code-qr');
      qr.setAttribute('viewBox', `0 0 ${code.size} ${code.size}`);
      qr.querySelector('rect').setAttribute('width', code.size);
      qr.querySelector('rect').setAttribute('height', code.size);
      qr.querySelector('path').setAttribute('d', code.path);
      byId('code-digits').textContent = `${code.digits.slice(0, 3)} ${code.digits.slice(3)}`;
      byId('code').hidden = false;
      next = code.left_s;
    } catch (error) {
      byId('code').hidden = true; // it has ended, or there is no network: then nobody can check in here
      if ([403, 404, 409].includes(error.status)) return;
    }
    setTimeout(() => this.showCode(), next * 1000 + 200);
  }

  // ------------------------------------------------------------ hands

  enterFullscreen() {
    if (!document.fullscreenElement) this.stage.requestFullscreen?.().catch(() => {});
  }

  paused() {
    byId('paused').hidden = !this.lesson;
    this.stage.classList.add('still');
  }

  toggle() {
    if (!this.lesson) return;
    if (this.video.paused) this.video.play().catch(() => {});
    else this.video.pause();
  }

  step(seconds) {
    if (!this.lesson || !this.source) return;
    const last = (this.video.duration || this.clips[this.index].duration_s) - 0.1;
    this.source.seek(Math.max(0, Math.min(this.video.currentTime + seconds, last)));
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const choosing = !byId('choose').hidden;
    const buttons = [...document.querySelectorAll('[data-lesson]:not(:disabled)')];
    const step = { ArrowDown: 1, PageDown: 1, ArrowUp: -1, PageUp: -1 }[event.key];
    if (choosing && step && buttons.length) {
      const at = buttons.indexOf(document.activeElement);
      buttons[Math.max(0, Math.min(buttons.length - 1, at + step))].focus();
    } else if (event.key === 'f' || event.key === 'F') {
      if (document.fullscreenElement) document.exitFullscreen();
      else this.enterFullscreen();
    } else if (event.key === 'q' || event.key === 'Q') this.stage.classList.toggle('no-code');
    else if (choosing) return;
    else if ([' ', 'Enter', 'MediaPlayPause'].includes(event.key)) this.toggle();
    else if (event.key === 'ArrowLeft') this.step(-STEP_S);
    else if (event.key === 'ArrowRight') this.step(STEP_S);
    else if (step === 1) this.next();
    else if (step === -1) this.open(Math.max(0, this.index - 1), 0);
    else return;
    event.preventDefault();
  }

  awake() {
    this.stage.classList.remove('idle');
    clearTimeout(this.idle);
    this.idle = setTimeout(() => this.stage.classList.toggle('idle', !this.video.paused), IDLE_MS);
  }

  listen() {
    const { video } = this;
    document.addEventListener('click', (event) => {
      const lesson = event.target.closest('[data-lesson]')?.dataset.lesson;
      if (lesson) this.show(lesson);
      else if (event.target === video) this.toggle();
    });
    document.addEventListener('keydown', (event) => {
      this.awake();
      this.key(event);
    });
    document.addEventListener('pointermove', () => this.awake());
    video.addEventListener('playing', () => {
      this.renewed = false;
      this.lastBeat ??= now();
      byId('paused').hidden = true;
      this.stage.classList.remove('still');
      this.awake();
      this.advance();
    });
    video.addEventListener('timeupdate', () => {
      const clip = this.clips?.[this.index];
      if (clip) byId('bar').firstElementChild.style.width = `${Math.min(100, (100 * video.currentTime) / clip.duration_s)}%`;
      if (video.paused || video.seeking || video.ended) return;
      this.advance();
      if (now() - (this.lastBeat ?? 0) >= this.beatEvery) this.report();
    });
    const interrupted = () => {
      this.runs.stop();
      this.report();
    };
    video.addEventListener('seeking', interrupted);
    video.addEventListener('waiting', interrupted);
    video.addEventListener('pause', () => {
      if (!video.seeking) this.advance();
      interrupted();
      if (!video.ended) this.paused();
    });
    video.addEventListener('ended', () => {
      this.advance();
      interrupted();
      this.next();
    });
    video.addEventListener('ratechange', () => {
      video.playbackRate = 1; // a room sees it as it is; and the clock counts so
    });
    const leave = () => {
      if (!video.paused) this.advance();
      this.report();
    };
    window.addEventListener('pagehide', leave);
    document.addEventListener('visibilitychange', () => document.hidden && leave());
    window.addEventListener('online', () => {
      this.say('');
      this.source?.recover();
      this.telling.flush();
    });
  }
}

new BigScreen();
