"""Passages as a machine would write them, and whether they are found as those that people wrote."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from statistics import mean

from bench.report import Figure
from bench.searched.questions import EVERYONE, Passage, Question
from search import ENGINES, Document, Sought, find_moments, parse
from search.text.analysis import is_han
from search.text.pinyin import common_characters, same_sound

SAME_SOUND, OTHER_SOUND = 0.12, 0.05
"""Shares of the characters: measured on real speech were 13 to 20 wrong of a hundred, 3 to 9 of them by
their sound."""
_CANDIDATES, _COMMON = 12, 3_000


def misheard(passages: Sequence[Passage], seed: int) -> list[Passage]:
    """The passages as a recogniser would write them."""
    dice = random.Random(seed)
    return [replace(one, text=confused(one.text, dice)) for one in passages]


def confused(text: str, dice: random.Random, same: float = SAME_SOUND, other: float = OTHER_SOUND) -> str:
    """A text of whose characters the share ``same`` are others of the same sound, and ``other`` sound
    otherwise, half of these nearly so."""
    common = common_characters()[:_COMMON]
    told = []
    for one in text:
        drawn = dice.random()
        if not is_han(one) or drawn >= same + other:
            told.append(one)
        elif drawn < same:
            told.append(dice.choice(same_sound(one)[:_CANDIDATES] or one))
        elif drawn < same + other / 2:
            told.append(dice.choice(same_sound(one, is_alike=True)[:_CANDIDATES] or common))
        else:
            told.append(dice.choice(common))
    return "".join(told)


def known_items(
    folder: Path, passages: Sequence[Passage], told: Sequence[Sequence[Passage]], known: Sequence[Question]
) -> list[Figure]:
    """How often the right passage comes first, beside how often it does with the exact text."""
    figures = []
    for name in ENGINES:
        exact = first(folder, name, passages, known)
        heard = mean(first(folder, name, (), known, heard=some) for some in told)
        plain = mean(first(folder, name, some, known) for some in told)
        words = f"{name}, right clip first, {len(known)} questions"
        figures += [
            Figure(f"{name}_heard_over_exact", f"{words}: heard / exact", heard / exact, 0.9, at_most=False),
            Figure(f"{name}_heard_by_words_over_exact", f"{words}, no sounds / exact", plain / exact, None),
            Figure(f"{name}_exact", f"{words}: exact text", exact, None),
        ]
    figures.append(moments_shown(told[0], known, {one.id: one.text for one in passages}))
    return figures


def first(
    folder: Path,
    name: str,
    others: Sequence[Passage],
    known: Sequence[Question],
    *,
    exact: Sequence[Passage] = (),
    heard: Sequence[Passage] = (),
) -> float:
    """Return the share of questions that put a right passage first: among `others` and `exact`, which people
    wrote, and `heard`, which a machine did."""
    here = Path(tempfile.mkdtemp(dir=folder))
    engine = ENGINES[name].open_or_create(here)
    written = [_document(one, is_heard=False) for one in (*others, *exact)]
    engine.apply([*written, *(_document(one, is_heard=True) for one in heard)], [], 1)
    found = [engine.search(question.text, EVERYONE, limit=1).hits for question in known]
    engine.close()
    right = (bool(hits) and hits[0].id in one.gold for hits, one in zip(found, known, strict=True))
    return sum(right) / len(known)


def _document(one: Passage, *, is_heard: bool) -> Document:
    return Document(one.id, one.id, spoken=one.text, recognised=one.text if is_heard else "", scope=EVERYONE)


def moments_shown(heard: Sequence[Passage], known: Sequence[Question], exact: dict[str, str]) -> Figure:
    """How often something is marked in a recognised passage that answers, where something is in the exact."""
    texts = {one.id: one.text for one in heard}
    wanted = [(one, gold) for one in known for gold in one.gold if _shown(one, exact[gold])]
    shown = sum(_shown(one, texts[gold]) for one, gold in wanted)
    return Figure("heard_moment", "a moment in it: heard / exact", shown / len(wanted), 0.95, at_most=False)


def _shown(question: Question, text: str) -> bool:
    looked_for = Sought(parse(question.text), by_sound=True)
    return bool(find_moments(looked_for, [(0.0, 1.0, text)], recognised=frozenset([0])).shown)
