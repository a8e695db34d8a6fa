// A clip that plays in a plain <video>, inside another page or beside an editor: what is played is reported as on the
// clip's own page.
import { request } from './http.js';
import { t } from './sentences.js';
import { at } from './site.js';
import { storage } from './storage.js';
import { attach } from './source.js';
import { BeatSender } from './beats.js';
import { PlayedRanges } from './ranges.js';

const now = () => performance.now() / 1000;

/**
 * Play `clip` ({ id, master, beat_every_s, start_s }) in `video` and report what is played. `note(words)` says what is wrong.
 * Returns a promise of what `attach` returns.
 */
export function playCounted(video, clip, note) {
  const ranges = new PlayedRanges();
  let play = null;
  let starting = null;
  let lastBeat = 0;
  let rate = 0;

  const sender = new BeatSender({
    post: (url, beat) => request('POST', url, beat),
    beacon: (url, beat) => navigator.sendBeacon(at(url), JSON.stringify(beat)),
    storage: storage(),
    onCounted: (id, answer) => {
      if (id === play?.id && answer?.why === 'unpublished') {
        video.pause();
        note(t('这节课已经撤下，现在不能看了。'));
      }
    },
  });

  function startPlay() {
    if (play) return Promise.resolve();
    starting ??= request('POST', `/api/v1/clips/${clip.id}/plays`, { source: 'link' })
      .then((answer) => {
        play = { id: answer.play, key: answer.key, seq: 0 };
      })
      .catch((error) => {
        if (error.status === 403 || error.status === 401) note(t('在这里看的不计入观看次数；点标题到微课里看，就会计入。'));
      })
      .finally(() => {
        starting = null;
      });
    return starting;
  }

  function beat() {
    const taken = play ? ranges.take() : [];
    if (!taken.length) return null;
    play.seq += 1;
    const told = { key: play.key, seq: play.seq, at_s: Math.round(video.currentTime * 100) / 100, rate, ranges: taken };
    rate = 0;
    return told;
  }

  async function report() {
    lastBeat = now();
    if (!play) await startPlay();
    const told = beat();
    if (told) await sender.add(play.id, told);
  }

  function advance() {
    if (video.seeking || video.paused) return;
    rate = Math.max(rate, video.playbackRate);
    ranges.advance(video.currentTime, now(), video.playbackRate);
  }

  video.addEventListener('play', startPlay);
  video.addEventListener('playing', () => {
    lastBeat ||= now();
    advance();
  });
  video.addEventListener('timeupdate', () => {
    advance();
    if (!video.paused && now() - lastBeat >= clip.beat_every_s + 0.5) report();
  });
  for (const kind of ['pause', 'seeking', 'ended']) {
    video.addEventListener(kind, () => {
      ranges.stop();
      report();
    });
  }
  video.addEventListener('waiting', () => ranges.stop());
  window.addEventListener('pagehide', () => {
    const told = beat();
    if (told) sender.add(play.id, told);
    sender.leave();
  });

  sender.flush();
  return attach(video, clip.master, clip.start_s ?? 0, (kind) => {
    note(kind === 'network' ? t('网络断了，连上后会接着播放。') : t('这一段现在放不了。'));
  });
}
