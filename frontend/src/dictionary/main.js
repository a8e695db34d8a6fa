// The dictionary is filtered while somebody types. Without this script the form does the same when it is sent.

// A fast typist's pause between two keys.
const PAUSE_MS = 200;

/** Show the part of the list that a form asks for, as soon as its field changes. */
function filterWith(form) {
  const field = form.querySelector('input[name=q]');
  const list = document.getElementById(form.dataset.filter);
  let timer = 0;
  let asking = null;

  async function ask() {
    const url = `${form.action}?${new URLSearchParams({ q: field.value.trim() })}`;
    asking?.abort();
    asking = new AbortController();
    try {
      const answer = await fetch(url, { credentials: 'same-origin', signal: asking.signal });
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      list.replaceChildren(...page.getElementById(list.id).childNodes);
      history.replaceState(null, '', url);
    } catch {
      // Another letter was faster, or the network is away: the form itself still works.
    }
  }

  field.addEventListener('input', (event) => {
    clearTimeout(timer);
    // Letters that an input method is still turning into characters are nobody's word.
    if (!event.isComposing) timer = setTimeout(ask, PAUSE_MS);
  });
  field.addEventListener('compositionend', () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE_MS);
  });
}

for (const form of document.querySelectorAll('form[data-filter]')) filterWith(form);
