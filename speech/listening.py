"""Recognising sound of any length, chunk by chunk, with what must be looked after: what was not
understood is heard again by itself, what was made up is dropped, and every word gets its place and its
spelling."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from speech.chunking import EDGE_S, Chunk, chunks_of
from speech.errors import Cancelled
from speech.guards import is_repeating, rate_is_odd, snapped, unheard, without_echo, without_repeats
from speech.recogniser import RATE_HZ, Hints, Recogniser, Samples
from speech.words import Span, Word
from speech.written_forms import written

SURE_ENOUGH = 0.6
"""The mean probability of a chunk whose text the next one is told."""

MOST_AGAIN = 4
"""How often parts of one chunk are heard again: it must end."""

REMARKS = {
    "heard_again": "a stretch was heard once more by itself",
    "repeats_dropped": "the recogniser said the same again and again; it is kept once",
    "made_up_dropped": "words were dropped that are known to be made up",
    "not_understood": "somebody speaks, and no word was recognised",
}
"""Codes of what a person should know of a chunk, and what each means."""


@dataclass(frozen=True)
class Heard:
    """What became of a chunk; ``remarks``: code and how often."""

    words: tuple[Word, ...]
    remarks: tuple[tuple[str, int], ...]

    @property
    def carried(self) -> str:
        """The text that the next chunk may be told: none of a chunk that was hard to understand."""
        if self.remarks or not self.words or _sureness(self.words) < SURE_ENOUGH:
            return ""
        return "".join(word.text for word in self.words)


@dataclass(frozen=True)
class Listener:
    """A recogniser for sound of any length, made of one for chunks and of what finds speech.

    ``prompt``: what the recogniser is told before each chunk, and may give back as if it had been said.
    """

    recogniser: Recogniser
    find_speech: Callable[[Samples], Sequence[Span]]
    prompt: str = ""

    def recognise(
        self,
        samples: Samples,
        hints: Hints,
        on_progress: Callable[[float], None],
        should_stop: Callable[[], bool],
    ) -> tuple[Word, ...]:
        """Return the words of all chunks (see ``Recogniser``)."""
        whole_s = len(samples) / RATE_HZ
        words: list[Word] = []
        for chunk in self.chunks(samples):
            heard = self.hear(samples, chunk, hints, should_stop)
            hints = replace(hints, before=heard.carried)
            words += heard.words
            on_progress(min(1.0, chunk.end_s / whole_s) if whole_s else 1.0)
        return tuple(words)

    def chunks(self, samples: Samples) -> tuple[Chunk, ...]:
        """Return where the sound is cut; seconds from the first sample."""
        return chunks_of(self.find_speech(samples), 0.0, len(samples) / RATE_HZ)

    def hear(
        self, samples: Samples, chunk: Chunk, hints: Hints, should_stop: Callable[[], bool] = lambda: False
    ) -> Heard:
        """Return the words of a chunk of ``samples``. Raises Cancelled, SpeechError."""
        if should_stop():
            raise Cancelled
        if not chunk.speech:
            return Heard((), ())
        work = _Chunk(self, samples, hints, should_stop)
        return work.heard(chunk.heard, chunk.speech)


class _Chunk:
    """The work at one chunk: how often it was heard again, and what is to be remarked."""

    def __init__(
        self, listener: Listener, samples: Samples, hints: Hints, should_stop: Callable[[], bool]
    ) -> None:
        self._listener, self._samples, self._hints = listener, samples, hints
        self._should_stop = should_stop
        self._again = 0
        self._remarks: dict[str, int] = {}

    def heard(self, part: Span, speech: Sequence[Span]) -> Heard:
        words = self._sensible(part, speech)
        for span in unheard(words, speech):
            found = self._alone(span, speech)
            if not found:
                self._note("not_understood")
            words = tuple(sorted((*words, *found), key=lambda word: word.start_s))
        words = written(snapped(words, speech))
        return Heard(words, tuple(sorted(self._remarks.items())))

    def _sensible(self, part: Span, speech: Sequence[Span]) -> tuple[Word, ...]:
        """The words of a part; cut at its longest pause and heard again where they cannot be right."""
        words = self._once(part, speech)
        if self._hints.before and (self._is_odd(words, part, speech) or unheard(words, speech)):
            # What was said before may lead astray.
            self._hints = replace(self._hints, before="")
            words = max(words, self._once(part, speech), key=lambda some: self._value(some, part, speech))
        self._hints = replace(self._hints, before="")
        if not self._is_odd(words, part, speech):
            return words
        pieces = _halves(part, speech)
        if len(pieces) > 1 and self._may_again():
            again = tuple(word for piece in pieces for word in self._once(piece, speech))
            if not self._is_odd(again, part, speech) or not words:
                return again
        if is_repeating(words):
            self._note("repeats_dropped")
            words = without_repeats(words)
        return words

    @staticmethod
    def _is_odd(words: Sequence[Word], part: Span, speech: Sequence[Span]) -> bool:
        return is_repeating(words) or rate_is_odd(words, _spoken_s(part, speech))

    def _value(self, words: Sequence[Word], part: Span, speech: Sequence[Span]) -> tuple[bool, float, float]:
        """How much a way to understand a part is worth beside another one."""
        missing_s = sum(span.length_s for span in unheard(words, speech))
        return not self._is_odd(words, part, speech), -missing_s, _sureness(words)

    def _alone(self, span: Span, speech: Sequence[Span]) -> tuple[Word, ...]:
        """The words of a stretch in which none was recognised before."""
        if not self._may_again():
            return ()
        words = self._once(Span(max(0.0, span.start_s - EDGE_S / 2), span.end_s + EDGE_S / 2), speech)
        if is_repeating(words) or rate_is_odd(words, span.length_s):
            return ()
        return tuple(word for word in words if span.start_s <= (word.start_s + word.end_s) / 2 <= span.end_s)

    def _may_again(self) -> bool:
        if self._again >= MOST_AGAIN:
            return False
        self._again += 1
        self._note("heard_again")
        return True

    def _once(self, part: Span, speech: Sequence[Span]) -> tuple[Word, ...]:
        cut = masked(self._samples, part, speech)
        words = self._listener.recogniser.recognise(cut, self._hints, lambda _share: None, self._should_stop)
        kept = without_echo(words, self._listener.prompt)
        if len(kept) < len(words):
            self._note("made_up_dropped")
        return tuple(
            replace(
                word,
                start_s=part.start_s + max(0.0, word.start_s),
                end_s=part.start_s + max(word.start_s, min(word.end_s, part.length_s)),
            )
            for word in kept
        )

    def _note(self, code: str) -> None:
        self._remarks[code] = self._remarks.get(code, 0) + 1


def _sureness(words: Sequence[Word]) -> float:
    return sum(word.probability for word in words) / len(words) if words else 0.0


def masked(samples: Samples, part: Span, speech: Iterable[Span]) -> Samples:
    """The sound of a part, silent where nobody speaks."""
    first, last = round(part.start_s * RATE_HZ), round(part.end_s * RATE_HZ)
    cut = samples[first:last]
    heard = np.zeros_like(cut)
    for span in speech:
        begin = max(0, round((span.start_s - EDGE_S) * RATE_HZ) - first)
        end = min(len(cut), max(0, round((span.end_s + EDGE_S) * RATE_HZ) - first))
        heard[begin:end] = cut[begin:end]
    return heard


def _spoken_s(part: Span, speech: Iterable[Span]) -> float:
    return sum(max(0.0, min(span.end_s, part.end_s) - max(span.start_s, part.start_s)) for span in speech)


def _halves(part: Span, speech: Sequence[Span]) -> tuple[Span, ...]:
    """A part cut at the longest pause of its middle half; in its middle where there is none."""
    inside = [span for span in speech if span.end_s > part.start_s and span.start_s < part.end_s]
    low, high = part.start_s + part.length_s / 4, part.end_s - part.length_s / 4
    gaps = [
        (after.start_s - before.end_s, (before.end_s + after.start_s) / 2)
        for before, after in pairwise(inside)
        if low <= (before.end_s + after.start_s) / 2 <= high
    ]
    if part.length_s < 2.0:
        return (part,)
    at_s = max(gaps)[1] if gaps else (part.start_s + part.end_s) / 2
    return Span(part.start_s, at_s), Span(at_s, part.end_s)
