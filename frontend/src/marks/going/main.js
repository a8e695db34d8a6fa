// Without an account: what this device knows of where somebody stopped, on home and on a lesson's page.
import { clock } from '../../shared/format.js';
import { at } from '../../shared/site.js';
import { t } from '../../shared/sentences.js';
import { forgetPlaces, goingOn, resumeAt } from '../../shared/places.js';

const ON_HOME = 3;

function words(one) {
  const place = resumeAt(one.at, one.of);
  return place ? t('第 %(n)s 段 %(place)s', { n: one.n, place: clock(place) }) : t('第 %(n)s 段', { n: one.n });
}

const home = document.getElementById('go-on-here');
if (home) {
  for (const one of goingOn().slice(0, ON_HOME)) {
    const link = document.createElement('a');
    link.href = at(`/clips/${one.clip}`);
    link.textContent = one.title;
    const where = document.createElement('p');
    where.className = 'meta';
    where.textContent = words(one);
    const body = document.createElement('div');
    body.append(link, where);
    const item = document.createElement('li');
    item.append(body);
    home.querySelector('ul').append(item);
    home.hidden = false;
  }
  home.querySelector('[data-do="forget-places"]').addEventListener('click', () => {
    forgetPlaces();
    home.remove();
  });
}

const lesson = document.getElementById('go-on-lesson');
if (lesson) {
  const one = goingOn().find((place) => place.lesson === lesson.dataset.lesson);
  if (one) {
    lesson.href = at(`/clips/${one.clip}`);
    lesson.textContent = t('继续：%(where)s', { where: words(one) });
    lesson.hidden = false;
  }
}
