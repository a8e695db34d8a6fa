// Choosing a cover: the present moment of the player becomes the form's picture. The server draws it anew like any
// other picture, so that nothing here need be believed.
import { attach } from '../../shared/source.js';
import { t } from '../../shared/sentences.js';

const WIDTH = 1280;
const byId = (id) => document.getElementById(id);
const form = byId('cover');

function chosen(words) {
  byId('cover-said').textContent = words;
  for (const radio of form.querySelectorAll('[name=frame]:checked')) radio.checked = false;
}

/** Draw what is chosen, so that it is seen before it is sent. */
function draw(source, width, height) {
  const canvas = byId('cover-taken');
  canvas.width = Math.min(width, WIDTH * 1.5);
  canvas.height = Math.round((canvas.width * height) / width);
  canvas.getContext('2d').drawImage(source, 0, 0, canvas.width, canvas.height);
  canvas.hidden = false;
  return canvas;
}

function take(video) {
  if (!video.videoWidth) {
    byId('cover-said').textContent = t('还没有画面，请先播放一下。');
    return;
  }
  draw(video, video.videoWidth, video.videoHeight).toBlob((blob) => {
    const files = new DataTransfer();
    files.items.add(new File([blob], 'frame.jpg', { type: 'image/jpeg' }));
    byId('cover-file').files = files.files;
    chosen(t('选好了这一刻的画面，点“用作封面”保存。'));
    byId('cover-taken').scrollIntoView({ block: 'nearest' });
  }, 'image/jpeg', 0.92);
}

function player(masters) {
  const video = byId('cover-video');
  let source = null;
  const show = async (n) => {
    source?.detach();
    source = await attach(video, masters[n].master, 0, () => {
      byId('cover-said').textContent = t('现在放不出来，请检查网络后再试。');
    });
  };
  byId('cover-player').hidden = false;
  // The player's program is fetched when somebody wants to use it.
  byId('cover-player').addEventListener('toggle', () => !source && show(Number(byId('cover-clip')?.value ?? 0)));
  byId('cover-clip')?.addEventListener('change', ({ target }) => show(Number(target.value)));
  byId('cover-take').addEventListener('click', () => take(video));
}

function picked() {
  const [file] = byId('cover-file').files;
  byId('cover-taken').hidden = true;
  if (!file) return;
  chosen(t('选好了图片，点“用作封面”保存。'));
  // What this browser cannot show, the server says what is wrong with.
  createImageBitmap(file).then((picture) => draw(picture, picture.width, picture.height)).catch(() => {});
}

if (form) {
  const masters = JSON.parse(byId('cover-masters').textContent);
  if (masters.length) player(masters);
  byId('cover-file').addEventListener('change', picked);
  form.addEventListener('change', ({ target }) => {
    if (target.name !== 'frame') return;
    byId('cover-file').value = '';
    byId('cover-taken').hidden = true;
  });
  const fill = form.querySelector('[data-fill]');
  if (fill) {
    fill.hidden = false;
    fill.addEventListener('click', () => {
      form.elements.words.value = fill.dataset.fill;
    });
  }
}
