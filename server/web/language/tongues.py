"""What the languages of recordings are called: files name them by codes of ISO 639 ("chi", "zho", "zh")."""

from __future__ import annotations

import re

from babel.core import Locale, get_global

from server.web.language.i18n import Catalogue

_ALONE = frozenset(
    {"chi", "zho", "zh", "cmn", "yue", "eng", "en", "tib", "bod", "uig", "mon", "kor", "jpn", "rus"}
)
"""Codes that are taken for a language with no title behind them: "mic" is one too, and a microphone."""

_OF_A_TRACK = re.compile(r"(?<=\d \()([a-z]{2,3})(?:-[A-Za-z0-9-]+)?(?=(, )|\))")
"""The language of a track as ``transcode.reading.tracks.label`` writes it: 2 (chi, title), 2 (chi)."""

_BETWEEN = re.compile(r"、(?=\d+(?: \(|、|$))")


def tongue(code: str, catalogue: Catalogue) -> str:
    """Return what a language is called; one that nobody knows is called by its code."""
    names = Locale.parse(catalogue.language, sep="-").languages
    short = code.lower().split("-")[0]
    name: str = names.get(get_global("language_aliases").get(short, short), code)
    return name


def tracks_named(text: str, catalogue: Catalogue) -> str:
    """Return labels of tracks with the names of their languages in the place of codes."""

    def named(found: re.Match[str]) -> str:
        return tongue(found[1], catalogue) if found[2] or found[1] in _ALONE else found[0]

    told = _OF_A_TRACK.sub(named, text)
    return _BETWEEN.sub(", ", told) if catalogue.language == "en" else told
