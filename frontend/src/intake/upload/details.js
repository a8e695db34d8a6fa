// The form of a lesson that is being uploaded: saved by itself shortly after each change.
import { request } from '../../shared/http.js';
import { t } from '../../shared/sentences.js';
import { topicsFrom } from './accept.js';

const QUIET_MS = 800;

export class Details {
  constructor(form) {
    this.form = form;
    this.lesson = null;
    this.saved = form.querySelector('[data-part="saved"]');
    this.transcript = form.querySelector('[data-part="transcript"]');
    form.addEventListener('submit', (event) => event.preventDefault());
    form.addEventListener('input', (event) => {
      if (event.target.name !== 'transcript') this.#later(event.target.name);
    });
    // Whoever types and at once goes on to another page has typed it all the same.
    addEventListener('pagehide', () => this.#leave());
    form.elements.transcript.addEventListener('change', () => this.#sendTranscript());
    this.transcript.addEventListener('click', (event) => this.#decide(event.target.closest('[data-words]')?.dataset.words));
  }

  /** Fill the form; what was typed before the answer came stays. */
  fill({ title, lecturer, topics, date, summary }) {
    const values = { title, lecturer, topics: topics?.join('、'), date, summary };
    for (const [name, value] of Object.entries(values)) {
      const field = this.form.elements[name];
      if (value && !this.touched?.has(name)) field.value = value;
    }
  }

  /** From now on there is a lesson to save to. */
  attach(lesson) {
    this.lesson = lesson;
    this.save();
    if (this.form.elements.transcript.files.length) this.#sendTranscript();
  }

  /** The lesson goes away: nothing more is to be saved. */
  stop() {
    clearTimeout(this.timer);
    this.lesson = null;
  }

  get values() {
    const { title, lecturer, topics, date, summary } = this.form.elements;
    return {
      title: title.value.trim(),
      lecturer: lecturer.value.trim(),
      topics: topicsFrom(topics.value),
      date: date.value,
      summary: summary.value.trim(),
    };
  }

  #later(name) {
    this.touched = new Set([...(this.touched ?? []), name]);
    this.unsaved = true;
    this.#say(this.saved, '');
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), QUIET_MS);
  }

  /** Save what stands in the form; one after the other, so that an older answer never wins. */
  save() {
    clearTimeout(this.timer);
    this.saving = (this.saving ?? Promise.resolve()).then(() => this.#send());
    return this.saving;
  }

  async #send() {
    if (!this.lesson) return;
    const values = this.values;
    if (!values.title) {
      this.#say(this.saved, t('标题不能为空，还没有保存。'));
      return;
    }
    this.unsaved = false;
    try {
      await request('PATCH', `/api/v1/lessons/${this.lesson}`, values);
      if (!this.unsaved) this.#say(this.saved, t('已自动保存'));
    } catch (error) {
      this.unsaved = true;
      this.#say(this.saved, t('还没有保存：%(why)s', { why: error.said }));
      if (error.status === 0 || error.status === 503) this.timer = setTimeout(() => this.save(), 5000);
    }
  }

  #leave() {
    if (!this.unsaved || !this.lesson || !this.values.title) return;
    this.unsaved = false;
    request('PATCH', `/api/v1/lessons/${this.lesson}`, this.values, { keepalive: true }).catch(() => {});
  }

  async #sendTranscript() {
    const [file] = this.form.elements.transcript.files;
    if (!file || !this.lesson) return;
    const body = new FormData();
    body.append('file', file);
    this.#tell('notice', t('正在读文稿……'));
    try {
      this.#taken(await request('PUT', `/api/v1/lessons/${this.lesson}/transcript`, body));
    } catch (error) {
      this.asked = error.code === 'transcript_fits_worse' ? error.body.version : null;
      if (this.asked) this.#tell('notice', error.message, error.body.reasons, { ask: true });
      else this.#tell('problem', error.said);
    }
  }

  /** Whether the transcript that was given has no times. */
  get untimed() {
    return this.kind === 'plain';
  }

  #taken({ cues, warnings, kind }) {
    this.kind = kind;
    this.#tell(warnings.length ? 'notice' : 'done', t('文稿已收到，共 %(cues)s 行。', { cues }), warnings);
  }

  /** The new transcript fits worse than the one that is there: whoever gave it says which of the two counts. */
  async #decide(answer) {
    if (!answer || !this.asked) return;
    if (answer === 'keep') {
      this.#tell('done', t('保留原来的文稿；新的也留着，以后还可以换。'));
      return;
    }
    try {
      this.#taken(await request('POST', `/api/v1/lessons/${this.lesson}/transcripts/${this.asked}/use`));
    } catch (error) {
      this.#tell('problem', error.said);
    }
  }

  /** Show a sentence, what is to be known one by one, and, to `ask`, the two buttons. */
  #tell(kind, words, remarks = [], { ask = false } = {}) {
    this.transcript.className = `flash span upload-ask ${kind}`;
    this.transcript.hidden = false;
    this.#say(this.transcript.querySelector('p'), words);
    this.transcript.querySelector('ul').replaceChildren(...remarks.map(({ text }) => {
      const row = document.createElement('li');
      row.textContent = text;
      return row;
    }));
    this.transcript.querySelector('.upload-acts').hidden = !ask;
  }

  #say(place, words) {
    place.textContent = words;
  }
}
