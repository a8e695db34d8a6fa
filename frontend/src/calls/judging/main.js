// A judge plays a work: the same source as everywhere, without beats, for a judge's play is no view.
import { attach } from '../../shared/source.js';

for (const video of document.querySelectorAll('video[data-master]')) {
  const said = video.closest('section')?.querySelector('.trouble');
  attach(video, video.dataset.master, 0, () => {
    if (said) said.hidden = false;
  });
}
