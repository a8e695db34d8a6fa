"""How well what a machine recognised is found: `python -m bench.speech_search [--json]`.

The passages of `bench.search`, whose characters are confused as a recogniser confuses them: for most a
character of the same sound is written, for some one that sounds nearly so or otherwise. Each question is
asked of the passages as they are, and of the confused ones, with the field of their sounds and without.
`--heard` takes passages that were recognised in truth: JSON lines of {"id", "text"} with the same ids.
"""

from __future__ import annotations

import argparse
import random
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import mean

from bench.measure import in_turns, machine, p95_ratio
from bench.report import Figure, show
from bench.searched.corpus import EVERYONE, Language, language, lessons, questions
from bench.searched.questions import (
    Passage,
    Question,
    own_passages,
    own_questions,
    read_passages,
    read_questions,
)
from search import ENGINES, TANTIVY, WHOOSH, Document, SearchEngine, Sought, find_moments, parse, rebuild
from search.text.analysis import is_han
from search.text.pinyin import common_characters, same_sound

SAME_SOUND, OTHER_SOUND = 0.12, 0.05
"""Shares of the characters: measured on real speech were 13 to 20 wrong of a hundred, 3 to 9 of them by
their sound."""
SEEDS = (1, 2, 3)
_CANDIDATES, _COMMON = 12, 3_000

LESSONS = 400
ASKED = 150


def main() -> None:
    """Read the options, measure, print."""
    parser = argparse.ArgumentParser(prog="python -m bench.speech_search", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one object of figure: value")
    parser.add_argument("--passages", type=Path, help='JSON lines of {"id", "text"}')
    parser.add_argument("--questions", type=Path, help='JSON lines of {"q", "gold"}')
    parser.add_argument("--heard", type=Path, help="the same passages as a machine recognised them")
    chosen = parser.parse_args()
    if (chosen.passages is None) != (chosen.questions is None) or (chosen.heard and not chosen.passages):
        parser.error("--passages, --questions and --heard belong together")
    passages = read_passages(chosen.passages) if chosen.passages else own_passages()
    known = read_questions(chosen.questions) if chosen.questions else own_questions(passages)
    told = [read_passages(chosen.heard)] if chosen.heard else [misheard(passages, seed) for seed in SEEDS]
    folder = Path(tempfile.mkdtemp(prefix="weike-bench-"))
    try:
        figures = [*known_items(folder, passages, told, known), *costs(folder, language())]
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    show(figures, f"{datetime.now(UTC):%Y-%m-%d}; {machine()}", as_json=chosen.json)


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


def costs(folder: Path, made: Language) -> list[Figure]:
    """What a library of recognised words costs beside one of the same words as somebody wrote them."""
    figures = []
    for engine in (WHOOSH, TANTIVY):
        opened: dict[str, SearchEngine] = {}
        sizes: dict[str, int] = {}
        for name in ("written", "heard"):
            here = folder / f"{engine.name}-{name}"
            documents = lessons(LESSONS, made)
            heard = (replace(one, recognised=one.spoken) for one in documents)
            rebuild(here, heard if name == "heard" else documents, 1, engine=engine)
            sizes[name] = sum(path.stat().st_size for path in here.rglob("*") if path.is_file())
            opened[name] = engine.open_or_create(here)
        asked = [query for words in (2, 3) for query in questions(ASKED, words, made, LESSONS, seed=words)]
        works = {name: partial(_search, one) for name, one in opened.items()}
        for query in asked[:30]:
            for work in works.values():
                work(query)
        times = in_turns(asked, works)
        words = f"{engine.name}, {LESSONS} lessons, all of them recognised / written"
        figures += [
            Figure(f"{engine.name}_bytes", f"{words}: bytes", sizes["heard"] / sizes["written"], 1.5),
            Figure(
                f"{engine.name}_p95", f"{words}: p95 of a search", p95_ratio(times, "heard", "written"), None
            ),
        ]
        for one in opened.values():
            one.close()
    return figures


def _search(engine: SearchEngine, query: str) -> object:
    return engine.search(query, EVERYONE)


if __name__ == "__main__":
    main()
