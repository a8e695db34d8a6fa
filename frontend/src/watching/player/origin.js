// How a play was come to, as the page can tell: the server's words (library/plays/rules.py, Source).
import { at, inside } from '../../shared/site.js';

const LESSON = /^\/lessons\/[^/]+$/;
const KEPT = 'weike.came';

/**
 * `here` and `referrer` are addresses ("" for none), `siblings` the paths of the lesson's other clips; `came` says how
 * pages of lessons were come to, by their paths: whoever passes through one has come from where it was found.
 */
export function sourceOf(here, referrer, siblings, came = {}) {
  const page = new URL(here);
  if (page.searchParams.get('via') === 'qr') return 'qr';
  let from;
  try {
    from = new URL(referrer);
  } catch {
    return 'link';
  }
  if (from.origin !== page.origin) return 'link';
  const before = inside(from.pathname);
  if (before === '/search') return 'search';
  if (['/', '/lessons'].includes(before)) return 'feed';
  if (came[from.pathname]) return came[from.pathname];
  return siblings.includes(from.pathname) && from.pathname !== page.pathname ? 'next' : 'link';
}

/** Keep how this page was come to, if it is a lesson's; coming back to it from what belongs to it changes nothing. */
export function noteLesson(here, referrer, storage) {
  const { origin, pathname: path } = new URL(here);
  if (!LESSON.test(inside(path))) return;
  const back = [at('/clips/'), at('/lessons/')].some((start) => referrer.startsWith(origin + start));
  if (!back) storage.setItem(KEPT, JSON.stringify({ [path]: sourceOf(here, referrer, []) }));
}

/** How the page of the lesson that was looked at last was come to, for sourceOf. */
export function cameTo(storage) {
  const kept = JSON.parse(storage.getItem(KEPT) ?? '{}');
  return kept && typeof kept === 'object' ? kept : {};
}
