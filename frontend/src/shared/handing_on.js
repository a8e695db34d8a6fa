// What few pages have: a secret to select, an address to copy, a page to print. Fetched where there is one.
// A secret shown once: one tap selects all of it.
for (const input of document.querySelectorAll('[data-select-all]')) {
  input.addEventListener('focus', () => input.select());
}

// An address to hand on; without a safe connection, and on a page that was exchanged, it is copied by hand.
for (const button of document.querySelectorAll('[data-copy]')) {
  button.hidden = !navigator.clipboard;
  button.onclick = async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.textContent = button.dataset.done;
  };
}

for (const button of document.querySelectorAll('[data-print]')) {
  button.hidden = false;
  button.onclick = () => window.print();
}
