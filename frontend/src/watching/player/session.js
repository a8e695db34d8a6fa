// What a phone shows of the playing clip when its screen is locked, and what can be pressed there.

/** `does`: play(), pause(), leap(seconds), seek(at), and next() and previous() or null where there is none. */
export function showOnLockScreen(clip, does) {
  const session = navigator.mediaSession;
  if (!session || !window.MediaMetadata) return;
  const artwork = clip.poster ? [{ src: new URL(clip.poster, window.location.href).href, type: 'image/jpeg' }] : [];
  session.metadata = new MediaMetadata({ title: clip.name || clip.title, artist: clip.lecturer, album: clip.title, artwork });
  const acts = {
    play: does.play,
    pause: does.pause,
    seekbackward: ({ seekOffset }) => does.leap(-(seekOffset || 10)),
    seekforward: ({ seekOffset }) => does.leap(seekOffset || 10),
    seekto: ({ seekTime }) => does.seek(seekTime),
    nexttrack: does.next,
    previoustrack: does.previous,
  };
  for (const [name, act] of Object.entries(acts)) {
    try {
      session.setActionHandler(name, act);
    } catch {
      // a browser that has not this one
    }
  }
}

/** Say how far it is. */
export function tellLockScreen(video) {
  if (!navigator.mediaSession) return;
  navigator.mediaSession.playbackState = video.paused ? 'paused' : 'playing';
  const { duration, currentTime: position, playbackRate } = video;
  if (!Number.isFinite(duration) || duration <= 0 || position > duration || !playbackRate) return;
  navigator.mediaSession.setPositionState?.({ duration, position, playbackRate });
}
