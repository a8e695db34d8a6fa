// How large captions are: in proportion to the picture, and never too small to read.

const PART = 0.05; // of the picture's height, as browsers have it
const LEAST_PX = 16;

/** The size of captions, in CSS pixels, over a picture of `height` of them. */
export function captionSize(height) {
  return Math.max(LEAST_PX, Math.round(height * PART));
}

/** Keep the captions of a video in proportion, also on the big screen and when a phone is turned. */
export function scaleCaptions(video) {
  const scale = () => video.style.setProperty('--cue', `${captionSize(video.clientHeight)}px`);
  scale();
  if (window.ResizeObserver) new ResizeObserver(scale).observe(video);
  else window.addEventListener('resize', scale); // Safari 13.0
}
