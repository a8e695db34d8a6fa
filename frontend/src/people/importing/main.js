// A list of people being read or written: the bar moves, and when the work is over the page is loaded anew.
// Without this script a noscript element does it, less calmly.
const EVERY_MS = 2000;
const bar = document.querySelector('[data-working] progress');

async function look() {
  let page = null;
  try {
    const answer = await fetch(window.location.href, { headers: { accept: 'text/html' } });
    if (answer.ok) page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  } catch {
    // The line is gone for a moment: the next look may do.
  }
  const now = page?.querySelector('[data-working] progress');
  if (page && !now) window.location.reload();
  else {
    if (now) bar.value = now.value;
    setTimeout(look, EVERY_MS);
  }
}

if (bar) setTimeout(look, EVERY_MS);
