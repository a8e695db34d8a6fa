"""Questions as people ask them, of a median of eighteen characters, through the API, everything included.

The passages are made here (`searched.corpus`), as many as those that the ranking was chosen on: each a lesson
with a clip. A question names three words that one passage is about, and hardly any passage says all of it, so
that nearly every search is relaxed: the dearest kind. Beside it SQLite's FTS5 looks for any of the same words
and pairs, counts and ranks.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from sqlalchemy.orm import Session

from bench.measure import in_turns, p95, p95_ratio
from bench.nil_page import requesting
from bench.report import Figure
from bench.searched.corpus import Language, own_words
from bench.searched.peers import Fts5
from library.catalog import actions as catalog
from library.catalog.rules import CueLine, LessonKind, TranscriptQuality
from library.core.permits import NOBODY, scope_of
from library.dictionary.in_use import DictionaryInUse
from search import Document
from server.settings import Settings
from server.wiring import Ports, open_ports
from tests.support import factories as make

PASSAGES = 3_104
PASSAGE_CHARACTERS = 400
_LINE_CHARACTERS = 20
_LINE_S = 5.0
_AT_ONCE = 200
_PATTERNS = (
    "{0}为什么能够有力推动{1}和{2}的发展",
    "应该怎样全面理解{0}对于{1}的意义{2}",
    "究竟是在哪一年在{0}提出了{1}和{2}的",
    "{0}的{1}主要体现在{2}等等哪些方面呢",
    "请问{0}和{1}之间到底有什么{2}的关系",
    "是谁在{0}最困难的时候说过{1}以及{2}",
)


def asked_questions(count: int, made: Language, passages: int, seed: int = 1) -> list[str]:
    """Return natural questions, each about one of the first `passages` lessons of the corpus."""
    dice = random.Random(seed)
    found = []
    for _ in range(count):
        _, own = own_words(dice.randrange(passages), made)
        found.append(dice.choice(_PATTERNS).format(*dice.sample(own, 3)))
    return found


def _spoken(n: int, made: Language) -> list[str]:
    """The lines of a passage: a quarter of its words are its own, as in `bench.searched.corpus`."""
    dice, own = own_words(n, made)
    lines, line, length = [], "", 0
    while length < PASSAGE_CHARACTERS:
        line += dice.choice(own) if dice.random() < 1 / 4 else made.phrase(dice)
        if len(line) >= _LINE_CHARACTERS:
            lines.append(line + "，")
            length += len(line)
            line = ""
    return lines


@contextmanager
def _library(folder: Path, made: Language, passages: int, engine: str) -> Iterator[Ports]:
    """Yield an open library of so many passages, all indexed."""
    settings = Settings(data=folder, worker=False, search=engine, _env_file=None)  # type: ignore[call-arg, arg-type]
    ports = open_ports(settings)
    for first in range(0, passages, _AT_ONCE):
        with ports.db.write() as session:
            for n in range(first, min(passages, first + _AT_ONCE)):
                _add(session, n, made)
    ports.indexer.rebuild()
    try:
        yield ports
    finally:
        ports.close()


def _add(session: Session, n: int, made: Language) -> None:
    lines = _spoken(n, made)
    end_s = _LINE_S * len(lines)
    lesson = make.lesson(session, _title(n, made))
    (clip,) = catalog.put_clips(session, lesson, [catalog.Cut(0.0, end_s, "pause")])
    make.ready(session, clip)
    catalog.set_media(session, lesson, kind=LessonKind.VIDEO, duration_s=end_s)
    cues = [CueLine(_LINE_S * at, _LINE_S * (at + 1), text) for at, text in enumerate(lines)]
    catalog.put_transcript(session, lesson, TranscriptQuality.EXACT, cues)


def _title(n: int, made: Language) -> str:
    _, own = own_words(n, made)
    return "".join(own[:3])


def _document(n: int, made: Language) -> Document:
    return Document(f"d{n}", f"l{n}", title=_title(n, made), spoken="\n".join(_spoken(n, made)))


def natural(folder: Path, made: Language, asked: int, warming: int, passages: int = PASSAGES) -> list[Figure]:
    """The API with Whoosh beside FTS5."""
    questions = asked_questions(warming + asked, made, passages)
    with _library(folder / "natural", made, passages, "whoosh") as ports:
        fts = Fts5(folder / "natural.db")
        fts.fill(_document(n, made) for n in range(passages))
        reader = ports.indexer.reader()
        with ports.db.read() as session:
            dictionary = DictionaryInUse(ports.db).now(session)
        scope = scope_of(NOBODY)
        with requesting(ports) as ask:
            works: dict[str, Callable[[str], object]] = {
                "api": lambda question: ask(f"/api/v1/search?q={quote(question)}"),
                "fts5": fts.any_of,
                "search": lambda question: reader.search(question, scope, dictionary=dictionary, counts=True),
                "meant": lambda question: reader.did_you_mean(question, scope, dictionary),
            }
            for question in questions[:warming]:
                for work in works.values():
                    work(question)
            times = in_turns(questions[warming:], works)
    return _figures(times, f"{asked} questions, {passages:,} passages made here")


def _figures(times: dict[str, list[float]], words: str) -> list[Figure]:
    return [
        Figure(
            "questions_api_over_fts5",
            f"p95 of {words}: API with Whoosh / FTS5, any word",
            p95_ratio(times, "api", "fts5"),
            1.5,
        ),
        Figure(
            "questions_api_ms", f"p95 of {words}: API with Whoosh, ms of CPU", p95(times["api"]) * 1e3, None
        ),
        Figure(
            "questions_search_ms",
            f"p95 of {words}: its search alone, ms of CPU",
            p95(times["search"]) * 1e3,
            None,
        ),
        Figure(
            "questions_meant_ms", f"p95 of {words}: did you mean, ms of CPU", p95(times["meant"]) * 1e3, None
        ),
    ]
