"""Values put into sentences.

One rule for spaces, everywhere: between Chinese characters and Latin letters or digits stands one space,
between Chinese and Chinese none, and beside Chinese punctuation none either; dates are written as one
(2026年3月12日). A sentence is written with spaces around its places ("播放满 %(min)s 算一次观看"); only
when it is filled ("10 秒") is it known whether one stands between two Chinese characters, and then it goes.
The scripts do the same (frontend/src/shared/sentences.js).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from markupsafe import Markup, escape

CHINESE = "\u3001-\u301f\u3400-\u9fff\uff01-\uff60"
"""Chinese characters and their punctuation, as the inside of a class of a regular expression."""

_PLACE = re.compile(r"%\((\w+)\)s|%%")
_ENDS = re.compile(f"[{CHINESE}]$")
_BEGINS = re.compile(f"^[{CHINESE}]")
_SPACE_BEFORE = re.compile(f"(?<=[{CHINESE}]) $")
_SPACE_AFTER = re.compile(f"^ (?=[{CHINESE}])")


def fill(sentence: str, values: Mapping[str, object]) -> str:
    """Return a sentence with its %(name)s places filled, and no space between two Chinese characters.

    Of Markup it makes Markup, with the values escaped. Raises KeyError for a place without a value.
    """
    markup = isinstance(sentence, Markup)
    pieces: list[str] = []
    at = 0
    after_chinese = False
    for place in _PLACE.finditer(str(sentence)):
        words = str(sentence)[at : place.start()]
        words = _SPACE_AFTER.sub("", words) if after_chinese else words
        value = "%" if place[1] is None else values[place[1]]
        text = str(escape(value)) if markup else str(value)
        pieces += [_SPACE_BEFORE.sub("", words) if _BEGINS.search(text) else words, text]
        at, after_chinese = place.end(), bool(_ENDS.search(text))
    rest = str(sentence)[at:]
    pieces.append(_SPACE_AFTER.sub("", rest) if after_chinese else rest)
    return Markup("".join(pieces)) if markup else "".join(pieces)  # noqa: S704 - the values are escaped
