// A clip inside another page. What is played is reported as on the clip's own page; where the browser keeps our cookie
// from us, it is not counted, and the page says so.
import { playCounted } from '../../shared/counted.js';

function note(words) {
  const place = document.getElementById('note');
  place.textContent = words;
  place.hidden = false;
}

playCounted(document.getElementById('video'), JSON.parse(document.getElementById('clip').textContent), note);
