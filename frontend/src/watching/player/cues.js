// Which line of the transcript is being said.

/** Index of the last cue that has begun at `at`, or -1. `starts` are ascending. */
export function cueAt(starts, at) {
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    // A little early: a seek to a cue's start may land a hair before it, and links carry tenths of a second.
    if (starts[middle] <= at + 0.06) low = middle + 1;
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
    this.#rove();
    for (const name of ['wheel', 'touchmove']) {
      list?.addEventListener(name, () => { this.restUntil = Date.now() + REST_MS; }, { passive: true });
    }
  }

  // One stop of the tab key for all lines; inside, arrows go from line to line.
  #rove() {
    this.links.forEach((link, n) => link.setAttribute('tabindex', n ? '-1' : '0'));
    this.stop = this.links[0];
    this.list?.addEventListener('focusin', (event) => {
      this.#stopAt(event.target.closest('a'));
      this.#outFromUnderThePicture(event.target);
    });
    this.list?.addEventListener('keydown', (event) => {
      const n = this.links.indexOf(event.target);
      const to = { ArrowDown: n + 1, ArrowUp: n - 1, Home: 0, End: this.links.length - 1 }[event.key];
      if (n < 0 || to === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      this.restUntil = Date.now() + REST_MS;
      this.links[to]?.focus();
    });
  }

  // Where the picture stays above the list, a line that Tab comes back to may lie under it.
  #outFromUnderThePicture(link) {
    const stage = document.getElementById('stage');
    const hidden = stage && getComputedStyle(stage).position === 'sticky' ? stage.offsetHeight + 8 - link.getBoundingClientRect().top : 0;
    if (hidden > 0) window.scrollBy(0, -hidden);
  }

  #stopAt(link) {
    if (!link || link === this.stop) return;
    this.stop?.setAttribute('tabindex', '-1');
    link.setAttribute('tabindex', '0');
    this.stop = link;
  }

  show(at, follow) {
    const index = cueAt(this.starts, at);
    if (index === this.now) return;
    this.links[this.now]?.removeAttribute('aria-current');
    this.now = index;
    const link = this.links[index];
    if (!link) return;
    link.setAttribute('aria-current', 'true');
    if (!this.list.contains(document.activeElement)) this.#stopAt(link);
    if (follow && Date.now() > this.restUntil) this.#reveal(link.parentElement);
  }

  /** Show the present line at once, and under the picture where both do not fit otherwise: on a phone it would stand
   * below the screen. */
  bringIntoSight(stage) {
    const link = this.links[this.now];
    if (!link) return;
    this.list.scrollTop = link.parentElement.offsetTop - this.list.clientHeight / 3;
    const stays = getComputedStyle(stage).position === 'sticky' ? stage.offsetHeight : 0;
    const line = link.getBoundingClientRect();
    if (line.top >= stays && line.bottom <= window.innerHeight) return;
    window.scrollBy(0, this.list.parentElement.getBoundingClientRect().top - stays);
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
