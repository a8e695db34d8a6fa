// One file on its way to /tus/: resumes after a broken network, a reload and a restarted server.
import { Upload } from 'tus-js-client';
import { csrf, readError, RequestError } from '../../shared/http.js';
import { t } from '../../shared/sentences.js';

const CHUNK_BYTES = 8 * 1024 * 1024; // proxies on the way commonly refuse larger requests
const RETRY_MS = [0, 1000, 3000, 5000, 10000, 20000, 30000, 60000, 60000, 60000];

export class Transfer {
  /** `on` has progress(sent, total), done(), failed(RequestError), offline(). */
  constructor(file, on) {
    this.file = file;
    this.on = on;
    this.running = false;
    this.upload = new Upload(file, {
      endpoint: '/tus/',
      chunkSize: CHUNK_BYTES,
      retryDelays: RETRY_MS,
      removeFingerprintOnSuccess: true,
      headers: { 'X-CSRF-Token': csrf() },
      onProgress: (sent, total) => on.progress(sent, total),
      onSuccess: () => {
        this.running = false;
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
    if (again && this.earlier) this.upload.resumeFromPreviousUpload(this.earlier);
    this.resume();
  }

  resume() {
    if (this.running) return;
    this.running = true;
    this.upload.start();
  }

  pause() {
    this.running = false;
    return this.upload.abort().catch(() => {});
  }

  /** Stop, and have the server forget what it received. */
  cancel() {
    this.running = false;
    return this.upload.abort(true).catch(() => {});
  }

  #failed(error) {
    this.running = false;
    const answer = error.originalResponse;
    if (answer) this.on.failed(readError(answer.getStatus(), answer.getBody()));
    else if (error.originalRequest) this.on.offline();
    else this.on.failed(new RequestError(0, 'unreadable', t('读不了这个文件，它可能被移动或改动了。'), t('请重新选择。')));
  }
}
