// One file on its way to /tus/: resumes after a broken network, a reload and a restarted server, and goes another way
// where something between refuses the usual one.
import { Upload } from 'tus-js-client';
import { csrf, isOurs, overriding, readError, RequestError } from '../../shared/http.js';
import { t } from '../../shared/sentences.js';
import { at } from '../../shared/site.js';
import { CHUNK_BYTES, judge, RETRY_MS, SMALL_CHUNK_BYTES } from './trouble.js';
import { reasonOf, waitingWords } from './words.js';

const STILL_MS = 8000; // after so long without a sign people want to know that it is noticed
const ANSWER_MS = 4000; // whoever does not say within this time that they are well is away

/** The address of an upload, whatever was made of it on the way: its name under our own /tus/. */
function onThisSite(url) {
  const name = url.split(/[?#]/)[0].replace(/\/+$/, '').split('/').pop();
  return new URL(at(`/tus/${name}`), window.location.href).href;
}

/** Whether the server answers anything at all. */
async function isReached() {
  const giveUp = new AbortController();
  const timer = setTimeout(() => giveUp.abort(), ANSWER_MS);
  try {
    return (await fetch(at('/healthz'), { cache: 'no-store', signal: giveUp.signal })).ok;
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}

export class Transfer {
  /** `on` has progress(sent, total), done(), waiting(words), failed(RequestError), offline(). */
  constructor(file, on) {
    this.file = file;
    this.on = on;
    this.running = false;
    this.advanced = false;
    this.upload = new Upload(file, {
      endpoint: at('/tus/'),
      chunkSize: CHUNK_BYTES,
      retryDelays: null, // see #failed
      removeFingerprintOnSuccess: true,
      headers: { 'X-CSRF-Token': csrf() },
      // Proxies write other schemes and hosts into Location; browsers refuse http:// on a page of https://.
      onUploadUrlAvailable: () => { this.upload.url = onThisSite(this.upload.url); },
      onProgress: (sent, total) => {
        this.#moves();
        on.progress(sent, total);
      },
      onChunkComplete: () => {
        this.attempt = 0;
        this.advanced = true;
      },
      onSuccess: () => {
        this.#stop();
        on.done();
      },
      onError: (error) => this.#failed(error),
    });
  }

  /** The lesson an earlier, unfinished upload of this very file belongs to, or null. */
  async earlierLesson() {
    const found = await this.upload.findPreviousUploads().catch(() => []);
    this.earlier = found.find((upload) => upload.metadata?.lesson) ?? null;
    return this.earlier?.metadata.lesson ?? null;
  }

  /** Send the file as the recording of `lesson`; `again` goes on with the earlier upload found before. */
  start(lesson, again) {
    this.upload.options.metadata = {
      filename: this.file.name,
      filetype: this.file.type || 'application/octet-stream',
      lesson,
    };
    if (again && this.earlier) {
      this.upload.resumeFromPreviousUpload(this.earlier);
      if (this.upload.url) this.upload.url = onThisSite(this.upload.url);
    }
    this.resume();
  }

  resume() {
    if (this.running) return;
    this.running = true;
    this.attempt = 0;
    this.#send();
  }

  pause() {
    this.#stop();
    return this.upload.abort().catch(() => {});
  }

  /** Stop, and have the server forget what it received. */
  cancel() {
    this.#stop();
    return this.upload.abort(true).catch(() => {});
  }

  #stop() {
    this.running = false;
    clearTimeout(this.timer);
    clearTimeout(this.still);
  }

  /** Something happens; when nothing more does for a while, that is said. */
  #moves() {
    clearTimeout(this.still);
    this.still = setTimeout(() => {
      this.on.waiting(t('一直没有动静：网络很慢，或者中间的代理扣住了内容没有转交。还在等……'));
    }, STILL_MS);
  }

  #send() {
    this.#moves();
    this.upload.options.overridePatchMethod = overriding.on;
    this.upload.start();
  }

  async #failed(error) {
    const { originalResponse: answer, originalRequest: asked } = error;
    clearTimeout(this.still);
    if (!asked) {
      this.running = false;
      this.on.failed(new RequestError(0, 'unreadable', t('读不了这个文件，它可能被移动或改动了。'), t('请重新选择。')));
      return;
    }
    this.attempt += 1;
    const status = answer?.getStatus() ?? 0;
    const reached = status !== 0 || (navigator.onLine !== false && await isReached());
    if (!this.running) return; // paused meanwhile
    const { act, why } = judge({
      status,
      ours: Boolean(answer) && isOurs(answer.getBody()),
      sendsChunk: asked.getMethod() === 'PATCH' || asked.getHeader('X-HTTP-Method-Override') === 'PATCH',
      attempt: this.attempt,
      advanced: this.advanced,
      reached,
      overrides: this.upload.options.overridePatchMethod,
      chunkBytes: this.upload.options.chunkSize,
    });
    const said = why === 'said' ? readError(status, answer.getBody()) : null;
    if (act === 'stop') {
      this.running = false;
      if (why === 'away') this.on.offline();
      else this.on.failed(said ?? reasonOf(why, status));
      return;
    }
    if (act === 'override') overriding.on = true;
    if (act === 'smaller') this.upload.options.chunkSize = SMALL_CHUNK_BYTES;
    const words = said ? said.message : waitingWords(why, status);
    if (words) this.on.waiting(words);
    this.timer = setTimeout(() => this.running && this.#send(), act === 'again' ? RETRY_MS[this.attempt - 1] : 0);
  }
}
