// Where this site begins: "" for one that has its host alone, "/weike" for one under a path (server/web/middleware/prefix.py).

const prefix = () => globalThis.document?.querySelector('meta[name="prefix"]')?.content ?? '';

/** A path of the site ("/lessons") as a browser must ask for it. */
export function at(path) {
  return prefix() + path;
}

/** The path inside of the site that a whole path of this host means; one of elsewhere stays as it is. */
export function inside(pathname) {
  const base = prefix();
  return `${pathname}/`.startsWith(`${base}/`) ? pathname.slice(base.length) || '/' : pathname;
}
