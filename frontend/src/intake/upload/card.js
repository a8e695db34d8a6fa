// One file on the upload page: its way to the server, its form, and what can be done with it.
import { duration, size } from '../../shared/format.js';
import { request } from '../../shared/http.js';
import { t } from '../../shared/sentences.js';
import { at } from '../../shared/site.js';
import { dayOf, titleFrom } from './accept.js';
import { Details } from './details.js';
import { Rate } from './rate.js';
import { Transfer } from './transfer.js';

const LOOK_MS = 2000; // how often to ask what the server found in a file that has arrived
const LOOKS = 60;
const seconds = () => performance.now() / 1000;

export class Card {
  constructor(file, { queue, lecturer }) {
    this.file = file;
    this.queue = queue;
    this.lecturer = lecturer;
    this.rate = new Rate();
    this.state = 'waiting'; // waiting, sending, paused, offline, sent, failed, gone
    this.element = document.getElementById('upload-card').content.firstElementChild.cloneNode(true);
    this.part('name').textContent = file.name;
    this.part('size').textContent = size(file.size);
    this.part('bar').setAttribute('aria-label', t('%(name)s 的上传进度', { name: file.name }));
    this.element.addEventListener('click', (event) => this.#act(event.target.closest('[data-act]')?.dataset.act));
  }

  part(name) {
    return this.element.querySelector(`[data-part="${name}"]`);
  }

  /** Whether closing the page would interrupt this upload. */
  get busy() {
    return ['waiting', 'sending', 'offline', 'paused'].includes(this.state);
  }

  /** Show why the file is not sent at all. */
  refuse(words) {
    this.#fail(words);
    this.part('form').hidden = true;
    this.part('bar').hidden = true;
  }

  async start() {
    this.details = new Details(this.part('form'));
    this.details.fill({
      title: titleFrom(this.file.name),
      lecturer: this.lecturer,
      date: dayOf(this.file.lastModified),
    });
    this.#say(t('排队等候'));
    this.transfer = new Transfer(this.file, {
      progress: (sent, total) => this.#progress(sent, total),
      done: () => this.#sent(),
      waiting: (words) => this.#say(words),
      failed: (error) => this.#fail(error.said),
      offline: () => this.#offline(),
    });
    try {
      await this.#findLesson();
    } catch (error) {
      this.#fail(error.said ?? String(error));
      return;
    }
    await this.#go();
  }

  /** The network is back. */
  online() {
    if (this.state === 'offline') this.#go();
  }

  // ------------------------------------------------------------ steps

  /** An earlier upload of this file goes on; otherwise a new lesson is made for it. */
  async #findLesson() {
    const earlier = await this.transfer.earlierLesson();
    const lesson = earlier && (await request('GET', `/api/v1/lessons/${earlier}`).catch(() => null));
    this.again = Boolean(lesson) && ['none', 'receiving'].includes(lesson.recording);
    if (this.again) {
      this.details.fill(lesson);
      document.querySelector(`[data-unfinished="${earlier}"]`)?.remove();
      this.lesson = earlier;
    } else {
      this.lesson = (await request('POST', '/api/v1/lessons', { title: this.details.values.title, file_name: this.file.name })).id;
    }
    this.details.attach(this.lesson);
  }

  async #go() {
    this.#become('waiting');
    this.#say(t('排队等候'));
    this.leavePlace?.();
    this.leavePlace = await this.queue.take();
    if (this.state !== 'waiting') {
      this.leavePlace();
      return;
    }
    this.#become('sending');
    this.rate.reset();
    this.#say(this.again ? t('接着上次的地方传……') : t('正在连接……'));
    if (this.begun) this.transfer.resume();
    else this.transfer.start(this.lesson, this.again);
    this.begun = true;
  }

  #progress(sent, total) {
    if (this.state !== 'sending') return;
    const now = seconds();
    this.rate.add(sent, now);
    this.part('bar').value = (1000 * sent) / total;
    if (now - (this.saidAt ?? 0) < 0.5) return;
    this.saidAt = now;
    const words = [t('已传 %(percent)s，%(sent)s / %(total)s', {
      percent: `${Math.floor((100 * sent) / total)}%`, sent: size(sent), total: size(total),
    })];
    const left = this.rate.left(total - sent);
    if (this.rate.speed) words.push(t('每秒 %(speed)s', { speed: size(this.rate.speed) }));
    if (left !== null) words.push(t('大约还要 %(left)s', { left: duration(left) }));
    this.#say(words.join(' · '));
  }

  #offline() {
    this.leavePlace?.();
    this.#become('offline');
    this.#say(t('网络断了。连上后会自动接着传，不用重来。'));
  }

  #sent() {
    this.leavePlace?.();
    this.#become('sent');
    this.part('bar').value = 1000;
    this.part('links').hidden = false;
    this.part('progress-link').href = at(`/lessons/${this.lesson}/progress`);
    this.part('lesson-link').href = at(`/lessons/${this.lesson}`);
    // A text without times that came before its recording: its seconds are heard.
    if (this.details.untimed && this.element.querySelector('[data-act="recognise"]')) this.#recognise();
    this.#watch();
  }

  /** Ask now and then what the server found in the file. */
  async #watch() {
    this.#say(t('已传完，正在处理。可以关掉这一页。'));
    for (let look = 0; look < LOOKS && this.state === 'sent'; look += 1) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      const lesson = await request('GET', `/api/v1/lessons/${this.lesson}`).catch(() => null);
      if (lesson && this.#found(lesson)) return;
    }
  }

  /** Ask that what is said be recognised, once the clips play. */
  async #recognise() {
    const button = this.element.querySelector('[data-act="recognise"]');
    if (button) button.disabled = true;
    try {
      await request('POST', `/api/v1/lessons/${this.lesson}/recognition`);
      if (button) button.textContent = t('会听写，短视频做好之后开始');
    } catch (error) {
      this.part('problem').textContent = error.said;
      this.part('problem').hidden = false;
      if (button) button.disabled = false;
    }
  }

  /** What the server found inside; true when there is nothing more to wait for. */
  #found(lesson) {
    const { recording, problem, duplicates } = lesson;
    if (problem?.error === 'already_here') {
      [this.other] = duplicates; // none when the other is not for this person's eyes
      const note = this.part('already');
      note.hidden = false;
      this.part('links').hidden = true;
      note.querySelector('p').textContent = problem.message;
      this.#say(t('没有重复处理'));
      return true;
    }
    if (recording === 'refused' || recording === 'failed') {
      this.#fail([problem?.message, problem?.todo].filter(Boolean).join(' '));
      return true;
    }
    if (recording === 'ready') this.#say(t('处理完成，可以观看了。'));
    return recording === 'ready';
  }

  // ------------------------------------------------------------ what people do

  #act(act) {
    if (act === 'recognise') {
      this.#recognise();
    } else if (act === 'pause') {
      this.leavePlace?.();
      this.#become('paused');
      this.transfer.pause();
      this.#say(t('已暂停'));
    } else if (act === 'resume') {
      this.part('problem').hidden = true;
      this.#go();
    } else if (act === 'cancel') {
      this.#cancel();
    } else if (act === 'use-other') {
      this.#forget().then(() => { window.location.href = this.other?.url ?? at('/mine'); });
    } else if (act === 'keep-both') {
      this.#keepBoth();
    }
  }

  async #cancel() {
    if (this.busy && this.begun && !window.confirm(t('取消上传，并删除已传的部分？'))) return;
    this.leavePlace?.();
    this.#become('gone');
    this.element.remove();
    if (!this.details) return; // it was refused before anything was sent
    await this.transfer.cancel();
    await this.#forget();
  }

  /** Delete the lesson that was made for this file. */
  async #forget() {
    this.details.stop();
    if (this.lesson) await request('DELETE', `/api/v1/lessons/${this.lesson}`).catch(() => {});
  }

  async #keepBoth() {
    try {
      await request('POST', `/api/v1/lessons/${this.lesson}/retry`);
      this.part('already').hidden = true;
      this.part('links').hidden = false;
      this.#watch();
    } catch (error) {
      this.#fail(error.said);
    }
  }

  // ------------------------------------------------------------ showing

  #become(state) {
    this.state = state;
    this.element.dataset.state = state;
    const shown = {
      pause: state === 'sending' || state === 'waiting',
      resume: state === 'paused' || (state === 'failed' && this.begun),
      cancel: state !== 'sent' && state !== 'gone',
    };
    for (const [act, visible] of Object.entries(shown)) {
      this.element.querySelector(`[data-act="${act}"]`).hidden = !visible;
    }
  }

  #fail(words) {
    this.leavePlace?.();
    this.#become('failed');
    this.#say(t('没有成功'));
    this.part('links').hidden = true;
    const problem = this.part('problem');
    problem.textContent = words;
    problem.hidden = false;
  }

  #say(words) {
    this.part('state').textContent = words;
  }
}
