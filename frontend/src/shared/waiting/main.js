// Something that is at work (data-working): its bar moves where it has one, and when the work is over the page is
// loaded anew. Without this script a noscript element does it, less calmly.
const EVERY_MS = 2000;

async function look() {
  let page = null;
  try {
    const answer = await fetch(window.location.href, { headers: { accept: 'text/html' } });
    if (answer.ok) page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  } catch {
    // The line is gone for a moment: the next look may do.
  }
  if (page && !page.querySelector('[data-working]')) {
    window.location.reload();
    return;
  }
  const bar = document.querySelector('[data-working] progress');
  const now = page?.querySelector('[data-working] progress');
  if (bar && now) bar.value = now.value;
  setTimeout(look, EVERY_MS);
}

if (document.querySelector('[data-working]')) setTimeout(look, EVERY_MS);
