// How far recognising the speech of a lesson is, looked at now and then; when it has ended the page comes anew.
import { duration } from '../../shared/format.js';
import { request } from '../../shared/http.js';
import { t } from '../../shared/sentences.js';

const LOOK_MS = 3000;

const panel = document.getElementById('recognition');
const part = (name) => panel.querySelector(`[data-part="${name}"]`);

function show(found) {
  if (part('state').textContent !== found.state_name) part('state').textContent = found.state_name;
  part('bar').value = found.percent;
  part('percent').textContent = `${Math.round(found.percent)}%`;
  part('left').textContent = found.left_s ? t('大约还要 %(left)s', { left: duration(found.left_s) }) : '';
}

async function look() {
  const found = await request('GET', `/api/v1/lessons/${panel.dataset.lesson}/recognition`).catch(() => null);
  if (found && !found.goes_on) {
    location.reload();
    return;
  }
  if (found) show(found);
  setTimeout(look, LOOK_MS);
}

setTimeout(look, LOOK_MS);
