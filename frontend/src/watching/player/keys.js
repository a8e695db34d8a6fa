// Keys, also when nothing is focused: a remote control on a big screen sends them.
import { remembered } from './kept.js';

const SPEEDS = { '<': -1, '>': 1 };
const FRAME_S = 1 / 25;

/**
 * What a key asks for, as [name, value]; null for none of ours. Letters, digits and marks only when `letters`: whoever
 * speaks to their computer can turn them off.
 */
export function meaning(key, letters = true) {
  const always = { ' ': ['toggle'], ArrowLeft: ['leap', -5], ArrowRight: ['leap', 5], MediaPlayPause: ['toggle'] };
  if (key in always) return always[key];
  if (!letters) return null;
  if (/^[0-9]$/.test(key)) return ['part', Number(key) / 10];
  if (key in SPEEDS) return ['faster', SPEEDS[key]];
  const one = { k: ['toggle'], j: ['leap', -10], l: ['leap', 10], m: ['mute'], c: ['captions'], f: ['screen'], ',': ['frame', -FRAME_S], '.': ['frame', FRAME_S], '?': ['help'] };
  return one[key.length === 1 ? key.toLowerCase() : key] ?? null;
}

export class Keys {
  /** `does`: what to do, by name. */
  constructor(does) {
    this.letters = document.getElementById('letters');
    this.letters.checked = remembered('letters') !== 'off';
    this.letters.addEventListener('change', () => remembered('letters', this.letters.checked ? 'on' : 'off'));
    document.addEventListener('keydown', (event) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      const { target } = event;
      if (target.closest?.('input:not([type=range]):not([type=checkbox]), select, textarea, [contenteditable]')) return;
      const found = meaning(event.key, this.letters.checked);
      if (!found) return;
      const moves = event.key === ' ' || event.key.startsWith('Arrow');
      const inBar = target.closest?.('#player-bar button') && event.key !== ' ';
      if (moves && !inBar && target.closest?.('input, button, a, summary, video, .cues')) return; // they know these keys
      if (event.repeat && !['leap', 'frame'].includes(found[0])) return;
      event.preventDefault();
      does[found[0]](found[1]);
    });
  }
}
