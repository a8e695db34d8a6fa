"""The sentences in templates, Python and scripts, and the catalogues that translate them.

`python -m tests.server.pages.catalogue` writes new sentences into each catalogue under server/locale
(untranslated, to be filled in) and drops those that are no longer used; the test next door fails until they
are translated.
"""

from __future__ import annotations

from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from server.web.language.i18n import LANGUAGES, SOURCE_LANGUAGE

ROOT = Path(__file__).parents[3]
PYTHON_KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "N_": None}
SCRIPT_KEYWORDS = {"t": None, "tn": (1, 2)}
SOURCES = (
    ("templates", "**.html", "jinja2", PYTHON_KEYWORDS),
    ("server", "**.py", "python", PYTHON_KEYWORDS),
    ("frontend/src", "**.js", "javascript", SCRIPT_KEYWORDS),
)


def extract(root: Path = ROOT) -> Catalog:
    """All sentences in the sources under `root`, with the files they stand in."""
    found = Catalog(charset="utf-8")
    for folder, pattern, method, keywords in SOURCES:
        options = {pattern: {"silent": "false", "trim_blocks": "true", "lstrip_blocks": "true"}}
        for name, _line, message, _comments, context in extract_from_dir(
            root / folder, [(pattern, method)], options if method == "jinja2" else {}, keywords
        ):
            # Lines move with every edit: only the file is kept, so that a catalogue changes when they do.
            found.add(message, locations=[(f"{folder}/{name}", 0)], context=context)
    return found


def update(path: Path, language: str, sentences: Catalog) -> Catalog:
    """The catalogue at `path` brought up to date with `sentences`; nothing is translated by guessing."""
    if path.exists():
        with path.open("rb") as file:
            catalog = read_po(file, locale=language)
    else:
        catalog = Catalog(locale=language, charset="utf-8")
    catalog.update(sentences, no_fuzzy_matching=True)
    catalog.obsolete.clear()
    return catalog


def catalogue_path(language: str) -> Path:
    """Where the catalogue of a language is kept."""
    return ROOT / "server" / "locale" / language / "LC_MESSAGES" / "messages.po"


def main() -> None:
    """Bring every catalogue up to date."""
    sentences = extract()
    for language in LANGUAGES:
        if language == SOURCE_LANGUAGE:
            continue
        path = catalogue_path(language)
        catalog = update(path, language, sentences)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            write_po(file, catalog, width=110, sort_output=True, omit_header=True, include_lineno=False)
        missing = untranslated(catalog)
        print(f"{language}: {len(catalog)} sentences, {len(missing)} untranslated")  # noqa: T201
        for sentence in missing:
            print("  ", sentence)  # noqa: T201


def untranslated(catalog: Catalog) -> list[object]:
    """The sentences of `catalog` with an empty translation, in any of their plural forms."""
    missing = []
    for message in catalog:
        forms = (message.string,) if isinstance(message.string, str) else tuple(message.string or ("",))
        if message.id and not all(forms):
            missing.append(message.id)
    return missing


if __name__ == "__main__":
    main()
