// Who else has these words open: said twice a minute, so that two who correct at once know of each other.
import { request } from '../../shared/http.js';
import { t } from '../../shared/sentences.js';

const EVERY_MS = 30_000;
const NAME = 'weike.window';
const byId = (id) => document.getElementById(id);

/** What this window calls itself: the same after a reload, which is no second window. */
function windowName() {
  const made = Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => (byte % 36).toString(36)).join('');
  try {
    const name = sessionStorage.getItem(NAME) ?? made;
    sessionStorage.setItem(NAME, name);
    return name;
  } catch {
    return made; // storage may be forbidden
  }
}

export class Others {
  constructor(lesson) {
    this.url = `/api/v1/lessons/${lesson}/transcript/editors`;
    this.window = windowName();
    this.#say();
    this.timer = setInterval(() => !document.hidden && this.#say(), EVERY_MS);
    document.addEventListener('visibilitychange', () => !document.hidden && this.#say());
    window.addEventListener('pagehide', () => {
      request('POST', this.url, { window: this.window, leaving: true }, { keepalive: true }).catch(() => {});
    });
  }

  async #say() {
    const { others } = await request('POST', this.url, { window: this.window }).catch(() => ({ others: null }));
    if (others) this.#show(others);
  }

  #show(others) {
    const words = others.map(({ name, since, own }) => {
      const at = new Date(since).toLocaleTimeString(document.documentElement.lang, { hour: '2-digit', minute: '2-digit' });
      return own ? t('您在另一个窗口里也打开了它（%(at)s 起）。', { at }) : t('%(name)s 也在校对这节课（%(at)s 起）。', { name, at });
    });
    const place = byId('word-others');
    const text = words.length ? [...words, t('各改各的都会保存；改到同一行时，会请后改的人选。')].join(document.documentElement.lang.startsWith('zh') ? '' : ' ') : '';
    place.hidden = !text;
    if (place.textContent !== text) place.textContent = text;
  }
}
