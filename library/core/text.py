"""Text as people type it, made comparable and safe to show."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from library.core.errors import Invalid

# Control characters, halves of surrogate pairs (no database takes them), the bidirectional marks, which can
# make a name read backwards, and what has no width, which can make two names look like one. The joiners
# U+200C and U+200D stay: emoji and some scripts are made with them.
_UNWANTED = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff"
    r"\ud800-\udfff]"
)
_SPACE = re.compile(r"\s+")

TITLE_MAX = 200
NAME_MAX = 80
TOPICS_MAX = 20
SUMMARY_MAX = 4_000


def clean_line(text: str) -> str:
    """Return `text` as one line: NFC, no control characters, single spaces, no space at the ends."""
    text = unicodedata.normalize("NFC", _UNWANTED.sub("", text))
    return _SPACE.sub(" ", text).strip()


def clean_block(text: str, most: int) -> str:
    """Return `text` with its line breaks kept and control characters dropped.

    Raises Invalid("too_long") beyond `most` characters.
    """
    text = unicodedata.normalize("NFC", _UNWANTED.sub("", text.replace("\r\n", "\n"))).strip()
    if len(text) > most:
        raise Invalid("too_long", field="summary", most=most, length=len(text))
    return text


def required_line(text: str, field: str, most: int) -> str:
    """Return a clean line of 1 to `most` characters; raises Invalid naming `field` otherwise."""
    line = clean_line(text)
    if not line:
        raise Invalid("empty", field=field)
    if len(line) > most:
        raise Invalid("too_long", field=field, most=most, length=len(line))
    return line


def fold(text: str) -> str:
    """Return the form in which names are compared: NFKC, case folded, no spaces at the ends.

    It may be longer than `text` ("㍿" becomes four characters). Folding it again changes nothing.
    """
    # NFD first and NFKC last, as Unicode 3.13 D146 says; without the first, two rare letters fold twice.
    folded = unicodedata.normalize("NFD", clean_line(text)).casefold()
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", folded).casefold())
    return clean_line(folded)


def required_name(text: str, field: str) -> tuple[str, str]:
    """Return a clean name and its folded form, both of 1 to NAME_MAX characters; raises Invalid."""
    name = required_line(text, field, NAME_MAX)
    folded = required_line(fold(name), field, NAME_MAX)
    return name, folded


def split_topics(text: str | Iterable[str]) -> list[str]:
    """Return the topics in `text` (separated by , ， 、 ; ； or line breaks), cleaned, each once, in order.

    Raises Invalid when there are more than TOPICS_MAX or one is longer than NAME_MAX.
    """
    parts = re.split(r"[,，、;；\n]", text) if isinstance(text, str) else list(text)
    topics: dict[str, str] = {}
    for part in parts:
        if not clean_line(part):
            continue
        name, folded = required_name(part, "topics")
        topics.setdefault(folded, name)
    if len(topics) > TOPICS_MAX:
        raise Invalid("too_many", field="topics", most=TOPICS_MAX, count=len(topics))
    return list(topics.values())


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


def title_from_file_name(name: str) -> str:
    """Return a first title for a recording: its file name without folder and extension, at most TITLE_MAX."""
    base = re.split(r"[/\\]", name)[-1]
    stem = base.rsplit(".", 1)[0] if "." in base.lstrip(".") else base
    return clean_line(stem.replace("_", " "))[:TITLE_MAX] or "未命名党课"
