// The upload page: takes files by choice or by drop and gives each a card.
import { size } from '../../shared/format.js';
import { t } from '../../shared/sentences.js';
import { otherKind, refusal } from './accept.js';
import { Card } from './card.js';
import { Queue } from './queue.js';

const TOGETHER = 2;

const place = document.getElementById('upload');
const list = document.getElementById('uploads');
const drop = document.getElementById('drop');
const input = document.getElementById('files');
const queue = new Queue(TOGETHER);
const cards = [];
const limits = {
  maxBytes: Number(place.dataset.maxBytes),
  leftBytes: place.dataset.leftBytes === undefined ? null : Number(place.dataset.leftBytes),
};

function words(why) {
  return {
    empty: () => t('这个文件是空的。'),
    document: () => t('这是一份文档，不是录像。请选择视频或录音；文稿可以在选好录像之后上传。'),
    archive: () => t('这是一个压缩包，不是录像。请先解压，再选择里面的视频或录音。'),
    picture: () => t('这是一张图片，不是录像。请选择视频或录音。'),
    size: () => t('文件超过了上限 %(limit)s。请压缩或分成几节课上传。', { limit: size(why.limit ?? 0) }),
    quota: () => t('您的空间只剩 %(left)s，放不下它。请删去不再需要的课，或请管理员增加空间。', { left: size(why.left ?? 0) }),
  }[why.code]();
}

async function begin(card, file) {
  const other = await otherKind(file).catch(() => null); // a file that cannot be read says so when it is sent
  if (other === null) {
    card.start();
    return;
  }
  if (limits.leftBytes !== null) limits.leftBytes += file.size;
  card.refuse(words({ code: other }));
}

function add(files) {
  for (const file of files) {
    const card = new Card(file, { queue, lecturer: place.dataset.lecturer });
    cards.push(card);
    list.append(card.element);
    const why = refusal(file, limits);
    if (why) {
      card.refuse(words(why));
      continue;
    }
    if (limits.leftBytes !== null) limits.leftBytes -= file.size;
    begin(card, file);
  }
  document.getElementById('upload-said').textContent = t('已加入 %(number)s 个文件', { number: files.length });
}

function take() {
  add([...input.files]);
  input.value = ''; // choosing the same file again must be noticed
}

input.addEventListener('change', take);
if (input.files.length) take(); // chosen while this script was still on its way

for (const name of ['dragenter', 'dragover']) {
  document.addEventListener(name, (event) => {
    event.preventDefault();
    drop.classList.add('over');
  });
}
document.addEventListener('dragleave', (event) => {
  if (!event.relatedTarget) drop.classList.remove('over');
});
document.addEventListener('drop', (event) => {
  event.preventDefault(); // a miss must not make the browser leave the page and open the file
  drop.classList.remove('over');
  add([...event.dataTransfer.files]);
});

window.addEventListener('online', () => cards.forEach((card) => card.online()));
window.addEventListener('beforeunload', (event) => {
  if (cards.some((card) => card.busy)) event.preventDefault();
});
