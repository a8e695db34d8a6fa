"""Text as people type it, made comparable and safe to show."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from library.core.errors import Invalid

# Control characters, halves of surrogate pairs (no database takes them), the bidirectional marks, which can
# make a name read backwards, and what has no width, which can make two names look like one. The joiners
# U+200C and U+200D stay: emoji and some scripts are made with them.
_UNWANTED = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff"
    r"\ud800-\udfff]"
)
_SPACE = re.compile(r"\s+")

NAME_MAX = 80

MARKS_MAX = 30
"""Marks in a row that are kept: more than any script writes, and what normalising sorts in no time (UAX #15,
section 13, the Stream-Safe Text Format)."""
_GROWTH = 4
"""Composing makes text shorter, to a third at most in any script: what is longer than so many times its limit
is too long without looking."""


def stream_safe(text: str) -> str:
    """Return `text` without the marks that come after MARKS_MAX others in a row.

    Normalising sorts marks by their class, in time that grows with the square of their number, and holds the
    interpreter meanwhile: 400 kB of them took half a minute.
    """
    if text.isascii() or len(text) <= MARKS_MAX:
        return text
    kept, run = [], 0
    for character in text:
        marks = _marks(character)
        run = run + marks if marks else 0
        if run <= MARKS_MAX:
            kept.append(character)
    return "".join(kept)


@lru_cache(maxsize=4096)
def _marks(character: str) -> int:
    """Return as how many marks a character joins the letter before it once taken apart; U+0F73 as two."""
    apart = unicodedata.normalize("NFKD", character)
    return len(apart) if unicodedata.combining(apart[0]) else 0


def clean_line(text: str) -> str:
    """Return `text` as one line: NFC, no control characters, single spaces, no space at the ends."""
    text = unicodedata.normalize("NFC", stream_safe(_UNWANTED.sub("", text)))
    return _SPACE.sub(" ", text).strip()


def clean_block(text: str, field: str, most: int) -> str:
    """Return `text` with its line breaks kept and control characters dropped.

    Raises Invalid("too_long") naming `field` beyond `most` characters.
    """
    _measure(text, field, most)
    unwanted_gone = stream_safe(_UNWANTED.sub("", text.replace("\r\n", "\n")))
    text = unicodedata.normalize("NFC", unwanted_gone).strip()
    if len(text) > most:
        raise Invalid("too_long", field=field, most=most, length=len(text))
    return text


def short_line(text: str, field: str, most: int) -> str:
    """Return a clean line, perhaps an empty one; raises Invalid("too_long") naming `field` beyond `most`."""
    _measure(text, field, most)
    line = clean_line(text)
    if len(line) > most:
        raise Invalid("too_long", field=field, most=most, length=len(line))
    return line


def required_line(text: str, field: str, most: int) -> str:
    """Return a clean line of 1 to `most` characters; raises Invalid naming `field` otherwise."""
    line = short_line(text, field, most)
    if not line:
        raise Invalid("empty", field=field)
    return line


def _measure(text: str, field: str, most: int) -> None:
    """Raise Invalid("too_long") for what no cleaning brings down to `most` characters."""
    if len(text) > _GROWTH * most:
        raise Invalid("too_long", field=field, most=most, length=len(text))


def name_key(text: str) -> str:
    """Return the key under which names are equal: NFKC, case folded, no spaces at the ends.

    It may be longer than `text` ("㍿" becomes four characters). The key of a key is the same key.
    """
    # NFD first and NFKC last, as Unicode 3.13 D146 says; without the first, two rare letters fold twice.
    folded = unicodedata.normalize("NFD", clean_line(text)).casefold()
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", folded).casefold())
    return clean_line(folded)


def required_name(text: str, field: str) -> tuple[str, str]:
    """Return a clean name and its key, both of 1 to NAME_MAX characters; raises Invalid."""
    name = required_line(text, field, NAME_MAX)
    return name, required_line(name_key(name), field, NAME_MAX)


def decode(data: bytes) -> str:
    """Return a file's text: by its mark if it has one, else UTF-8, else what Chinese Windows writes.

    Raises UnicodeDecodeError.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030")
