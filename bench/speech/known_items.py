"""Whether what was recognised is found, by what people remember of it: in passages, among others."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from bench.report import Figure
from bench.searched.heard import first, known_items, misheard
from bench.searched.questions import Passage, made_questions, own_passages, own_questions
from bench.speech.hearing import Clip, Said
from search import ENGINES
from speech.words import plain

PASSAGES, QUESTIONS = 5, 50
TELLING = 8
"""Characters of a sentence that stands nowhere else by chance."""


def found_again(clip: Clip, heard: Said) -> list[Figure]:
    """The right passage first, of the recording as it was heard and of confused passages, beside what
    the exact text gives."""
    exact, recognised = passages_of(clip, heard)
    others = _of_other_lectures(clip, own_passages())
    asked = made_questions([*exact, *others], QUESTIONS, random.Random(1), among=exact)
    figures = []
    with tempfile.TemporaryDirectory(prefix="weike-bench-") as work:
        folder = Path(work)
        for name in ENGINES:
            true = first(folder, name, others, asked, exact=exact)
            said = first(folder, name, others, asked, heard=recognised)
            blind = first(folder, name, others, asked, exact=recognised)
            words = f"{name}, right passage of the recording first, {len(asked)} questions"
            figures += [
                Figure(f"{name}_clip", f"{words}: heard / exact", said / true, 0.9, at_most=False),
                Figure(f"{name}_clip_words", f"{words}: without sounds / exact", blind / true, None),
            ]
        made = own_passages()
        confused = [misheard(made, seed) for seed in (1, 2, 3)]
        figures += known_items(folder, made, confused, own_questions(made))
    return figures


def _of_other_lectures(clip: Clip, passages: Sequence[Passage]) -> list[Passage]:
    """The passages without those that say what the recording says: the demonstration has a text like it."""
    said = {plain(one["text"]) for one in clip.truth}
    telling = [text for text in said if len(text) >= TELLING]
    return [one for one in passages if not any(text in plain(one.text) for text in telling)]


def passages_of(clip: Clip, heard: Said) -> tuple[Sequence[Passage], Sequence[Passage]]:
    """The recording in passages of whole sentences: as it was said, and as it was heard there."""
    ends = [n * len(clip.truth) // PASSAGES for n in range(PASSAGES + 1)]
    parts = [clip.truth[a:b] for a, b in pairwise(ends)]
    starts = [0.0, *(part[0]["start_s"] for part in parts[1:]), clip.length_s + 1.0]
    exact = [Passage(f"said-{n}", "".join(one["text"] for one in part)) for n, part in enumerate(parts)]
    words = [
        "".join(word.text for word in heard.words if a <= (word.start_s + word.end_s) / 2 < b)
        for a, b in pairwise(starts)
    ]
    return exact, [Passage(f"said-{n}", text) for n, text in enumerate(words)]
