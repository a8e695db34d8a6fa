// Getting a clip's playlist into the <video>: hls.js where Media Source exists, else the browser itself (iOS).
// Of pictures and sound nothing is fetched before somebody plays or seeks, and then no more than AHEAD_S ahead: most
// who open a page on a phone pay for what they did not watch.

// The engine itself is fetched with the first picture, too (watching/player/first.js), and not when a page is opened:
// it weighs as much as a minute of sound.

const AHEAD_S = 30;
const SPARING_S = 10; // with the browser's data saver
const UNKNOWN_LINE_BPS = 500_000; // until the first segment tells more
const SMALLEST = 0;
const BY_THE_LINE = -1;
let line_bps = UNKNOWN_LINE_BPS; // what the clip before found, while the page stays

const HLS = 'application/vnd.apple.mpegurl';

/** The engine; asked for early it is there when it is needed. */
export function engine() {
  return import('hls.js/light').then((loaded) => loaded.default);
}

/** Which way a clip can be played here: "engine", "native", or "" when a browser knows neither. */
export function wayToPlay(video) {
  if (window.MediaSource) return 'engine';
  // iPhones: their own player costs no script, plays on in the background and can be sent to a television.
  if (video.canPlayType?.(HLS)) return 'native';
  return window.ManagedMediaSource ? 'engine' : '';
}

/**
 * Attach `master` and begin at `startAt` seconds. Calls `onTrouble(kind)` with "expired", "network" or "broken".
 * `begun`: what plays already in this element and is taken over: see FirstPictures.open. `sparing`: fetch little ahead.
 * `eager`: the first piece is fetched, once somebody plays, before the element is ready for it.
 * Returns { seek(at), recover(), detach() }: seeking, like playing, begins the fetching.
 */
export async function attach(video, master, startAt, onTrouble, { begun = null, sparing = savesData(), eager = false } = {}) {
  if (wayToPlay(video) === 'engine') {
    const Hls = await engine();
    if (Hls.isSupported()) return attachHls(Hls, video, master, startAt, onTrouble, begun, sparing, eager);
  }
  return attachNative(video, master, startAt, onTrouble);
}

/** Whether the browser was told to save data. */
export function savesData() {
  return Boolean(globalThis.navigator?.connection?.saveData);
}

/** What hls.js is told. `maxBufferLength` alone is the least it keeps: it goes on to 60 MB or ten minutes. */
export function settings(sparing, bps) {
  const ahead = sparing ? SPARING_S : AHEAD_S;
  return {
    autoStartLoad: false,
    // A worker would need blob: scripts in the content security policy; fMP4 is passed on almost as it is.
    enableWorker: false,
    capLevelToPlayerSize: true,
    maxBufferLength: ahead,
    maxMaxBufferLength: ahead,
    maxBufferSize: 0,
    backBufferLength: 60,
    // Without it the first rendition of the playlist, our best, is taken for what the line carries.
    abrEwmaDefaultEstimate: bps,
    // Who taps waits for the first segment: nobody knows the line yet, and the smallest is what was made ready.
    startLevel: bps === UNKNOWN_LINE_BPS ? SMALLEST : BY_THE_LINE,
  };
}

/** Where what is buffered around the present moment ends; the moment itself when nothing is, or the clip's end is there. */
function behind(video) {
  const { buffered, currentTime, duration } = video;
  for (let n = 0; n < buffered.length; n += 1) {
    const end = buffered.end(n);
    if (buffered.start(n) <= currentTime + 0.5 && currentTime <= end && end < duration - 0.5) return end + 0.2; // in the next segment
  }
  return currentTime;
}

function attachHls(Hls, video, master, startAt, onTrouble, taken, sparing, eager) {
  if (taken?.bps) line_bps = taken.bps;
  // Without it the first piece waits for the engine's next tick after the element is ready, a tenth of a second. It has
  // no say in when the loading begins: nobody but `begin` does that.
  const hls = new Hls({ ...settings(sparing, line_bps), startFragPrefetch: eager });
  let begun = false;
  const begin = (at) => {
    begun = true;
    hls.config.startPosition = at; // before the master playlist is there, this is what counts
    hls.startLoad(at);
  };
  const onPlay = () => begun || begin(startAt);
  let mended = false;
  hls.on(Hls.Events.ERROR, (_, data) => {
    if (!data.fatal) return;
    if (data.type === Hls.ErrorTypes.MEDIA_ERROR && !mended) {
      mended = true;
      hls.recoverMediaError();
    } else if (data.type === Hls.ErrorTypes.NETWORK_ERROR) {
      onTrouble([401, 403, 404, 410].includes(data.response?.code) ? 'expired' : 'network');
    } else {
      onTrouble('broken');
    }
  });
  hls.on(Hls.Events.FRAG_BUFFERED, () => {
    line_bps = hls.bandwidthEstimate || line_bps;
  });
  hls.loadSource(master);
  if (taken) {
    begun = true;
    const { kind, container, codec, buffer, media } = taken;
    const track = { id: 'main', container, codec, levelCodec: codec, buffer, listeners: [] };
    hls.attachMedia({ media: video, mediaSource: media, tracks: { [kind]: track } });
    // Asked for before the playlists are there, playing would be moved to where the loading begins; and the first one of
    // a rendition sets that to the clip's beginning again.
    const goOn = () => hls.startLoad(behind(video), true);
    hls.once(Hls.Events.MANIFEST_PARSED, goOn);
    hls.once(Hls.Events.LEVEL_UPDATED, goOn);
  } else {
    const pressed = !video.paused; // who has pressed play meanwhile waits: a new source makes the element forget it
    video.addEventListener('play', onPlay);
    hls.attachMedia(video);
    if (pressed) {
      onPlay();
      video.play().catch(() => {});
    }
  }
  return {
    seek: (at) => {
      if (begun && video.readyState > 0) video.currentTime = at;
      else begin(at);
    },
    recover: () => {
      if (!hls.levels.length) hls.loadSource(master);
      else if (begun) hls.startLoad();
    },
    detach: () => {
      video.removeEventListener('play', onPlay);
      hls.destroy();
    },
  };
}

/** Play `master`, a playlist or a whole file, by the browser itself; returns what `attach` does. */
export function attachNative(video, master, startAt, onTrouble) {
  const go = () => {
    if (startAt > 0) video.currentTime = startAt;
  };
  const fail = () => {
    const code = video.error?.code;
    onTrouble(code === MediaError.MEDIA_ERR_NETWORK ? 'network' : code === MediaError.MEDIA_ERR_DECODE ? 'broken' : 'expired');
  };
  video.addEventListener('loadedmetadata', go, { once: true });
  video.addEventListener('error', fail);
  const pressed = !video.paused;
  video.preload = 'none';
  video.src = master;
  if (pressed) video.play().catch(() => {});
  return {
    seek: (at) => {
      if (video.readyState > 0) {
        video.currentTime = at;
        return;
      }
      startAt = at;
      video.preload = 'auto';
      video.load();
    },
    recover: () => {
      if (!video.error) return; // it waits, and goes on by itself
      const playing = !video.paused;
      startAt = video.currentTime || startAt;
      video.addEventListener('loadedmetadata', go, { once: true });
      video.load();
      if (playing) video.play().catch(() => {});
    },
    detach: () => {
      video.removeEventListener('loadedmetadata', go);
      video.removeEventListener('error', fail);
      video.removeAttribute('src');
      video.load();
    },
  };
}
