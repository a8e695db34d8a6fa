// Playing that ends by itself: after this clip, or after some minutes.

export class Sleep {
  /** `stop()` when the time is over. */
  constructor(stop) {
    this.list = document.getElementById('sleep');
    this.list.addEventListener('change', () => {
      clearTimeout(this.timer);
      const minutes = Number(this.list.value);
      if (!minutes) return;
      this.timer = setTimeout(() => {
        this.list.value = 'off';
        stop();
      }, 60_000 * minutes);
    });
  }

  /** A clip has ended: whether nothing is to follow it. */
  get endsHere() {
    const ends = this.list.value === 'end';
    if (ends) this.list.value = 'off';
    return ends;
  }
}
