// What the player offers to the scripts of other nouns on the clip's page (places kept, notes, questions):
//
//   import { player } from '../../watching/player/handle.js';
//   player.on('open', () => …);   a clip is on the page: also the next one, which exchanges what is marked data-swap
//   player.on('time', () => …);   playing has moved; about four times a second
//   player.on('pause' | 'ended', () => …);
//   player.clip                   { id, n, duration_s, start_s, … }, null before the first one
//   player.at                     the second where playing is, or will begin
//   player.played                 whether somebody has pressed play since this clip was opened
//   player.seek(seconds), player.play(), player.pause()
//   player.offer(words, action, then)   a line over the picture with one button, until playing begins
//
// Whoever registers after a clip was opened is called for it at once.

const ears = new Map();
let watch = null;

export const player = {
  get clip() {
    return watch?.clip ?? null;
  },
  get at() {
    return watch?.at ?? 0;
  },
  get played() {
    return Boolean(watch?.begun);
  },
  seek: (at) => watch?.seek(at),
  play: () => watch?.video.play().catch(() => {}),
  pause: () => watch?.pause(),
  offer: (words, action, then) => watch?.note(words, action, then),
  on(name, then) {
    ears.set(name, [...(ears.get(name) ?? []), then]);
    if (name === 'open' && watch?.clip) then();
  },
};

/** For the player itself: who answers from now on. */
export function answerFor(one) {
  watch = one;
}

/** For the player itself: something has happened. An error of one listener stops neither playing nor the others. */
export function tell(name) {
  for (const then of ears.get(name) ?? []) {
    try {
      then();
    } catch (error) {
      setTimeout(() => {
        throw error;
      });
    }
  }
}
