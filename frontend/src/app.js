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

// One open menu at a time, closed by a tap elsewhere or by Escape.
const closeMenus = (event) => {
  if (event.key === 'Tab') import('./shared/tabbing.js'); // only who comes by keys needs it
  for (const menu of document.querySelectorAll('details.menu[open]')) {
    if (event.type === 'click' ? menu.contains(event.target) : event.key !== 'Escape') continue;
    menu.open = false;
    if (event.key) menu.querySelector('summary').focus();
  }
};
for (const name of ['click', 'keydown']) document.addEventListener(name, closeMenus);

// An address to hand on; without a safe connection, and on a page that was exchanged, it is copied by hand.
for (const button of document.querySelectorAll('[data-copy]')) {
  button.hidden = !navigator.clipboard;
  button.onclick = async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.textContent = button.dataset.done;
  };
}

// A secret shown once: one tap selects all of it.
for (const input of document.querySelectorAll('[data-select-all]')) {
  input.onfocus = () => input.select();
}

for (const button of document.querySelectorAll('[data-print]')) {
  button.hidden = false;
  button.onclick = () => print();
}

// How a lesson was found; and a word that the page before left for this one: what it saved.
try {
  noteLesson(location.href, document.referrer, sessionStorage);
  const said = JSON.parse(sessionStorage.getItem('weike.said'));
  if (said && location.pathname.startsWith(said.at)) {
    delete sessionStorage['weike.said'];
    const words = document.createElement('p');
    words.className = 'flash done';
    words.setAttribute('role', 'status');
    words.textContent = said.words;
    document.getElementById('main').prepend(words);
  }
  // A device that remembers where somebody stopped.
  if (localStorage['weike.places']) import('./marks/here.js');
} catch {
  // Storage may be forbidden: then nothing was left, and nobody knows how the lesson was found.
}

// On a phone the row of pages scrolls sideways: the present one must be in sight.
const here = document.querySelector('.sections [aria-current]');
if (here) here.parentElement.scrollLeft = here.offsetLeft - (here.parentElement.clientWidth - here.clientWidth) / 2;
