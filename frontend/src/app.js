// Small helps on every page. Everything here also works without it, only less conveniently.
import { noteLesson } from './watching/player/origin.js';
import './finding/suggest.js';

// A question before something that cannot be undone.
document.addEventListener('submit', (event) => {
  const question = event.target.dataset?.confirm;
  if (question && !confirm(question)) {
    event.preventDefault();
    return;
  }
  // A second tap on a slow network would send the form twice. The button's own value must still be sent,
  // so it is only disabled after the browser has collected the fields.
  setTimeout(() => {
    for (const button of event.target.querySelectorAll('button')) button.disabled = !event.defaultPrevented;
  });
});

// Coming back with the back button shows the page as it was left: with its buttons disabled.
addEventListener('pageshow', () => {
  for (const button of document.querySelectorAll('form button:disabled')) button.disabled = false;
});

document.addEventListener('change', (event) => {
  // submit() asks nobody and sends everything: filters have nothing to check (requestSubmit is not in old Safari).
  event.target.closest('form[data-submit-on-change]')?.submit();
});

// What Tab comes to in a strip that scrolls sideways is shown whole: Chromium is content with half of it.
document.addEventListener('focusin', ({ target }) => {
  if (target.closest?.('.sections, .word-tools, .acts')) target.scrollIntoView({ block: 'nearest', inline: 'nearest' });
});

// One open menu at a time, closed by a tap elsewhere or by Escape.
document.addEventListener('click', (event) => {
  for (const menu of document.querySelectorAll('details.menu[open]')) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return;
  for (const menu of document.querySelectorAll('details.menu[open]')) {
    menu.open = false;
    menu.querySelector('summary').focus();
  }
});

if (document.querySelector('[data-select-all], [data-copy], [data-print]')) import('./shared/handing_on.js');

// How a lesson was found; and a word that the page before left for this one: what it saved.
try {
  noteLesson(location.href, document.referrer, sessionStorage);
  const said = JSON.parse(sessionStorage.getItem('weike.said'));
  if (said && location.pathname.startsWith(said.at)) {
    sessionStorage.removeItem('weike.said');
    const words = document.createElement('p');
    words.className = 'flash done';
    words.setAttribute('role', 'status');
    words.textContent = said.words;
    document.getElementById('main').prepend(words);
  }
  // Whoever has signed in on a device that remembers where somebody stopped is asked whose that is.
  if (localStorage.getItem('weike.places') && document.querySelector('form[action$="/sign-out"]') && !document.getElementById('video')) {
    import('./marks/taking.js');
  }
} catch {
  // Storage may be forbidden: then nothing was left, and nobody knows how the lesson was found.
}

// On a phone the row of pages scrolls sideways: the present one must be in sight.
const here = document.querySelector('.sections [aria-current]');
if (here) here.parentElement.scrollLeft = here.offsetLeft - (here.parentElement.clientWidth - here.clientWidth) / 2;
