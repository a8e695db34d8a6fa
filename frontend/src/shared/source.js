// Getting a clip's playlist into the <video>: hls.js where Media Source exists, else the browser itself (iOS).

/**
 * Attach `master` and begin at `startAt` seconds. Calls `onTrouble(kind)` with "expired", "network" or "broken".
 * Returns { recover(), detach() }.
 */
export async function attach(video, master, startAt, onTrouble) {
  if (window.MediaSource || window.ManagedMediaSource) {
    const { default: Hls } = await import('hls.js/light');
    if (Hls.isSupported()) return attachHls(Hls, video, master, startAt, onTrouble);
  }
  return attachNative(video, master, startAt, onTrouble);
}

function attachHls(Hls, video, master, startAt, onTrouble) {
  const hls = new Hls({
    startPosition: startAt,
    // A worker would need blob: scripts in the content security policy; fMP4 is passed on almost as it is.
    enableWorker: false,
    capLevelToPlayerSize: true,
    maxBufferLength: navigator.connection?.saveData ? 10 : 30,
    backBufferLength: 60,
  });
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
  hls.loadSource(master);
  // Who has pressed play meanwhile waits: a new source makes the element forget it.
  const pressed = !video.paused;
  hls.attachMedia(video);
  if (pressed) video.play().catch(() => {});
  return {
    recover: () => (hls.levels.length ? hls.startLoad() : hls.loadSource(master)),
    detach: () => hls.destroy(),
  };
}

function attachNative(video, master, startAt, onTrouble) {
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
  video.src = master;
  if (pressed) video.play().catch(() => {});
  return {
    recover: () => video.load(),
    detach: () => {
      video.removeEventListener('loadedmetadata', go);
      video.removeEventListener('error', fail);
      video.removeAttribute('src');
      video.load();
    },
  };
}
