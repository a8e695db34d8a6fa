"""What it takes to show somebody what of their text is like others': `python -m bench.study.similarity`.

A library with 100,000 reflections that were sent, of 300 to 1,500 characters. Most of them have set phrases
in common, one sentence in ten is a set sentence of a hundred, and one text in fifty copies half of another.
Somebody then looks at texts of their own: some with nothing of others in them, some with a paragraph copied.
Each look is all that the page does in the database: fingerprints, candidates, passages, the transcript.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median

from sqlalchemy import insert
from sqlalchemy.orm import Session

from bench.measure import machine, p95
from bench.report import Figure, show
from bench.searched.corpus import Language, language
from library.core.database import Database, open_database
from library.core.ids import new_id
from library.core.permits import Role, Viewer
from library.reflections.likeness.comparing import Whence, compare
from library.reflections.likeness.rules import prepare, prints
from library.reflections.likeness.stock_phrases import PHRASES
from library.reflections.rules import ReflectionState
from library.reflections.tables import Print, Reflection
from server import migrate
from tests.support import factories
from tests.support.databases import NOW
from tests.support.outside import postgres

TEXTS, WRITERS, LOOKS, AT_ONCE = 100_000, 2_000, 200, 2_000
REACH_MS = 300.0


def sentence(dice: random.Random, made: Language) -> str:
    """Return a sentence of some thirty characters."""
    said = ""
    while len(said) < 24:
        said += made.phrase(dice) if dice.random() < 0.4 else made.word(dice)
    return said + "。"


def written(dice: random.Random, made: Language, known: list[str]) -> str:
    """Return a text: sentences of its own, set phrases, set sentences."""
    parts, length, most = [], 0, dice.randint(300, 1_500)
    while length < most:
        chance = dice.random()
        part = dice.choice(known) if chance < 0.1 else sentence(dice, made)
        if chance > 0.8:
            part = f"{dice.choice(PHRASES)}，{part}"
        parts.append(part)
        length += len(part)
    return "".join(parts)


def fill(db: Database, count: int) -> tuple[Viewer, str, list[str]]:
    """Put texts in; returns somebody who writes, a lesson's id, and some of the texts."""
    made, dice = language(), random.Random(3)
    known = [sentence(dice, made) for _ in range(100)]
    with db.write() as session:
        root = factories.root(session)
        writers = [factories.person(session) for _ in range(min(WRITERS, count))]
        viewer = factories.person(session, (Role.MEMBER, root))
        spoken = [sentence(dice, made) for _ in range(60)]
        lesson_id, node_id = factories.lesson(session, spoken=spoken, clips=10).id, root.id
    some: list[str] = []
    all_prints: list[tuple[int, int]] = []
    for first in range(0, count, AT_ONCE):
        rows = []
        for n in range(first, min(first + AT_ONCE, count)):
            text = written(dice, made, known)
            if some and dice.random() < 0.02:
                other = dice.choice(some)
                text = text[: len(text) // 2] + other[len(other) // 3 :]
            if len(some) < 500 or dice.random() < 0.02:
                some.append(text)
            number = random.getrandbits(62)
            all_prints += [(one, number) for one in prints(prepare(text))]
            rows.append(_row(n, number, text, str(writers[n % len(writers)].person_id), node_id))
        with db.write() as session:
            session.execute(insert(Reflection), rows)
    all_prints.sort()
    for first in range(0, len(all_prints), 500_000):
        with db.write() as session:
            some_rows = [{"hash": one, "number": two} for one, two in all_prints[first : first + 500_000]]
            session.execute(insert(Print), some_rows)
    if not db.is_sqlite:
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE reflections_print")
            connection.exec_driver_sql("VACUUM ANALYZE reflections_reflection")
    return viewer, lesson_id, some


def _row(n: int, number: int, text: str, writer: str, node_id: str) -> dict[str, object]:
    return {
        "id": new_id(),
        "number": number,
        "person_id": writer,
        "node_id": node_id,
        "title": f"心得{n}",
        "text": text,
        "state": ReflectionState.SENT,
        "version": 2,
        "remark": "",
        "made_at": NOW,
        "changed_at": NOW,
        "sent_at": NOW,
    }


def look(session: Session, viewer: Viewer, lesson_id: str, text: str) -> tuple[float, bool]:
    """Return how long a look at a text takes in milliseconds, and whether it found another's."""
    row = Reflection(
        id=new_id(), number=1, person_id=str(viewer.person_id), lesson_id=lesson_id, text=text, title=""
    )
    began = time.perf_counter()
    found = compare(session, viewer, row).likenesses
    took = 1_000 * (time.perf_counter() - began)
    return took, any(one.whence is Whence.ANOTHER for one in found)


def measure(db: Database, kind: str, count: int, looks: int) -> list[Figure]:
    """Fill a database and look; returns the figures of its kind."""
    began = time.perf_counter()
    viewer, lesson_id, some = fill(db, count)
    filled_s = time.perf_counter() - began
    made, dice = language(), random.Random(11)
    fresh = [sentence(dice, made) for _ in range(100)]
    times, copied_found, copied, alarms = [], 0, 0, 0
    for n in range(looks):
        text = written(dice, made, fresh)
        copies = n % 2 == 1
        if copies:
            other = dice.choice(some)
            start = dice.randrange(max(1, len(other) - 150))
            text = text[:200] + other[start : start + 150] + text[200:]
        with db.read() as session:
            took, found = look(session, viewer, lesson_id, text)
        times.append(took)
        copied += copies
        copied_found += copies and found
        alarms += not copies and found
    with db.read() as session:
        size = _size_mb(session, db)
    return [
        Figure(f"{kind}_p50_ms", f"{kind}: a look at one text, median, ms", median(times), None),
        Figure(f"{kind}_p95_ms", f"{kind}: the same, p95, ms", p95(times), REACH_MS),
        Figure(f"{kind}_most_ms", f"{kind}: the longest of {looks}, ms", max(times), None),
        Figure(
            f"{kind}_found",
            f"{kind}: paragraphs that were copied and found",
            copied_found / copied,
            0.95,
            at_most=False,
        ),
        Figure(
            f"{kind}_alarms",
            f"{kind}: texts of one's own that were said to be like others",
            alarms / (looks - copied),
            0.02,
        ),
        Figure(f"{kind}_mb", f"{kind}: the whole database, MB", size, None),
        Figure(f"{kind}_fill_s", f"{kind}: making and keeping all texts, s", filled_s, None),
    ]


def _size_mb(session: Session, db: Database) -> float:
    if db.is_sqlite:
        pages = session.connection().exec_driver_sql("PRAGMA page_count").scalar_one()
        return int(pages) * 4096 / 2**20
    size = session.connection().exec_driver_sql("SELECT pg_database_size(current_database())").scalar_one()
    return int(size) / 2**20


@contextmanager
def opened(kind: str, folder: Path) -> Iterator[Database]:
    """A migrated database of a kind, opened."""
    with ExitStack() as stack:
        if kind == "sqlite":
            url = f"sqlite:///{folder / 'weike.sqlite'}"
        else:
            server = stack.enter_context(postgres.running_server())
            url = server.url(server.create())
        db = open_database(url)
        stack.callback(db.close)
        migrate.prepare(db, "青溪县委党校", NOW)
        yield db


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=int, default=TEXTS, help="reflections that were sent")
    parser.add_argument("--looks", type=int, default=LOOKS)
    parser.add_argument("--database", choices=["sqlite", "postgres", "both"], default="both")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    kinds = ["sqlite", "postgres"] if asked.database == "both" else [asked.database]
    figures = []
    for kind in kinds:
        with tempfile.TemporaryDirectory() as folder, opened(kind, Path(folder)) as db:
            figures += measure(db, kind, asked.texts, asked.looks)
    show(figures, f"{asked.texts} texts. {machine()}", as_json=asked.json)


if __name__ == "__main__":
    main()
