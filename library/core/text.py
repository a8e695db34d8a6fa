"""Text as people type it, made comparable and safe to show."""

import re
import unicodedata
from collections.abc import Iterable

from library.core.errors import Invalid

# Control characters and the bidirectional overrides, which can make a name read backwards.
_UNWANTED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")
_SPACE = re.compile(r"\s+")

TITLE_MAX = 200
NAME_MAX = 80
TOPICS_MAX = 20
SUMMARY_MAX = 4_000


def clean_line(text: str) -> str:
    """Return `text` as one line: NFC, no control characters, single spaces, no space at the ends."""
    text = _UNWANTED.sub("", unicodedata.normalize("NFC", text).replace("\x00", ""))
    return _SPACE.sub(" ", text).strip()


def clean_block(text: str, most: int) -> str:
    """Return `text` with its line breaks kept and control characters dropped.

    Raises Invalid("too_long") beyond `most` characters.
    """
    text = _UNWANTED.sub("", unicodedata.normalize("NFC", text.replace("\r\n", "\n"))).strip()
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
    """Return the form in which names are compared: NFKC, case folded, no spaces at the ends."""
    return unicodedata.normalize("NFKC", clean_line(text)).casefold()


def split_topics(text: str | Iterable[str]) -> list[str]:
    """Return the topics in `text` (separated by , ， 、 ; ； or line breaks), cleaned, each once, in order.

    Raises Invalid when there are more than TOPICS_MAX or one is longer than NAME_MAX.
    """
    parts = re.split(r"[,，、;；\n]", text) if isinstance(text, str) else list(text)
    topics: dict[str, str] = {}
    for part in parts:
        name = clean_line(part)
        if not name:
            continue
        if len(name) > NAME_MAX:
            raise Invalid("too_long", field="topics", most=NAME_MAX, length=len(name))
        topics.setdefault(fold(name), name)
    if len(topics) > TOPICS_MAX:
        raise Invalid("too_many", field="topics", most=TOPICS_MAX, count=len(topics))
    return list(topics.values())


def title_from_file_name(name: str) -> str:
    """Return a first title for a recording: its file name without folder and extension, at most TITLE_MAX."""
    base = re.split(r"[/\\]", name)[-1]
    stem = base.rsplit(".", 1)[0] if "." in base.lstrip(".") else base
    return clean_line(stem.replace("_", " "))[:TITLE_MAX] or "未命名党课"
