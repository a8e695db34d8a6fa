// What is offered when a clip has ended and nothing plays on by itself: what comes next, and why just that.
import { fill } from '../../shared/fill.js';
import { request } from '../../shared/http.js';
import { t } from '../../shared/sentences.js';
import { at } from '../../shared/site.js';

export class Ending {
  constructor(again) {
    this.card = document.getElementById('player-end');
    this.again = again;
  }

  hide() {
    this.card.hidden = true;
    this.clip = null;
  }

  /** Show it for a clip: its next one, the next lesson of its series, or what is left of this week. */
  async show(clip) {
    this.clip = clip;
    const offers = [];
    if (clip.next) offers.push({ url: clip.next, title: clip.next_name, why: clip.next_seen ? t('这节课的下一段，您看完过') : t('这节课的下一段'), own: true });
    if (clip.next_lesson) offers.push(clip.next_lesson);
    this.draw(offers);
    if (clip.next) return;
    const week = await request('GET', `/api/v1/clips/${clip.id}/after`).catch(() => null);
    if (this.clip !== clip || !week) return;
    const others = week.lessons.map(({ url, title }) => ({ url: at(url), title, why: week.why }));
    this.draw([...offers, ...others.filter(({ url }) => url !== offers[0]?.url)], week.left_words);
  }

  draw(offers, left) {
    const make = (name, words, place) => {
      const made = document.createElement(name);
      made.textContent = words;
      place.append(made);
      return made;
    };
    const list = document.createElement('ul');
    for (const { url, title, why, own } of offers.slice(0, 3)) {
      const link = make('a', title, make('li', '', list));
      link.href = url;
      if (own) link.dataset.clipLink = '';
      make('span', why, link);
    }
    if (left) {
      const link = make('a', left, make('li', '', list));
      link.href = at('/my-learning');
    }
    const again = make('button', t('再看一遍'), document.createElement('p'));
    again.className = 'button quiet';
    again.type = 'button';
    again.onclick = () => {
      this.hide();
      this.again();
    };
    fill(this.card, ...(offers.length ? [list] : []), again.parentElement);
    this.card.hidden = false;
  }
}
