// What Tab comes to in a strip that scrolls sideways is shown whole: Chromium is content with half of it.
const showWhole = (one) => {
  if (one?.closest?.('.sections, .word-tools, .acts')) one.scrollIntoView({ block: 'nearest', inline: 'nearest' });
};
document.addEventListener('focusin', ({ target }) => showWhole(target));
showWhole(document.activeElement); // where the first Tab has led meanwhile
