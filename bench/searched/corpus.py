"""Lessons made for measuring: words drawn as often as people use them, for posting lists of real length.

The words and their frequencies are jieba's dictionary (from news and novels); jieba is needed for the bench
anyway. Nothing here is meant to be read.
"""

from __future__ import annotations

import datetime
import random
import re
from bisect import bisect
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

import jieba

from bench.searched.questions import EVERYONE
from search import Document

LESSON_CHARACTERS = 2_000
_BRANCHES, _LECTURERS, _TOPICS = 40, 200, 120
_PHRASES = 20_000
_KINDS = ("video", "video", "video", "audio", "text")
_HAN = re.compile(r"[\u4e00-\u9fff]+")


@dataclass(frozen=True)
class Language:
    """Words with how often they are used, and phrases of two to five words that are said again."""

    words: list[str]
    phrases: list[str]
    _word_bounds: list[int]
    _phrase_bounds: list[float]

    def word(self, dice: random.Random) -> str:
        """Return one word."""
        return self.words[bisect(self._word_bounds, dice.randrange(self._word_bounds[-1]))]

    def phrase(self, dice: random.Random) -> str:
        """Return one phrase."""
        return self.phrases[bisect(self._phrase_bounds, dice.random() * self._phrase_bounds[-1])]


def language() -> Language:
    """Return the words of jieba's dictionary and the phrases made of them, in a fixed order."""
    lines = (Path(jieba.__file__).parent / "dict.txt").read_text(encoding="utf-8").splitlines()
    entries = [(word, int(count)) for word, count, _ in (line.split(" ") for line in lines)]
    entries = [(word, count) for word, count in entries if _HAN.fullmatch(word) and len(word) <= 4]
    bounds = list(accumulate(count for _, count in entries))
    made = Language([word for word, _ in entries], [], bounds, [])
    dice = random.Random(0)
    made.phrases.extend("".join(made.word(dice) for _ in range(dice.randint(2, 5))) for _ in range(_PHRASES))
    # Zipf: the n-th most frequent is said about 1/n as often as the first.
    made._phrase_bounds.extend(accumulate(1 / (rank + 20) for rank in range(_PHRASES)))
    return made


def own_words(n: int, words: Language, seed: int = 1) -> tuple[random.Random, list[str]]:
    """Return the dice of lesson `n` and the forty words that it is about."""
    dice = random.Random(seed * 1_000_003 + n)
    return dice, [word for word in (words.word(dice) for _ in range(400)) if len(word) > 1][:40]


def lessons(count: int, words: Language, seed: int = 1) -> Iterator[Document]:
    """Yield `count` lessons of LESSON_CHARACTERS; the same for the same seed, however many are taken.

    A sixth of what a lesson says is drawn from forty words of its own: people talk about something.
    """
    for n in range(count):
        dice, own = own_words(n, words, seed)
        yield _lesson(n, dice, own, words)


def _lesson(n: int, dice: random.Random, own: list[str], words: Language) -> Document:
    said: list[str] = []
    length = 0
    while length < LESSON_CHARACTERS:
        part = dice.choice(own) if dice.random() < 1 / 4 else words.phrase(dice)
        said.append(part)
        length += len(part)
        if dice.random() < 0.15:
            said.append("，\n")
    return Document(
        id=f"d{n}",
        lesson=f"l{n}",
        clip=f"d{n}",
        title="".join(dice.sample(own, 3)),
        lecturer=f"讲师{dice.randrange(_LECTURERS)}",
        topics=tuple(f"主题{dice.randrange(_TOPICS)}" for _ in range(2)),
        spoken="".join(said),
        date=datetime.date(2015 + n % 10, 1 + n % 12, 1 + n % 28),
        branch=f"b{dice.randrange(_BRANCHES)}",
        kind=dice.choice(_KINDS),
        language="zh",
        scope=EVERYONE,
    )


def questions(count: int, words: int, made: Language, lessons_in_all: int, seed: int = 1) -> list[str]:
    """Return queries of `words` words that one lesson is about, so that something is found.

    Half of them name a word that many lessons share: these are the slow ones, and what people type.
    """
    dice = random.Random(seed)
    common = [word for word in (made.word(dice) for _ in range(3_000)) if len(word) > 1]
    found = []
    for _ in range(count):
        _, own = own_words(dice.randrange(lessons_in_all), made)
        chosen = dice.sample(own, words)
        if dice.random() < 0.5:
            chosen[0] = dice.choice(common)
        found.append(" ".join(chosen))
    return found
