"""What a recogniser makes up, leaves out or says again and again: found by looking at its words beside
the sound."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from speech.words import Span, Word, plain

MOST_A_SECOND, LEAST_A_SECOND = 10.0, 0.8
"""Characters of speech; outside of these something was made up or left out."""

LEAST_JUDGED_S = 4.0
"""Speech shorter than this may be a cough or a single word."""

UNHEARD_S = 2.5
"""Speech of more than this without a word is heard again by itself."""

_REPEATED = re.compile(r"(.{1,14}?)\1{4,}|(.{4,20}?)\2{3,}")
_MADE_UP = re.compile(
    "请不吝点赞|明镜与点点|字幕志愿者|中文字幕|字幕组|字幕by|优优独播剧场|amara.?org|by索兰娅", re.IGNORECASE
)
"""What Whisper learnt from the ends of videos and says over music and noise; no lecture does."""


def rate_is_odd(words: Sequence[Word], speech_s: float) -> bool:
    """Whether there are too many characters for so much speech, or too few."""
    said = sum(len(plain(word.text)) for word in words)
    if not said:
        return False  # nothing at all is a stretch that was not heard
    if speech_s < LEAST_JUDGED_S:
        return said > 2 * MOST_A_SECOND * max(speech_s, 0.5)
    return not LEAST_A_SECOND <= said / speech_s <= MOST_A_SECOND


def is_repeating(words: Sequence[Word]) -> bool:
    """Whether the same few characters come five times in a row, or the same phrase four times."""
    return _REPEATED.search(plain("".join(word.text for word in words))) is not None


def without_repeats(words: Sequence[Word]) -> tuple[Word, ...]:
    """Keep the first of what comes again and again."""
    text, owners = _owned(words)
    gone = set()
    for match in _REPEATED.finditer(text):
        once = len(match[1] or match[2])
        gone |= set(owners[match.start() + once : match.end()])
    return tuple(word for n, word in enumerate(words) if n not in gone)


def without_echo(words: Sequence[Word], prompt: str) -> tuple[Word, ...]:
    """Take away the prompt where it comes back as if it had been said, and what is known to be made up."""
    text, owners = _owned(words)
    echo = plain(prompt)
    gone: set[int] = set()
    for pattern in ([re.compile(re.escape(echo))] if echo else []) + [_MADE_UP]:
        for match in pattern.finditer(text):
            gone |= set(owners[match.start() : match.end()])
    if not gone:
        return tuple(words)
    left = tuple(word for n, word in enumerate(words) if n not in gone)
    # The rest of a made-up sentence goes with it: little is left then.
    return left if len(left) > len(gone) else tuple(w for w in left if not _near(w, words, gone))


def _near(word: Word, words: Sequence[Word], gone: set[int]) -> bool:
    return any(
        abs(word.start_s - words[n].end_s) < 2.0 or abs(words[n].start_s - word.end_s) < 2.0 for n in gone
    )


def _owned(words: Sequence[Word]) -> tuple[str, list[int]]:
    """The characters that were said, and whose each is."""
    text, owners = "", []
    for n, word in enumerate(words):
        said = plain(word.text)
        text += said
        owners += [n] * len(said)
    return text, owners


def unheard(words: Sequence[Word], speech: Sequence[Span]) -> tuple[Span, ...]:
    """Return the stretches of more than UNHEARD_S of speech in which no word lies."""
    found = []
    ordered = sorted(words, key=lambda word: word.start_s)
    for span in speech:
        at_s = span.start_s
        for word in ordered:
            if word.end_s <= at_s or word.start_s >= span.end_s:
                continue
            if word.start_s - at_s > UNHEARD_S:
                found.append(Span(at_s, word.start_s))
            at_s = max(at_s, word.end_s)
        if span.end_s - at_s > UNHEARD_S:
            found.append(Span(at_s, span.end_s))
    return tuple(found)


def snapped(words: Sequence[Word], speech: Sequence[Span]) -> tuple[Word, ...]:
    """Let a word that begins in silence begin where the silence ends, and one that ends in it end where
    it begins; words stay in order, and none is dropped."""
    found: list[Word] = []
    for word in words:
        start_s, end_s = word.start_s, word.end_s
        inside = next((span for span in speech if span.end_s > start_s), None)
        if inside is not None and start_s < inside.start_s < end_s:
            start_s = inside.start_s
        last = next((span for span in reversed(speech) if span.start_s < end_s), None)
        if last is not None and start_s < last.end_s < end_s:
            end_s = last.end_s
        start_s = max(start_s, found[-1].start_s if found else 0.0)
        found.append(replace(word, start_s=start_s, end_s=max(end_s, start_s)))
    return tuple(found)
