// Draws the next code as soon as the one on the screen is over.
import { request } from '../../shared/http.js';
import { t } from '../../shared/sentences.js';

const screen = document.getElementById('checkin');
const said = document.getElementById('checkin-said');
const AGAIN_S = 3;

function draw(found) {
  const drawing = screen.querySelector('svg');
  drawing.setAttribute('viewBox', `0 0 ${found.size} ${found.size}`);
  drawing.querySelector('.paper').setAttribute('d', `M0 0h${found.size}v${found.size}H0z`);
  drawing.querySelector('.ink').setAttribute('d', found.path);
  screen.querySelector('.digits').textContent = `${found.digits.slice(0, 3)} ${found.digits.slice(3)}`;
  document.getElementById('there').textContent = found.there;
  document.getElementById('due').textContent = found.due;
}

async function next() {
  let wait = AGAIN_S;
  try {
    const found = await request('GET', `/gatherings/${screen.dataset.gathering}/code.json?room=${screen.dataset.room}`);
    draw(found);
    said.hidden = true;
    // In between it is asked how many are in.
    wait = Math.min(found.left_s, AGAIN_S);
  } catch (error) {
    said.textContent = error.status
      ? error.said
      : t('现在没有网络，二维码过期了。请用名单记，或等网络恢复。');
    said.hidden = false;
    if (error.status === 409) return; // it is over
  }
  setTimeout(next, (wait + 0.1) * 1000);
}

setTimeout(next, Math.min(Number(screen.dataset.left), AGAIN_S) * 1000);
