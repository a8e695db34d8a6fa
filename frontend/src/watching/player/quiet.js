// The engine that plays is large. It waits until the page is there and the browser has nothing to do, or until somebody
// wants to play: then at once.

export class Quiet {
  constructor(video) {
    this.over = new Promise((resolve) => {
      this.end = resolve;
    });
    video.addEventListener('play', this.end, { once: true });
    if (!video.paused) this.end(); // the browser's own button was there before us
    else if (document.readyState === 'complete') this.whenIdle();
    else window.addEventListener('load', () => this.whenIdle(), { once: true });
  }

  whenIdle() {
    if (window.requestIdleCallback) window.requestIdleCallback(this.end, { timeout: 2000 });
    else setTimeout(this.end, 200); // Safari
  }

  /** A promise that is kept once it is quiet, and stays so. */
  wait() {
    return this.over;
  }
}
