"""What the child makes of a recogniser, here of one that says recorded words: chunks, guards, going on."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from speech import child
from speech.adapters.prompts import PROMPT
from speech.adapters.sherpa import words_of
from speech.chunking import LONGEST_S
from speech.errors import Cancelled
from speech.listening import Listener
from speech.recogniser import RATE_HZ, Hints, Samples
from speech.words import SURE, Span, Word, plain
from speech.written_forms import simplified
from tests.speech.contract import keeps_the_contract

STEP = 800
"""Samples that have the same value, so that 16 bits say where in the lecture a sample is."""

SENTENCES = 90
"""In 900 s: more than a block."""


def lecture() -> tuple[bytes, tuple[Word, ...], tuple[Span, ...]]:
    """Sound that says where it is, the words that are said in it, and where speech is: six seconds of ten."""
    sound = np.repeat(np.arange(1, 10 * SENTENCES * RATE_HZ // STEP + 1), STEP)
    words, speech = [], []
    for n in range(SENTENCES):
        speech.append(Span(10.0 * n + 2, 10.0 * n + 8))
        for k in range(20):
            start_s = 10.0 * n + 2 + 0.3 * k
            words.append(Word(start_s, start_s + 0.3, chr(0x4E00 + 20 * n + k), 0.9))
    return sound.astype("<i2").tobytes(), tuple(words), tuple(speech)


def place_s(samples: Samples) -> float:
    """Which second of the lecture the first of the samples is."""
    values = np.rint(samples * 32768).astype(int)
    first = int(np.flatnonzero(values)[0])
    change = first + int(np.flatnonzero(values[first:] != values[first])[0])
    return ((values[change] - 1) * STEP - change) / RATE_HZ


def nothing(_start_s: float, _end_s: float, said: list[Word]) -> list[Word]:
    return said


@dataclass
class Recorded:
    """Says the recorded words of the part that it is given; ``spoil`` changes what it says to a part."""

    words: tuple[Word, ...]
    spoil: Callable[[float, float, list[Word]], list[Word]] = nothing
    parts: list[tuple[float, float]] = field(default_factory=list)

    def recognise(
        self,
        samples: Samples,
        hints: Hints,
        on_progress: Callable[[float], None],
        should_stop: Callable[[], bool],
    ) -> tuple[Word, ...]:
        if should_stop():
            raise Cancelled
        if not np.any(samples):
            return ()
        start_s = place_s(samples)
        end_s = start_s + len(samples) / RATE_HZ
        self.parts.append((start_s, end_s))
        said = [
            replace(word, start_s=word.start_s - start_s, end_s=word.end_s - start_s)
            for word in self.words
            if start_s <= (word.start_s + word.end_s) / 2 < end_s
        ]
        on_progress(1.0)
        return tuple(self.spoil(start_s, end_s, said))


@dataclass
class Telling(Recorded):
    """Writes down what it is told before each part."""

    told: list[str] = field(default_factory=list)

    def recognise(
        self,
        samples: Samples,
        hints: Hints,
        on_progress: Callable[[float], None],
        should_stop: Callable[[], bool],
    ) -> tuple[Word, ...]:
        self.told.append(hints.before)
        return super().recognise(samples, hints, on_progress, should_stop)


def listening(recorded: Recorded, speech: tuple[Span, ...]) -> Listener:
    def find_speech(samples: Samples) -> tuple[Span, ...]:
        start_s, length_s = place_s(samples), len(samples) / RATE_HZ
        return tuple(
            Span(max(0.0, span.start_s - start_s), min(span.end_s - start_s, length_s))
            for span in speech
            if span.end_s > start_s and span.start_s < start_s + length_s
        )

    return Listener(recorded, find_speech, PROMPT)


def heard(
    recorded: Recorded, start_s: float = 0.0, terms: tuple[str, ...] = ()
) -> tuple[list[dict[str, Any]], str]:
    """The child's lines about the lecture from a second on, and the characters in them."""
    sound, _words, speech = lecture()
    lines: list[dict[str, Any]] = []
    rest = io.BytesIO(sound[round(start_s * RATE_HZ) * 2 :])
    child.hear(listening(recorded, speech), rest, start_s, Hints(terms=terms), lines.append)
    assert lines.pop()["kind"] == "end"
    return lines, "".join(word[2] for line in lines for word in line["words"])


SAID = "".join(word.text for word in lecture()[1])


@pytest.mark.slow
def test_all_is_heard_once_in_chunks_without_holes_and_any_chunk_can_be_the_last() -> None:
    lines, text = heard(Recorded(lecture()[1]))
    assert text == simplified(SAID)
    assert (lines[0]["start_s"], lines[-1]["end_s"]) == (0.0, 900.0)
    assert all(a["end_s"] == b["start_s"] for a, b in pairwise(lines))
    assert all(line["end_s"] - line["start_s"] <= LONGEST_S for line in lines)
    for line in lines:
        assert all(line["start_s"] <= a <= b <= line["end_s"] for a, b, _text, _p in line["words"])
    # Killed behind a chunk in the second block: what is heard from its end on is all the rest.
    kept = [line for line in lines if line["end_s"] < 700]
    rest, after = heard(Recorded(lecture()[1]), kept[-1]["end_s"])
    before = "".join(word[2] for line in kept for word in line["words"])
    assert before + after == simplified(SAID)
    assert rest[0]["start_s"] == kept[-1]["end_s"]


@pytest.mark.slow
def test_what_was_not_understood_is_heard_again_by_itself() -> None:
    def deaf(start_s: float, end_s: float, said: list[Word]) -> list[Word]:
        # In a long part the sentence around 100 s is not understood.
        return [word for word in said if end_s - start_s < 8 or not 100 <= word.start_s + start_s < 110]

    lines, text = heard(Recorded(lecture()[1], deaf))
    assert text == simplified(SAID)
    assert [line["remarks"] for line in lines if line["remarks"]] == [[{"code": "heard_again", "count": 1}]]


@pytest.mark.slow
def test_what_comes_again_and_again_and_the_prompt_are_no_words() -> None:
    def mad(start_s: float, end_s: float, said: list[Word]) -> list[Word]:
        if start_s < 55 <= end_s:
            return said[:5] + [replace(said[5], text="谢谢大家")] * 30
        if start_s < 305 <= end_s:
            return [*(Word(0.3 + 0.01 * n, 0.3 + 0.01 * n, one, 0.5) for n, one in enumerate(PROMPT)), *said]
        return said

    lines, text = heard(Recorded(lecture()[1], mad))
    assert "谢谢大家谢谢大家" not in text
    assert plain(PROMPT) not in text
    codes = {remark["code"] for line in lines for remark in line["remarks"]}
    assert {"heard_again", "repeats_dropped", "made_up_dropped"} <= codes


@pytest.mark.slow
def test_what_was_said_before_is_told_and_forgotten_where_it_leads_astray() -> None:
    told: list[str] = []

    def astray(start_s: float, _end_s: float, said: list[Word]) -> list[Word]:
        return [] if 200 < start_s < 300 and told[-1] else said

    lines, text = heard(Telling(lecture()[1], astray, told=told))
    assert text == simplified(SAID)
    assert told[:2] == ["", simplified(SAID)[:40]]
    assert told.count("") > 1
    assert [line["remarks"] for line in lines if line["remarks"]] == []


@pytest.mark.slow
def test_terms_are_put_and_told() -> None:
    words = list(lecture()[1])
    words[400:404] = [replace(word, text=one) for word, one in zip(words[400:404], "三会议课", strict=True)]
    lines, text = heard(Recorded(tuple(words)), terms=("三会一课",))
    assert "三会一课" in text
    (told,) = [line["repairs"] for line in lines if line["repairs"]]
    assert told[0][1:] == ["三会议课", "三会一课"]


def test_it_stops_when_it_is_told_to() -> None:
    sound, words, speech = lecture()
    samples = np.frombuffer(sound[: 100 * RATE_HZ * 2], dtype="<i2").astype(np.float32) / 32768
    recorded, told = Recorded(words), list[float]()
    with pytest.raises(Cancelled):
        listening(recorded, speech).recognise(samples, Hints(), told.append, lambda: len(told) > 1)
    assert len(recorded.parts) == len(told)


class TestAnyRecogniser:
    """The contract of ``Recogniser``; the real one is held to it in test_real_model.py."""

    def test_recorded_words(self) -> None:
        sound, words, speech = lecture()
        samples = np.frombuffer(sound[: 30 * RATE_HZ * 2], dtype="<i2").astype(np.float32) / 32768
        keeps_the_contract(listening(Recorded(words), speech), samples)


def test_tokens_of_sherpa_become_words() -> None:
    words = words_of(["<|zh|>", "党", "员", "▁ok"], [0.0, 0.5, 0.7, 2.0], [0.0, -0.1, -1.0, 0.0], 3.0)
    assert [(word.text, word.start_s, word.end_s) for word in words] == [
        ("党", 0.5, 0.7),
        ("员", 0.7, 1.1),
        ("ok", 2.0, 2.4),
    ]
    assert words[1].probability < SURE < words[0].probability
    assert [word.start_s for word in words_of(["党", "员"], [], [], 1.0)] == [0.0, 0.5]
