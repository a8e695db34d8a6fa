// The list of lessons by keys, and a stretch of it with Shift. Without this script the boxes and the form do it all.
import { t } from '../shared/sentences.js';

const form = document.getElementById('desk');
const keys = document.getElementById('desk-keys');

/** Whether somebody types, or something else has the key. Focus stays for a moment in a dialog that has been closed. */
function isBusy(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return true;
  return event.target.closest('input:not([type=checkbox]), select, textarea, dialog[open], [contenteditable]') !== null;
}

/** Of the fields only those are shown that what is done takes. */
function fit(what) {
  const show = () => {
    for (const label of form.querySelectorAll('[data-for]')) label.hidden = !label.dataset.for.split(' ').includes(what.value);
  };
  what.addEventListener('change', show);
  addEventListener('pageshow', show); // a browser that comes back puts its own choice there
  show();
}

/** Let the rows of the list be walked and chosen by keys. */
function walk(list) {
  const rows = [...list.querySelectorAll('[data-row]')];
  const boxes = rows.map((row) => row.querySelector('input[type=checkbox]'));
  const count = document.getElementById('desk-count');
  const bar = list.querySelector('.bulk');
  let at = -1;
  let last = -1;
  let byPointer = false; // nothing scrolls away under a button of the mouse that is held

  function tell() {
    const n = boxes.filter((box) => box.checked).length;
    count.textContent = n ? t('已选 %(n)s 节', { n }) : '';
    bar.classList.toggle('chosen', n > 0);
  }

  function go(to) {
    if (to < 0 || to >= rows.length) return;
    rows[at]?.classList.remove('here');
    at = to;
    rows[at].classList.add('here');
    boxes[at].focus({ preventScroll: true });
    if (!byPointer) rows[at].scrollIntoView({ block: 'nearest' });
  }

  /** Let all from the one before to this one be as this one. */
  function stretch(to) {
    const [from, until] = [Math.min(last, to), Math.max(last, to)];
    for (let n = from; n <= until; n += 1) boxes[n].checked = boxes[to].checked;
  }

  boxes.forEach((box, n) => {
    box.addEventListener('click', (event) => {
      if (event.shiftKey && last >= 0) stretch(n);
      last = n;
      go(n);
      tell();
    });
    box.addEventListener('focus', () => go(n));
  });

  document.addEventListener('pointerdown', () => { byPointer = true; });
  document.addEventListener('keydown', (event) => {
    byPointer = false;
    if (isBusy(event)) return;
    const key = event.key.toLowerCase();
    if (key === 'j') go(at + 1);
    else if (key === 'k') go(at < 0 ? 0 : at - 1);
    else if (key === 'x' && at >= 0) {
      boxes[at].checked = !boxes[at].checked;
      if (event.shiftKey && last >= 0) stretch(at);
      last = at;
      tell();
    } else if (key === 'enter' && at >= 0 && event.target === boxes[at]) rows[at].querySelector('a').click();
    else return;
    event.preventDefault();
  });
  tell();
}

if (form) {
  walk(form);
  fit(form.elements.what);
}
document.addEventListener('keydown', (event) => {
  if (event.key !== '?' || isBusy(event)) return;
  event.preventDefault();
  keys.showModal();
});
