"""From what stands in a file to plain words: markup, entities and hidden characters away, speakers apart."""

from __future__ import annotations

import html
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from transcode.transcripts.raw import RawCue

_VALUE = r"""(?:"[^"<>]{0,200}"|'[^'<>]{0,200}'|[^\s<>"']{1,200})"""
_ATTRIBUTES = rf"(?:\s+[\w:-]{{1,40}}\s?=\s?{_VALUE}){{0,12}}\s*"
_READING = re.compile(r"<r[tp](?:\.[\w.-]+)?\s*>[^<>]*</r[tp]\s*>", re.IGNORECASE)
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_MARKUP = re.compile(
    rf"</?(?:b|i|u|s|font|span|ruby|rt|rp)(?:\.[\w.-]+)?{_ATTRIBUTES}/?>"
    r"|</?c(?:\.[^\s<>]{1,80})?\s*>|</?lang(?:\.[\w.-]+)?(?:\s+[\w-]{1,35})?\s*>"
    r"|</v\s*>|<\d{1,3}(?::\d{2}){1,2}[.,:]\d{1,3}>|\{\\[^{}]*\}",
    re.IGNORECASE,
)
"""Known formatting only (HTML as SubRip has it, WebVTT, ASS): "x < 3 而 y > 5" and <本报讯> are text."""
_CLOSING = re.compile(r"</([a-zA-Z])\s*>")
"""A letter between signs that no tag closes is compared, as in "a<b>c"."""
_VOICE = re.compile(r"<v(?:\.[\w.-]{1,40})?\s{1,4}([^<>]{1,80})>", re.IGNORECASE)
_EMPTY_VOICE = re.compile(r"<v(?:\.[\w.-]+)?\s*>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:amp|lt|gt|nbsp|quot|apos|lrm|rlm|#\d{1,7}|#x[0-9a-f]{1,6});", re.IGNORECASE)
_CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 and C1 without tab and line feed
    "\ud800-\udfff"  # halves of characters, as JSON can name them
    "\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]"  # no width, and what turns the direction of writing
)

SPEAKER_MAX = 60
NAME = r"[^\W\d_](?:[\w·•.\-' ]{0,22}\w)?(?:\s?[(（][^()（）:：]{1,12}[)）])?"
"""A speaker as marks name one: a word or some, perhaps with a role in brackets."""
_PREFIX = re.compile(rf"^\s*(?:[\[【]({NAME})[\]】]\s?[:：]?|({NAME})\s?[:：])\s*(?=\S)")
_ROLE = re.compile(
    r"(?:说话人|发言人|讲话人|主讲人?|主持人?|讲者|讲师|嘉宾|记者|speaker|spk)[\s_]*[0-9a-z一二三四五六七八九十]{0,3}",
    re.IGNORECASE,
)
_SAYING = re.compile(
    r".*(?:说|道|讲|指出|强调|认为|表示|要求|提出|告诉我们|如下|就是|包括|例如|比如|即|第.+)"
)
"""Before a colon in a sentence, not before what somebody says himself."""
_MOSTLY = 0.6
_SHORT_NAME = 4


def clean(text: str) -> str:
    """Plain words: no markup, no entities, no control or direction characters, composed (NFC)."""
    if "<" in text or "{" in text:
        text = _without_markup(_BREAK.sub("\n", _READING.sub("", text)))
    if "&" in text:
        text = _ENTITY.sub(lambda match: html.unescape(match.group()), text)
    text = text.replace("\x0b", "\n").replace("\xa0", " ").replace("\t", " ")
    text = _CONTROL.sub("", unicodedata.normalize("NFC", text))
    return "\n".join(line.strip() for line in text.split("\n") if line.strip())


def _without_markup(text: str) -> str:
    closed = {letter.lower() for letter in _CLOSING.findall(text)}

    def kept(match: re.Match[str]) -> str:
        tag, around = match.group(), text[max(0, match.start() - 1) : match.end() + 1]
        is_compared = len(tag) == 3 and len(around) == 5 and (around[0] + around[-1]).isalnum()
        return tag if is_compared and around.isascii() and tag[1].lower() not in closed else ""

    return _MARKUP.sub(kept, text)


def clean_name(name: str) -> str:
    """Return a speaker's name on one line, at most SPEAKER_MAX characters."""
    return " ".join(clean(name).split())[:SPEAKER_MAX].strip()


def voices(text: str) -> tuple[str, str]:
    """Return who speaks according to WebVTT's <v> and the text without these marks."""
    if "<v" not in text and "<V" not in text:
        return "", text
    names = dict.fromkeys(clean_name(name) for name in _VOICE.findall(text))
    return "、".join(filter(None, names))[:SPEAKER_MAX], _EMPTY_VOICE.sub("", _VOICE.sub("", text))


def speakers_apart(cues: Sequence[RawCue], *, timed: bool) -> list[RawCue]:
    """Take marks such as "主持人：" off the beginning of lines and note who speaks.

    A name counts when it is a role ("发言人 2"), when most cues begin with names that come back, or when
    every timed cue begins with a short one; "第一点：" in a lecture stays.
    """
    found = [_prefix(cue.text) for cue in cues]
    names = Counter(name for name in found if name)
    again = {name for name, count in names.items() if count > 1 or _ROLE.fullmatch(name)}
    mostly = len(cues) > 1 and sum(names[name] for name in again) >= _MOSTLY * len(cues)
    every = timed and 1 < len(cues) == names.total() and all(len(name) <= _SHORT_NAME for name in names)
    accepted = set(names) if every else {name for name in again if mostly or _ROLE.fullmatch(name)}
    return [_without_marks(cue, accepted) for cue in cues] if accepted else list(cues)


def are_names(marks: Sequence[str]) -> bool:
    """Tell who speaks from short lines of what is said, where either may stand at this place.

    Names have their colon, come back, or one of them is a role.
    """
    if not marks or not all(re.fullmatch(rf"{NAME}\s?[:：]?", mark) for mark in marks):
        return False
    bare = [mark.rstrip(":： ") for mark in marks]
    have_colons = all(mark.endswith((":", "：")) for mark in marks)
    return have_colons or len(set(bare)) * 2 <= len(bare) or any(_ROLE.fullmatch(name) for name in bare)


def _prefix(text: str) -> str:
    match = _PREFIX.match(text[:80])
    if match is None:
        return ""
    name = (match[1] or match[2]).strip()
    if _ROLE.fullmatch(name):
        return name
    is_time = name[-1].isdigit() and text[match.end()].isdigit()  # "上午9:30开会"
    return "" if is_time or _SAYING.fullmatch(name) else name


def _without_marks(cue: RawCue, names: set[str]) -> RawCue:
    speakers = dict.fromkeys([cue.speaker] if cue.speaker else [])
    lines = []
    for line in cue.text.split("\n"):
        name = _prefix(line)
        match = _PREFIX.match(line[:80])
        if match and name in names:
            speakers[name] = None
            lines.append(line[match.end() :])
        else:
            lines.append(line)
    speaker = "、".join(speakers)[:SPEAKER_MAX]
    return replace(cue, text="\n".join(lines), speaker=speaker) if speaker else cue
