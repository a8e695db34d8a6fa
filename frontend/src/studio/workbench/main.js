// How far a lesson's recording is, while the page is open; when all is over the page is asked for anew.
import { duration } from '../../shared/format.js';
import { t } from '../../shared/sentences.js';

const OVER = new Set(['ready', 'failed', 'refused', 'cancelled']);
const byId = (id) => document.getElementById(id);
const place = byId('bench');

function show({ state_name: name, percent, left_s: left, steps }) {
  if (byId('bench-state').textContent !== name) byId('bench-state').textContent = name;
  byId('bench-bar').value = percent;
  byId('bench-percent').textContent = `${Math.round(percent)}%`;
  byId('bench-left').textContent = left ? t('大约还要 %(left)s', { left: duration(left) }) : '';
  byId('bench-running').textContent = steps.filter(({ state }) => state === 'running').map((step) => step.name).join(' · ');
}

function follow() {
  const events = new EventSource(place.dataset.events);
  events.onmessage = (event) => {
    const progress = JSON.parse(event.data);
    show(progress);
    if (!OVER.has(progress.state)) return;
    events.close();
    window.location.reload();
  };
  // The browser tries again by itself, except after an answer that is not an event stream.
  events.onerror = () => events.readyState === EventSource.CLOSED && setTimeout(follow, 5000);
  window.addEventListener('pagehide', () => events.close(), { once: true });
}

if (!OVER.has(place.dataset.state)) follow();
