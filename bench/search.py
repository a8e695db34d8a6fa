"""How well and how fast search finds: `python -m bench.search [--json] [--full]`.

Finding is measured on known items: the passages and questions of JSON lines, or three hundred of our own.
Speed is measured on lessons made here (`searched.corpus`), each query asked once and of every engine in turn;
times are this process's CPU, which a busy machine does not change much. Every peer must be there.
"""

from __future__ import annotations

import argparse
import gc
import random
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import islice
from pathlib import Path

try:
    import jieba
    import tantivy  # noqa: F401  # asked for here, so that it is missed before an hour of measuring
    import whoosh
except ImportError as error:
    raise SystemExit(
        f"bench.search: a peer is missing: {error} (set-up leaves out jieba: pip install jieba==0.42.1)"
    ) from error

from bench.measure import in_turns, machine, p95, p95_ratio, ratio, side_by_side
from bench.nil_page import nil_page
from bench.report import Figure, show
from bench.searched.corpus import Language, language, lessons, questions
from bench.searched.natural import asked_questions, natural
from bench.searched.peers import Fts5, plain_whoosh
from bench.searched.questions import (
    EVERYONE,
    Passage,
    Question,
    own_passages,
    own_questions,
    read_passages,
    read_questions,
)
from search import ENGINES, TANTIVY, WHOOSH, Document, SearchEngine, best_moments, rebuild
from tests.search.passages import PASSAGES
from tests.search.variants import VARIANTS

LESSONS, FULL_LESSONS = 1_000, 20_000
TANTIVY_LESSONS, FULL_TANTIVY_LESSONS = 2_000, 100_000
QUERIES, FULL_QUERIES = 100, 300
WARMING = 30
INDEXED, ROUNDS = 150, 3

SAID_PER_S = 4.0
"""Characters that a lecturer says in a second: where the cues of a passage lie in time."""
NEAR_S = 10.0
PASSAGES_A_LECTURE = 12


def main() -> None:
    """Read the options, measure, print."""
    parser = argparse.ArgumentParser(prog="python -m bench.search", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one object of figure: value")
    parser.add_argument(
        "--full", action="store_true", help="20,000 lessons, 100,000 for tantivy: over an hour"
    )
    parser.add_argument("--lessons", type=int, help="lessons for Whoosh and FTS5")
    parser.add_argument("--tantivy-lessons", type=int, help="lessons for tantivy alone")
    parser.add_argument("--passages", type=Path, help='JSON lines of {"id", "text"}')
    parser.add_argument("--questions", type=Path, help='JSON lines of {"q", "gold"}')
    chosen = parser.parse_args()
    if (chosen.passages is None) != (chosen.questions is None):
        parser.error("--passages and --questions belong together")
    with _folder() as folder:
        show(_measured(chosen, folder), _about(), as_json=chosen.json)


def _measured(chosen: argparse.Namespace, folder: Path) -> list[Figure]:
    many = chosen.lessons or (FULL_LESSONS if chosen.full else LESSONS)
    most = chosen.tantivy_lessons or (FULL_TANTIVY_LESSONS if chosen.full else TANTIVY_LESSONS)
    asked = FULL_QUERIES if chosen.full else QUERIES
    if chosen.passages:
        passages, known = read_passages(chosen.passages), read_questions(chosen.questions)
    else:
        passages = own_passages()
        known = own_questions(passages)
    made = language()
    with nil_page(folder / "nil") as ask:  # without a built front end this fails, and not after an hour
        ask()
    parts: list[Callable[[], list[Figure]]] = [
        lambda: known_items(folder, passages, known),
        lambda: [moments_found(folder, passages, known)],
        lambda: [variants_found(folder)],
        lambda: [index_rate(folder, made)],
        lambda: speed(folder, made, many, asked),
        lambda: natural(folder, made, asked, WARMING),
        lambda: large(folder, made, most, asked),
    ]
    figures = []
    for part in parts:
        for figure in part():
            # Told at once as well, so that a run that is broken off was not for nothing.
            print(f"{figure.words}: {figure.value:.3f}", file=sys.stderr, flush=True)
            figures.append(figure)
    return figures


def _about() -> str:
    peers = f"Whoosh {'.'.join(map(str, whoosh.__version__))}, tantivy {version('tantivy')}"
    peers += f", SQLite {sqlite3.sqlite_version} FTS5, jieba {version('jieba')}"
    return f"{datetime.now(UTC):%Y-%m-%d}; {machine()}; Python {sys.version.split()[0]}, {peers}"


@contextmanager
def _folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="weike-bench-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _filled(name: str, folder: Path, documents: Sequence[Document]) -> Iterator[SearchEngine]:
    engine = ENGINES[name].open_or_create(folder / name)
    engine.apply(documents, [], 1)
    yield engine
    engine.close()


def known_items(folder: Path, passages: Sequence[Passage], known: Sequence[Question]) -> list[Figure]:
    """How often the right passage comes first, and how far down it is."""
    documents = [Document(id=p.id, lesson=p.id, spoken=p.text, scope=EVERYONE) for p in passages]
    first: dict[str, float] = {}
    reciprocal: dict[str, float] = {}
    for name in ENGINES:
        with _filled(name, folder / "known", documents) as engine:
            places = [_place(engine, question) for question in known]
        first[name] = sum(place == 1 for place in places) / len(known)
        reciprocal[name] = sum(1 / place for place in places if place) / len(known)
    of = f"{len(known)} questions, {len(passages)} passages"
    return [
        Figure("recall_at_1", f"recall@1, {of}", first["whoosh"], 0.93, at_most=False),
        Figure("mrr_at_10", f"MRR@10, {of}", reciprocal["whoosh"], 0.956, at_most=False),
        Figure(
            "mrr_over_tantivy",
            "MRR@10: Whoosh / tantivy",
            reciprocal["whoosh"] / reciprocal["tantivy"],
            0.99,
            at_most=False,
        ),
    ]


def _place(engine: SearchEngine, question: Question) -> int:
    """Where among the first ten hits the gold is; 0 for nowhere."""
    hits = engine.search(question.text, EVERYONE, limit=10).hits
    return next((n for n, hit in enumerate(hits, 1) if hit.id in question.gold), 0)


def moments_found(folder: Path, passages: Sequence[Passage], known: Sequence[Question]) -> Figure:
    """How often the quote shown is the answer, or begins within NEAR_S of it, in long lectures."""
    shuffled = random.Random(1).sample(list(passages), len(passages))
    lectures = [shuffled[n : n + PASSAGES_A_LECTURE] for n in range(0, len(shuffled), PASSAGES_A_LECTURE)]
    lecture_of = {passage.id: n for n, some in enumerate(lectures) for passage in some}
    cues = [_cues(some) for some in lectures]
    documents = [
        Document(id=str(n), lesson=str(n), spoken="\n".join(text for *_, text in lines), scope=EVERYONE)
        for n, lines in enumerate(cues)
    ]
    right = 0
    with _filled("whoosh", folder / "moments", documents) as engine:
        for question in known:
            weights = engine.search(question.text, EVERYONE).weights
            right += any(
                _is_right(
                    question,
                    passage_id,
                    cues[lecture_of[passage_id]],
                    lectures[lecture_of[passage_id]],
                    weights,
                )
                for passage_id in question.gold
            )
    return Figure("right_moment", "right moment", right / len(known), 0.95, at_most=False)


def _cues(passages: Sequence[Passage]) -> list[tuple[float, float, str]]:
    lines = []
    at_s = 0.0
    for passage in passages:
        for text in passage.text.replace("，", "，\n").replace("。", "。\n").splitlines():
            lines.append((at_s, at_s + len(text) / SAID_PER_S, text))
            at_s += len(text) / SAID_PER_S
    return lines


def _is_right(
    question: Question,
    passage_id: str,
    cues: Sequence[tuple[float, float, str]],
    lecture: Sequence[Passage],
    weights: Mapping[str, float],
) -> bool:
    shown = best_moments(question.text, cues, limit=1, weights=weights)
    if not shown or shown[0].start_s is None:
        return False
    before = next(n for n, passage in enumerate(lecture) if passage.id == passage_id)
    start_s = sum(len(passage.text) for passage in lecture[:before]) / SAID_PER_S
    answer = question.answer or lecture[before].text
    start_s += max(0, lecture[before].text.find(answer)) / SAID_PER_S
    end_s = start_s + len(answer) / SAID_PER_S
    return (
        answer.rstrip("。！？；") in shown[0].quote or start_s - NEAR_S <= shown[0].start_s <= end_s + NEAR_S
    )


def variants_found(folder: Path) -> Figure:
    """How many other spellings of a query find the same first, on both engines."""
    documents = [
        Document(id=p.title, lesson=p.title, title=p.title, spoken=p.text, scope=EVERYONE) for p in PASSAGES
    ]
    same, asked = 0, 0
    for name in ENGINES:
        with _filled(name, folder / "variants", documents) as engine:
            for plain, variant in VARIANTS:
                hits = [engine.search(text, EVERYONE, limit=1).hits for text in (plain, variant)]
                # A query by year finds nothing here: these lessons have no dates.
                asked += bool(hits[0])
                same += bool(hits[0]) and [h.id for h in hits[0]] == [h.id for h in hits[1]]
    return Figure(
        "variants", f"variants with the same first hit ({asked // 2})", same / asked, 1.0, at_most=False
    )


def speed(folder: Path, made: Language, many: int, asked: int) -> list[Figure]:
    """Whoosh beside FTS5: the number found and the first ten."""
    mine = folder / "speed"
    rebuild(mine, lessons(many, made), 1, engine=WHOOSH)
    fts = Fts5(folder / "fts5.db")
    fts.fill(lessons(many, made))
    engine = WHOOSH.open_or_create(mine)
    figures = []
    for count in (2, 4):
        queries = questions(WARMING + asked, count, made, many, seed=count)
        for query in queries[:WARMING]:
            engine.search(query, EVERYONE, counts=True)
            fts.page(query)
        times = in_turns(
            queries[WARMING:],
            {
                "whoosh": lambda query: engine.search(query, EVERYONE),
                "fts5": fts.page,
                "counted": lambda query: engine.search(query, EVERYONE, counts=True),
            },
        )
        words = f"p95 of {count} words, {many:,} lessons"
        figures += [
            Figure(
                f"p95_{count}_words_over_fts5",
                f"{words}: Whoosh / FTS5",
                p95_ratio(times, "whoosh", "fts5"),
                1.0,
            ),
            Figure(
                f"p95_{count}_words_counted",
                f"{words}: Whoosh again with counts / FTS5 without",
                p95_ratio(times, "counted", "fts5"),
                None,
            ),
            Figure(f"p95_{count}_words_ms", f"{words}: Whoosh, ms of CPU", p95(times["whoosh"]) * 1e3, None),
        ]
    engine.close()
    return figures


def index_rate(folder: Path, made: Language) -> Figure:
    """Lessons a second, ours over the loop of the manuals; both write one commit."""
    documents = list(lessons(INDEXED, made, seed=2))
    jieba.initialize()
    works = {name: _into(folder / "rate", name, documents) for name in ("ours", "plain")}
    costs = side_by_side(works, ROUNDS)
    value = ratio([cost.cpu_s for cost in costs["plain"]], [cost.cpu_s for cost in costs["ours"]])
    return Figure("index_rate", "index rate: ours / Whoosh's loop with jieba", value, 2.0, at_most=False)


def _into(folder: Path, name: str, documents: Sequence[Document]) -> Callable[[], None]:
    def work() -> None:
        fresh = Path(tempfile.mkdtemp(dir=_made(folder)))
        if name == "plain":
            plain_whoosh(fresh, documents)
        else:
            rebuild(fresh, documents, 1)

    return work


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def large(folder: Path, made: Language, many: int, asked: int) -> list[Figure]:
    """tantivy alone, beside the server's search page without a query."""
    mine = folder / "large"
    rebuild(mine, lessons(many, made), 1, engine=TANTIVY)
    engine = TANTIVY.open_or_create(mine)
    queries = questions(WARMING + asked, 2, made, many, seed=7)
    long_ones = asked_questions(asked, made, many, seed=7)
    with nil_page(folder / "nil") as ask:
        for query in queries[:WARMING]:
            engine.search(query, EVERYONE, counts=True)
            ask()
        for question in asked_questions(WARMING, made, many, seed=8):
            engine.search(question, EVERYONE)
            engine.did_you_mean(question, EVERYONE)
        # What this bench holds in memory is none of what a collection in the middle of an answer looks at.
        gc.collect()
        gc.freeze()
        times = in_turns(
            queries[WARMING:],
            {
                "nil": lambda _query: ask(),
                "hits": lambda query: engine.search(query, EVERYONE),
                "counted": lambda query: engine.search(query, EVERYONE, counts=True),
            },
        )
        asked_at_length = in_turns(
            long_ones,
            {
                "nil": lambda _question: ask(),
                "hits": lambda question: engine.search(question, EVERYONE),
                "meant": lambda question: engine.did_you_mean(question, EVERYONE),
            },
        )
        gc.unfreeze()
    suggested = in_turns(
        [query[:2] for query in islice(queries, asked)],
        {"typed": lambda typed: engine.suggest(typed, EVERYONE)},
    )
    engine.close()
    words = f"tantivy, {many:,} lessons"
    return [
        Figure(
            "tantivy_page_over_nil",
            f"p95 {words}: (nil page + search) / nil page",
            1 + p95_ratio(times, "hits", "nil"),
            1.3,
        ),
        Figure(
            "tantivy_questions_over_nil",
            f"p95 {words}, questions: (nil page + search) / nil page",
            1 + p95_ratio(asked_at_length, "hits", "nil"),
            1.5,
        ),
        Figure(
            "tantivy_meant_ms",
            f"p95 {words}, questions: did you mean, ms of CPU",
            p95(asked_at_length["meant"]) * 1e3,
            20.0,
        ),
        Figure("tantivy_ms", f"p95 {words}: ms of CPU", p95(times["hits"]) * 1e3, None),
        Figure(
            "tantivy_counted_ms", f"p95 {words}, with counts: ms of CPU", p95(times["counted"]) * 1e3, None
        ),
        Figure(
            "tantivy_suggest_ms", f"p95 {words}: suggestions, ms of CPU", p95(suggested["typed"]) * 1e3, None
        ),
        Figure(
            "nil_page_ms", "p95 of the search page without a query: ms of CPU", p95(times["nil"]) * 1e3, None
        ),
    ]


if __name__ == "__main__":
    main()
