"""Languages: which one to answer in, and its catalogue.

The message ids are the Chinese sentences themselves, so zh-CN needs no catalogue and a sentence can never be
missing there. Catalogues of the other languages are `server/locale/<language>/LC_MESSAGES/messages.po`, read
when the server is put together (there is no compile step to forget).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from gettext import NullTranslations
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, cast

from server.web.language.filling import fill
from server.web.language.marking import N_ as N_
from server.web.language.phrases import Phrases

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

    from server.web.parts import Language

SOURCE_LANGUAGE: Language = "zh-CN"
LANGUAGES: Mapping[Language, str] = {"zh-CN": "中文", "en": "English"}
"""The languages offered, each called by its own name."""

LOCALES: Mapping[Language, str] = {"zh-CN": "zh_Hans_CN", "en": "en_GB"}
"""The name Babel knows a language by: en_GB writes dates day first."""

SCRIPT_FOLDER = "frontend/src/"
"""Sentences found under this folder are the ones a page hands to its scripts."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One language's sentences. `script_sentences` maps the Chinese sentences of the scripts to this
    language (to a list of plural forms where there is a number). `phrases` are what is said about codes.
    """

    language: Language
    translations: NullTranslations
    script_sentences: Mapping[str, str | list[str]]
    phrases: Phrases

    @property
    def locale(self) -> str:
        """The locale identifier that Babel's date and number functions take."""
        return LOCALES[self.language]

    def say(self, sentence: str, **values: object) -> str:
        """`sentence` in this language, its %(name)s places filled with `values`."""
        translated = self.translations.gettext(sentence)
        return fill(translated, values) if values else translated


@dataclass(frozen=True, slots=True)
class Catalogues:
    """The catalogues of all languages."""

    by_language: Mapping[Language, Catalogue]

    def __iter__(self) -> Iterator[Catalogue]:
        return iter(self.by_language.values())

    def of(self, language: Language) -> Catalogue:
        """The catalogue of `language`."""
        return self.by_language[language]


def source_catalogue(phrases: Phrases) -> Catalogue:
    """Return the catalogue of the source language, for which nothing is read."""
    return Catalogue(SOURCE_LANGUAGE, NullTranslations(), {}, phrases)


def load_catalogues(folder: Path, phrases: Phrases) -> Catalogues:
    """Read the catalogues under `folder` (server/locale). Raises OSError when one is missing."""
    loaded: dict[Language, Catalogue] = {SOURCE_LANGUAGE: source_catalogue(phrases)}
    for language in LANGUAGES:
        if language != SOURCE_LANGUAGE:
            loaded[language] = _read(folder / language / "LC_MESSAGES" / "messages.po", language, phrases)
    return Catalogues(loaded)


def _read(path: Path, language: Language, phrases: Phrases) -> Catalogue:
    found = path.stat()
    return Catalogue(language, *_compiled(path, language, found.st_mtime_ns, found.st_size), phrases)


@lru_cache(maxsize=8)
def _compiled(
    path: Path, language: Language, _changed_ns: int, _size: int
) -> tuple[NullTranslations, dict[str, str | list[str]]]:
    """Return what a file says, to templates and to scripts; a file that has not changed is read once."""
    # Imported here: the command line speaks Chinese without it.
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po
    from babel.support import Translations

    with path.open("rb") as file:
        catalog = read_po(file, locale=language)
    compiled = BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return Translations(compiled), _script_sentences(catalog)


def _script_sentences(catalog: Catalog) -> dict[str, str | list[str]]:
    sentences: dict[str, str | list[str]] = {}
    for message in catalog:
        if not message.id or not any(name.startswith(SCRIPT_FOLDER) for name, _ in message.locations):
            continue
        if isinstance(message.id, str):
            sentences[message.id] = cast(str, message.string)
        else:  # a plural: the forms stand under the singular
            sentences[message.id[0]] = list(message.string or ())
    return sentences


def negotiate(chosen: str | None, accept_language: str | None) -> Language:
    """The language to answer in: the one chosen (account or cookie), else the browser's wish, else Chinese.

    `accept_language` is the header of that name (RFC 9110, section 12.5.4); a malformed one is not an error.
    """
    for language in LANGUAGES:
        if chosen == language:
            return language
    for wish in _wishes(accept_language or ""):
        for language in LANGUAGES:
            if wish == "*" or wish.split("-")[0] == language.split("-")[0].lower():
                return language
    return SOURCE_LANGUAGE


def _wishes(header: str) -> list[str]:
    """The languages of an Accept-Language header, the dearest first; those with q=0 are left out."""
    weighted: list[tuple[float, str]] = []
    for part in header.split(","):
        tag, _, parameter = part.strip().lower().partition(";")
        weight = parameter.strip().removeprefix("q=") if parameter else "1"
        try:
            q = float(weight)
        except ValueError:
            continue
        if tag and q > 0:
            weighted.append((q, tag.strip()))
    return [tag for _, tag in sorted(weighted, key=lambda item: -item[0])]
