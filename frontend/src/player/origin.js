// How a play was come to, as the page can tell: the server's words (library/plays/rules.py, Source).

const FEED = new Set(['/', '/lessons']);

/** `here` and `referrer` are addresses ("" for none), `siblings` the paths of the lesson's other clips. */
export function sourceOf(here, referrer, siblings) {
  const page = new URL(here);
  if (page.searchParams.get('via') === 'qr') return 'qr';
  let from;
  try {
    from = new URL(referrer);
  } catch {
    return 'link';
  }
  if (from.origin !== page.origin) return 'link';
  if (from.pathname === '/search') return 'search';
  if (FEED.has(from.pathname)) return 'feed';
  return siblings.includes(from.pathname) && from.pathname !== page.pathname ? 'next' : 'link';
}
