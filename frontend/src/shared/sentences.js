// Sentences for people. The Chinese sentence is the key; the page carries the other languages' words for the
// sentences found in these scripts (server/web/language/i18n.py), and for Chinese nothing at all.

let words = null;

function load() {
  const block = globalThis.document?.getElementById('sentences');
  return block ? JSON.parse(block.textContent) : {};
}

// Chinese characters and their punctuation.
const CHINESE = '\\u3001-\\u301f\\u3400-\\u9fff\\uff01-\\uff60';
const SPACE_BEFORE = new RegExp(`([${CHINESE}]) $`);
const SPACE_AFTER = new RegExp(`^ (?=[${CHINESE}])`);
const BEGINS = new RegExp(`^[${CHINESE}]`);
const ENDS = new RegExp(`[${CHINESE}]$`);

/** As server/web/language/filling.py: where a value is Chinese, the space between it and Chinese words goes. */
function fill(sentence, values) {
  let filled = '';
  let afterChinese = false;
  // Every other piece is the name of a place.
  sentence.split(/%\((\w+)\)s/).forEach((piece, n) => {
    if (n % 2 === 0) {
      filled += afterChinese ? piece.replace(SPACE_AFTER, '') : piece;
      return;
    }
    const value = piece in values ? String(values[piece]) : `%(${piece})s`;
    if (BEGINS.test(value)) filled = filled.replace(SPACE_BEFORE, '$1');
    filled += value;
    afterChinese = ENDS.test(value);
  });
  return filled;
}

/** The sentence in the page's language, its %(name)s places filled. */
export function t(sentence, values = {}) {
  words ??= load();
  return fill(words[sentence] ?? sentence, values);
}

/** The same for a sentence with a number: `several` is the plural, `number` decides. */
export function tn(one, several, number, values = {}) {
  words ??= load();
  const forms = words[one] ?? [one, several];
  return fill(number === 1 ? forms[0] : forms[forms.length - 1], values);
}
