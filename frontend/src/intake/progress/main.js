// The pipeline, live: each event carries the whole state, so that a missed one does no harm.
import { duration } from '../../shared/format.js';
import { t } from '../../shared/sentences.js';

const OVER = new Set(['ready', 'failed', 'refused', 'cancelled']);
const STOPPABLE = new Set(['waiting', 'working']);

const place = document.getElementById('progress');
const list = document.getElementById('steps');
const byId = (id) => document.getElementById(id);
const percent = (value) => `${Math.round(value)}%`;

function rowOf(step) {
  let row = list.querySelector(`[data-step="${CSS.escape(step.id)}"]`);
  if (!row) {
    row = byId('step-row').content.firstElementChild.cloneNode(true);
    row.dataset.step = step.id;
    const name = row.querySelector('input[name="step"]');
    if (name) name.value = step.id;
  }
  return row;
}

function stateWords(step) {
  if (step.state !== 'running') return step.state_name;
  const words = [percent(step.percent)];
  if (step.eta_s !== null) words.push(t('大约还要 %(left)s', { left: duration(step.eta_s) }));
  return words.join(' · ');
}

function showStep(step) {
  const row = rowOf(step);
  const part = (name) => row.querySelector(`[data-part="${name}"]`);
  row.className = `step ${step.state}`;
  part('name').textContent = step.name;
  part('state').textContent = stateWords(step);
  part('bar').hidden = step.state !== 'running';
  part('bar').value = step.percent;
  part('bar').setAttribute('aria-label', step.name);
  part('reason').hidden = !step.reason;
  part('reason').textContent = step.reason ?? '';
  part('watch').hidden = !step.clip_url;
  if (step.clip_url) part('watch').href = step.clip_url;
  if (part('retry')) part('retry').hidden = !step.retry;
  return row;
}

function show(progress) {
  // The order is the server's: clips become known only after the split.
  progress.steps.map(showStep).forEach((row, index) => {
    if (list.children[index] !== row) list.insertBefore(row, list.children[index] ?? null);
  });
  while (list.children.length > progress.steps.length) list.lastElementChild.remove();
  if (byId('overall-state').textContent !== progress.state_name) byId('overall-state').textContent = progress.state_name;
  byId('overall').value = progress.percent;
  byId('overall-percent').textContent = percent(progress.percent);
  byId('overall-left').textContent = progress.left_s ? t('大约还要 %(left)s', { left: duration(progress.left_s) }) : '';
  byId('finished').hidden = progress.state !== 'ready';
  const cancel = byId('progress-acts').querySelector('[data-cancel]');
  cancel.hidden = !STOPPABLE.has(progress.state);
  const note = document.querySelector('[data-until-ready]');
  if (note) note.hidden = progress.state === 'ready';
  place.dataset.state = progress.state;
  showAccount(progress.account);
  const reason = byId('overall-reason');
  if (!progress.reason) reason.replaceChildren();
  else if (reason.textContent.trim() !== progress.reason) {
    const words = document.createElement('p');
    words.className = 'flash problem';
    words.setAttribute('role', 'alert');
    words.textContent = progress.reason;
    reason.replaceChildren(words);
  }
}

/** What was left out, moved or guessed so far. */
function showAccount(sentences) {
  const box = byId('overall-account');
  const place = box.querySelector('[data-part="account"]');
  box.hidden = !sentences.length;
  if ([...place.querySelectorAll('li')].map((row) => row.textContent).join() === sentences.join()) return;
  const rows = document.createElement('ul');
  rows.className = 'remarks';
  rows.append(...sentences.map((words) => {
    const row = document.createElement('li');
    row.textContent = words;
    return row;
  }));
  place.replaceChildren(rows);
}

function follow() {
  const events = new EventSource(place.dataset.events);
  events.onmessage = (event) => {
    byId('connection').textContent = '';
    const progress = JSON.parse(event.data);
    show(progress);
    if (!OVER.has(progress.state)) return;
    events.close();
    // What can be done now (try again, go on, give up) is the server's to offer.
    if (progress.state !== 'ready') window.location.reload();
  };
  events.onerror = () => {
    byId('connection').textContent = t('和服务器的连接断了，正在重新连接……');
    // The browser tries again by itself, except after an answer that is not an event stream.
    if (events.readyState === EventSource.CLOSED) setTimeout(follow, 5000);
  };
  window.addEventListener('pagehide', () => events.close(), { once: true });
}

if (!OVER.has(place.dataset.state)) follow();
