// The big screen: one room, thirty people. The whole stage fills it, with larger captions.

export function bigScreenPossible(stage, video) {
  return Boolean(stage.requestFullscreen || stage.webkitRequestFullscreen || video.webkitEnterFullscreen);
}

export async function toggleBigScreen(stage, video) {
  if (document.fullscreenElement || document.webkitFullscreenElement) {
    (document.exitFullscreen ?? document.webkitExitFullscreen).call(document);
  } else if (stage.requestFullscreen) {
    await stage.requestFullscreen().catch(() => {});
    // A phone held upright turns; where that is not allowed it simply stays.
    await screen.orientation?.lock?.('landscape').catch(() => {});
  } else if (stage.webkitRequestFullscreen) {
    stage.webkitRequestFullscreen();
  } else {
    video.webkitEnterFullscreen?.(); // iPhone: only the picture itself can fill the screen
  }
}
