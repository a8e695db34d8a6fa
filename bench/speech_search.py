"""How well what a machine recognised is found: `python -m bench.speech_search [--json]`.

The passages of `bench.search`, whose characters are confused as a recogniser confuses them: for most a
character of the same sound is written, for some one that sounds nearly so or otherwise. Each question is
asked of the passages as they are, and of the confused ones, with the field of their sounds and without.
`--heard` takes passages that were recognised in truth: JSON lines of {"id", "text"} with the same ids.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from bench.measure import in_turns, machine, p95_ratio
from bench.report import Figure, show
from bench.searched.corpus import Language, language, lessons, questions
from bench.searched.heard import known_items, misheard
from bench.searched.questions import (
    EVERYONE,
    own_passages,
    own_questions,
    read_passages,
    read_questions,
)
from search import TANTIVY, WHOOSH, SearchEngine, rebuild

SEEDS = (1, 2, 3)
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
