// Names and frequent queries under the search box while somebody types: a combobox with a list, as the ARIA
// practices describe it. Without this script, or without an answer, the box is the plain form that it is.
import { t, tn } from '../shared/sentences.js';
import { isWorthAsking, moved } from './offers.js';

// A fast typist's pause between two keys; asking for every one would only show lists that nobody reads.
const PAUSE_MS = 150;

let boxes = 0;

function kindName(kind) {
  if (kind === 'query') return t('大家常搜');
  if (kind === 'topic') return t('专题');
  return kind === 'lecturer' ? t('讲师') : t('标题');
}

/** Give a search form its list. */
export function offerIn(form) {
  const box = form.querySelector('input[name=q]');
  const list = document.createElement('ul');
  const said = document.createElement('p');
  boxes += 1;
  list.id = `offers-${boxes}`;
  list.className = 'offers';
  list.hidden = true;
  list.setAttribute('role', 'listbox');
  list.setAttribute('aria-label', t('搜索建议'));
  said.className = 'sr';
  said.setAttribute('role', 'status');
  form.append(list, said);
  box.setAttribute('role', 'combobox');
  box.setAttribute('aria-autocomplete', 'list');
  box.setAttribute('aria-expanded', 'false');
  box.setAttribute('aria-controls', list.id);

  let offers = [];
  let at = -1;
  let asked = '';
  let isComposing = false;
  let timer = 0;
  let asking = null;

  function close() {
    clearTimeout(timer);
    asking?.abort();
    asking = null;
    asked = '';
    offers = [];
    at = -1;
    list.hidden = true;
    list.replaceChildren();
    said.textContent = '';
    box.setAttribute('aria-expanded', 'false');
    box.removeAttribute('aria-activedescendant');
  }

  function mark(next) {
    list.children[at]?.setAttribute('aria-selected', 'false');
    at = next;
    const line = list.children[at];
    if (!line) {
      box.removeAttribute('aria-activedescendant');
      return;
    }
    line.setAttribute('aria-selected', 'true');
    line.scrollIntoView({ block: 'nearest' });
    box.setAttribute('aria-activedescendant', line.id);
  }

  function line(offer, n) {
    const item = document.createElement('li');
    const text = document.createElement('span');
    const kind = document.createElement('span');
    item.id = `${list.id}-${n}`;
    item.setAttribute('role', 'option');
    item.setAttribute('aria-selected', 'false');
    text.className = 'offer';
    text.textContent = offer.text;
    kind.className = 'kind';
    kind.textContent = kindName(offer.kind);
    item.append(text, kind);
    return item;
  }

  function show(found) {
    offers = found;
    at = -1;
    box.removeAttribute('aria-activedescendant');
    list.replaceChildren(...found.map(line));
    list.hidden = found.length === 0;
    box.setAttribute('aria-expanded', String(found.length > 0));
    said.textContent = found.length ? tn('%(num)s 条建议，用上下键选择。', '%(num)s 条建议，用上下键选择。', found.length, { num: found.length }) : '';
  }

  async function ask(typed) {
    asking?.abort();
    const mine = new AbortController();
    asking = mine;
    asked = typed;
    try {
      // Beside /search, wherever the site begins.
      const answer = await fetch(new URL(`api/v1/suggest?q=${encodeURIComponent(typed)}`, form.action), {
        headers: { Accept: 'application/json' },
        signal: mine.signal,
      });
      const found = answer.ok ? await answer.json() : [];
      if (asking === mine && document.activeElement === box) show(found);
    } catch {
      // Overtaken by the next letter, or no network: the form still works.
    }
  }

  function typed() {
    clearTimeout(timer);
    if (!box.value.trim()) close();
    else if (isWorthAsking(box.value, asked, isComposing)) timer = setTimeout(() => ask(box.value.trim()), PAUSE_MS);
  }

  function open(n) {
    const { url } = offers[n];
    close();
    window.location.assign(url);
  }

  box.addEventListener('compositionstart', () => {
    isComposing = true;
    clearTimeout(timer);
  });
  box.addEventListener('compositionend', () => {
    isComposing = false;
    typed();
  });
  box.addEventListener('input', typed);
  box.addEventListener('keydown', (event) => {
    // 229: old browsers' way to say that the key went into composing a character.
    if (isComposing || event.isComposing || event.keyCode === 229) return;
    // Closed with Escape, or by leaving the box: down opens it again.
    if (!offers.length) {
      if (event.key === 'ArrowDown') typed();
    } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      mark(moved(at, offers.length, event.key));
    } else if (event.key === 'Enter' && at >= 0) {
      event.preventDefault();
      open(at);
    } else if (event.key === 'Escape') {
      event.preventDefault(); // the first Escape closes the list, the second empties the box
      close();
    }
  });
  box.addEventListener('blur', close);
  form.addEventListener('submit', close);
  // The box must keep the focus while a line is tapped, or its blur would take the line away.
  list.addEventListener('mousedown', (event) => event.preventDefault());
  list.addEventListener('click', (event) => {
    const n = [...list.children].indexOf(event.target.closest('li'));
    if (n >= 0) open(n);
  });
}

for (const form of document.querySelectorAll('form.find')) offerIn(form);
