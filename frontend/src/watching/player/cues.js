// Which line of the transcript is being said.

/** Index of the last cue that has begun at `at`, or -1. `starts` are ascending. */
export function cueAt(starts, at) {
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    // Half a frame early: a seek to a cue's start may land a hair before it.
    if (starts[middle] <= at + 0.05) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

const REST_MS = 5000; // who scrolls by hand wants to read there for a while

/** The list of cues beside the player: highlights the present one and keeps it in view. */
export class Transcript {
  constructor(list) {
    this.list = list;
    this.links = list ? [...list.querySelectorAll('a[data-start]')] : [];
    this.starts = this.links.map((link) => Number(link.dataset.start));
    this.now = -1;
    this.restUntil = 0;
    for (const name of ['wheel', 'touchmove']) {
      list?.addEventListener(name, () => { this.restUntil = Date.now() + REST_MS; }, { passive: true });
    }
  }

  show(at, follow) {
    const index = cueAt(this.starts, at);
    if (index === this.now) return;
    this.links[this.now]?.removeAttribute('aria-current');
    this.now = index;
    const link = this.links[index];
    if (!link) return;
    link.setAttribute('aria-current', 'true');
    if (follow && Date.now() > this.restUntil) this.#reveal(link.parentElement);
  }

  #reveal(line) {
    const calm = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
    // Only the list moves, never the page: the picture must stay where it is.
    this.list.scrollTo({
      top: line.offsetTop - this.list.clientHeight / 3,
      behavior: calm ? 'auto' : 'smooth',
    });
  }
}
