// Copying a text with its pictures, and handing a picture on, where the browser can.

/** Copy what is inside of `place` as a text with pictures; by selecting it where there is no better way. */
async function copyRich(place) {
  if (navigator.clipboard?.write && window.ClipboardItem) {
    try {
      const html = new Blob([place.innerHTML], { type: 'text/html' });
      const text = new Blob([place.innerText], { type: 'text/plain' });
      await navigator.clipboard.write([new ClipboardItem({ 'text/html': html, 'text/plain': text })]);
      return true;
    } catch {
      // Refused, or not over https: the old way below.
    }
  }
  const range = document.createRange();
  range.selectNodeContents(place);
  const selection = window.getSelection();
  selection.removeAllRanges();
  selection.addRange(range);
  return document.execCommand('copy');
}

for (const button of document.querySelectorAll('[data-copy-rich]')) {
  button.hidden = false;
  button.addEventListener('click', async () => {
    const place = document.querySelector(button.dataset.copyRich);
    if (await copyRich(place)) button.textContent = button.dataset.done;
    else place.focus(); // it is selected: Ctrl+C copies it
  });
}

for (const button of document.querySelectorAll('[data-share-file]')) {
  const probe = new File([], 'x.jpg', { type: 'image/jpeg' });
  if (!navigator.canShare?.({ files: [probe] })) continue;
  button.hidden = false;
  button.addEventListener('click', async () => {
    const answer = await fetch(button.dataset.shareFile);
    const file = new File([await answer.blob()], button.dataset.name, { type: 'image/jpeg' });
    await navigator.share({ files: [file] }).catch(() => {}); // somebody changed their mind
  });
}
