"""From bytes to text: UTF-8, UTF-16, UTF-32, GB18030, and Big5 where it plainly is."""

from __future__ import annotations

import codecs
import re

from transcode.errors import Refused
from transcode.transcripts.raw import Notes

_BINARY, _BINARY_PART = re.compile(r"[\x00-\x08\x0e-\x1f]"), 0.05
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig", "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32", "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32", "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16", "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "utf-16"),
)
_HEAD_BYTES = 4096
_USUAL = re.compile(r"[\t\n\r -~\u2010-\u203b\u3000-\u30ff\u4e00-\u9fff\uff01-\uff5e\ufeff]")
_USUAL_PART = 0.7
"""Unmarked UTF-16 read the wrong way round, and binary data, have next to no usual characters."""

_UTF8_RUN = re.compile(rb"[\xc3-\xdf][\x80-\xbf]|[\xe1-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_DAMAGED_PART = 0.1
"""Damaged text: at most so many characters that cannot be read for each one of several bytes that can."""

_BIG5_PAIR = re.compile(rb"([\xa1-\xfe])([\x40-\x7e\xa1-\xfe])")
_BIG5_LOW_TRAILS = 0.2
"""Two fifths of Big5's common characters end in a byte below 0x7f; in GB 2312 no character does."""
_BIG5_COMMON = 0.95
"""Big5 keeps its 5,401 common characters and its punctuation below 0xc7; what is GB 18030 reaches beyond."""

_LINE_BREAKS = str.maketrans(dict.fromkeys("\x0b\x0c\x85\u2028\u2029", "\n"))


def decode(data: bytes, notes: Notes) -> tuple[str, str]:
    r"""Return the text with lines that end in \n, and its encoding: utf-8, utf-16, utf-32, gb18030, big5.

    Characters that cannot be read become U+FFFD and are counted as `bad_characters`. Raises Refused:
    transcript_not_text.
    """
    text, encoding = _decode(data)
    if len(_BINARY.findall(text)) > len(text) * _BINARY_PART:
        raise Refused("transcript_not_text")
    notes.add("bad_characters", text.count("\ufffd"))
    # CR CR LF is what a text gets whose CR LF went through a tool that turned LF into CR LF.
    text = text.replace("\r\r\n", "\n").replace("\r\n", "\n").replace("\r", "\n")
    return text.translate(_LINE_BREAKS), encoding


def _decode(data: bytes) -> tuple[str, str]:
    for mark, codec, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(codec, "replace"), encoding
    if b"\x00" in data[:_HEAD_BYTES]:
        return data.decode(_unmarked_utf16(data[:_HEAD_BYTES]), "replace"), "utf-16"
    text = _strict(data, "utf-8")
    if text is not None:
        return text, "utf-8"
    replaced = data.decode("utf-8", "replace")
    if replaced.count("\ufffd") <= _DAMAGED_PART * len(_UTF8_RUN.findall(data)):
        return replaced, "utf-8"  # GB 18030 would read it too, every character wrong
    if _is_big5(data):
        return data.decode("big5hkscs"), "big5"
    text = _strict(data, "gb18030")
    if text is not None:
        return text, "gb18030"
    damaged = data.decode("gb18030", "replace")
    if damaged.count("\ufffd") <= _DAMAGED_PART * len(_USUAL.findall(damaged)):
        return damaged, "gb18030"
    return replaced, "utf-8"


def _strict(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except UnicodeDecodeError:
        return None


def _unmarked_utf16(head: bytes) -> str:
    head = head[: len(head) // 2 * 2]

    def usual(codec: str) -> float:
        text = head.decode(codec, "replace")
        return len(_USUAL.findall(text)) / max(1, len(text))

    best = max(("utf-16-le", "utf-16-be"), key=usual)
    if usual(best) < _USUAL_PART:
        raise Refused("transcript_not_text")
    return best


def _is_big5(data: bytes) -> bool:
    if _strict(data, "big5hkscs") is None:
        return False
    pairs = _BIG5_PAIR.findall(data)
    low = sum(1 for _, trail in pairs if trail < b"\x80")
    common = sum(1 for lead, _ in pairs if lead < b"\xc7")
    return low > _BIG5_LOW_TRAILS * len(pairs) and common >= _BIG5_COMMON * len(pairs)
