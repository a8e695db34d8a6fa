// After signing in: what this device remembers of where somebody stopped is offered to the account, never taken unasked:
// machines are shared. Whatever stands in the storage is nonsense until it was looked at.
import { clock } from '../shared/format.js';
import { request } from '../shared/http.js';
import { forgetPlaces, goingOn, resumeAt } from '../shared/places.js';
import { t, tn } from '../shared/sentences.js';
import { at } from '../shared/site.js';

const ASKED = 'weike.places.asked';
const MOST_SHOWN = 5;
const MOST = 50; // library/marks/rules.py: BROUGHT_MOST
const number = (value) => typeof value === 'number' && Number.isFinite(value) && value >= 0;

/** What may be offered: the unfinished lessons' places that make sense, newer than what was declined. */
export function offered(found, declined) {
  const fits = ({ clip, lesson, at: second, of, ms }) => (
    /^[0-9a-z]{1,40}$/.test(clip) && typeof lesson === 'string' && number(second) && number(of) && second < 100_000 && number(ms) && ms > declined
  );
  return found.filter(fits).slice(0, MOST);
}

function make(name, words, place, kind = '') {
  const made = document.createElement(name);
  made.textContent = words;
  if (kind) made.className = kind;
  place.append(made);
  return made;
}

function say(box, words, kind) {
  box.className = `flash ${kind}`;
  box.setAttribute('role', 'status');
  box.textContent = words;
}

async function take(box, places) {
  for (const button of box.querySelectorAll('button')) button.disabled = true;
  const now = Date.now();
  const told = places.map(({ clip, at: at_s, ms }) => ({ clip, at_s, ago_s: Math.max(0, (now - ms) / 1000) }));
  let taken;
  try {
    ({ taken } = await request('POST', '/api/v1/positions', { places: told }));
  } catch (error) {
    for (const button of box.querySelectorAll('button')) button.disabled = false;
    const wrong = box.querySelector('.wrong') ?? make('p', '', box, 'wrong');
    wrong.setAttribute('role', 'alert');
    wrong.textContent = error.said;
    return;
  }
  forgetPlaces();
  const missing = places.length - taken;
  say(box, tn('已记到您的账号：%(num)s 节课。', '已记到您的账号：%(num)s 节课。', taken, { num: taken }), 'done');
  const left = tn('有 %(num)s 节您看不到或太久了，没有记。', '有 %(num)s 节您看不到或太久了，没有记。', missing, { num: missing });
  if (missing) make('span', ` ${left}`, box);
  make('span', ' ', box);
  make('a', t('我的学习'), box).href = at('/my-learning');
}

function ask(places) {
  const box = document.createElement('section');
  box.className = 'panel';
  const head = make('h2', tn('这台设备上有 %(num)s 节没看完的课，要记到您的账号里吗？', '这台设备上有 %(num)s 节没看完的课，要记到您的账号里吗？', places.length, { num: places.length }), box);
  head.id = 'taking';
  box.setAttribute('aria-labelledby', head.id);
  const list = make('ul', '', box, 'rows');
  for (const { title, n, at: second, of } of places.slice(0, MOST_SHOWN)) {
    const line = make('div', '', make('li', '', list));
    line.dir = 'auto';
    make('strong', String(title ?? '').slice(0, 80), line);
    const place = resumeAt(second, of);
    const part = number(n) ? n : 1;
    make('p', place ? t('第 %(n)s 段 %(place)s', { n: part, place: clock(place) }) : t('第 %(n)s 段', { n: part }), line, 'meta');
  }
  const more = places.length - MOST_SHOWN;
  if (more > 0) make('p', tn('还有 %(num)s 节', '还有 %(num)s 节', more, { num: more }), box, 'note');
  make('p', t('只记看到哪里，不增加观看次数，也不算“看完”。不是您看的，请选“不用”。'), box, 'note');
  const acts = make('p', '', box, 'acts');
  const yes = make('button', t('记到我的账号'), acts, 'button primary');
  yes.type = 'button';
  yes.onclick = () => take(box, places);
  const no = make('button', t('不用'), acts, 'button quiet');
  no.type = 'button';
  no.onclick = () => {
    localStorage.setItem(ASKED, String(Math.max(...places.map(({ ms }) => ms))));
    box.remove();
  };
  document.getElementById('main').prepend(box);
}

// Beside a film that is to be watched now it waits for the next page.
if (globalThis.document && !document.getElementById('video')) {
  const places = offered(goingOn(), Number(localStorage.getItem(ASKED)) || 0);
  if (places.length) ask(places);
}
