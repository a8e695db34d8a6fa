// A correction offered for all equal places, and what is always to be written so in this lecturer's lessons.
import { request } from '../../shared/http.js';
import { t, tn } from '../../shared/sentences.js';
import { count } from './lines.js';

const byId = (id) => document.getElementById(id);

export class Always {
  constructor(page) {
    this.page = page;
    this.url = `/api/v1/lessons/${page.lesson}/transcript/wordings`;
    this.pair = null;
    byId('offer-all').addEventListener('click', () => {
      this.page.everywhere(this.pair);
      this.#settle();
    });
    byId('offer-always').addEventListener('click', () => this.#ask());
    byId('offer-no').addEventListener('click', () => this.#close());
    byId('always-form').addEventListener('submit', (event) => {
      event.preventDefault();
      this.#note(byId('always-was').value, byId('always-now').value);
    });
    byId('always-cancel').addEventListener('click', () => this.#close());
    byId('always-list').addEventListener('click', (event) => {
      const button = event.target.closest('[data-do]');
      if (!button) return;
      const pair = this.page.words.always[Number(button.closest('li').dataset.n)];
      if (button.dataset.do === 'apply') this.page.everywhere(pair);
      else this.#forget(pair);
    });
  }

  /** Offer a correction, which `places` other places would need too. */
  offer(pair, places) {
    this.pair = pair;
    const quoted = { was: pair.was.trim(), now: pair.now.trim() };
    byId('offer-words').textContent = places
      ? tn('另外 %(num)s 处也写作“%(was)s”，一并改成“%(now)s”？', '另外 %(num)s 处也写作“%(was)s”，一并改成“%(now)s”？', places, { num: places, ...quoted })
      : t('“%(was)s”改成了“%(now)s”。', quoted);
    byId('offer-all').hidden = places === 0;
    byId('offer-line').hidden = false;
    byId('always-form').hidden = true;
    byId('word-offer').hidden = false;
  }

  #close() {
    this.pair = null;
    byId('word-offer').hidden = true;
    byId('always-problem').hidden = true;
  }

  /** The other places are corrected; "always" may still be wanted. */
  #settle() {
    byId('offer-all').hidden = true;
    byId('offer-words').textContent = t('“%(was)s”都改成了“%(now)s”。', { was: this.pair.was.trim(), now: this.pair.now.trim() });
  }

  #ask() {
    byId('offer-line').hidden = true;
    byId('always-form').hidden = false;
    byId('always-was').value = this.pair.was.trim();
    byId('always-now').value = this.pair.now.trim();
    byId('always-now').focus();
  }

  async #note(was, now) {
    await this.#send('POST', this.url, { was, now }, ({ taught, not_taught: why }) => {
      this.#close();
      const words = [t('记住了：以后“%(was)s”都写作“%(now)s”。', { was: was.trim(), now: now.trim() })];
      if (taught) words.push(t('“%(now)s”也加入了全站的词库。', { now: now.trim() }));
      if (why) words.push(t('没有加入词库：%(why)s', { why }));
      this.#told(words.join(document.documentElement.lang.startsWith('zh') ? '' : ' '));
    });
  }

  async #forget({ was }) {
    await this.#send('DELETE', `${this.url}?was=${encodeURIComponent(was)}`, undefined, () => this.#told(t('已移除。')));
  }

  async #send(method, url, body, done) {
    byId('always-problem').hidden = true;
    try {
      const answer = await request(method, url, body);
      this.page.words.always = answer.always;
      done(answer);
      this.show();
    } catch (error) {
      byId('always-problem').hidden = false;
      byId('always-problem').textContent = error.said ?? String(error);
      byId('word-offer').hidden = false;
    }
  }

  #told(words) {
    byId('always-told').hidden = false;
    byId('always-told').textContent = words;
  }

  show() {
    const { always } = this.page.words;
    byId('always-kept').hidden = always.length === 0;
    byId('always-list').replaceChildren(...always.map(({ was, now }, n) => {
      const row = byId('always-row').content.firstElementChild.cloneNode(true);
      const places = count(this.page.lines, was, now);
      row.dataset.n = n;
      row.querySelector('[data-part=pair]').textContent = t('“%(was)s”写作“%(now)s”', { was, now });
      const apply = row.querySelector('[data-do=apply]');
      apply.hidden = places === 0;
      apply.textContent = tn('改正这节课的 %(num)s 处', '改正这节课的 %(num)s 处', places, { num: places });
      return row;
    }));
  }
}
