// A device that remembers where somebody stopped: whoever has signed in (and has a bell) is asked whose that is; else
// the cards of lessons and clips say what was seen of them here. Nothing of it is sent.
import { isEnded, places } from '../shared/places.js';
import { t } from '../shared/sentences.js';

/** What stands on a card of `count` clips that are `long` seconds together: null where none of them was begun. */
export function mark(found, count, long) {
  const ended = found.filter((one) => isEnded(one.at, one.of));
  if (count > 0 && ended.length >= count) return { seen: true };
  const done = found.reduce((sum, one) => sum + (isEnded(one.at, one.of) ? one.of : one.at), 0);
  return done > 0 && long > 0 ? { far: Math.max(1, Math.min(99, Math.round((100 * done) / long))) } : null;
}

function show() {
  const known = places();
  for (const tag of document.querySelectorAll('[data-own]')) {
    const [id, count, long] = tag.dataset.own.split(' ');
    const its = mark(known.filter((one) => one.clip === id || one.lesson === id), Number(count), Number(long));
    if (!its) continue;
    tag.textContent = its.seen ? t('看完') : t('看到 %(far)s', { far: `${its.far}%` });
    tag.classList.toggle('published', its.seen === true);
    tag.hidden = false;
  }
}

if (globalThis.document?.querySelector('.bell')) import('./taking.js');
else if (globalThis.document) {
  show();
  // When the player goes on to the next clip, it exchanges the list of clips, and #beside with it.
  const beside = document.getElementById('beside');
  if (beside) new MutationObserver(show).observe(beside.parentElement, { childList: true });
}
