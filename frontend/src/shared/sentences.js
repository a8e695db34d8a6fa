// Sentences for people. The Chinese sentence is the key; the page carries the other languages' words for the
// sentences found in these scripts (server/web/language/i18n.py), and for Chinese nothing at all.

let words = null;

function load() {
  const block = globalThis.document?.getElementById('sentences');
  return block ? JSON.parse(block.textContent) : {};
}

function fill(sentence, values) {
  return sentence.replace(/%\((\w+)\)s/g, (place, name) => (name in values ? String(values[name]) : place));
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
