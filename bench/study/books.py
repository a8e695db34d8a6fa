"""The books of a county, one person's page, and nights ended by kill -9: `python -m bench.study.books`.

600 branches with 20,000 members and a year of 400,000 pieces of evidence. `--postgres` measures it on a
PostgreSQL of its own, which waits for the disk, instead of SQLite; `--kills N` ends so many nightly runs, and
looks afterwards whether anything is lost or doubled.
"""

from __future__ import annotations

import argparse
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, insert, select, update

from bench.measure import in_turns, machine, p95_ratio
from bench.nil_page import requesting
from bench.report import Figure, show
from library.access.rules import TokenScope
from library.books import queries, watching
from library.catalog.tables import Clip
from library.core.clock import local_day, midnight, utc_now
from library.core.database import Database, open_database
from library.core.ids import new_id
from library.core.permits import MemberState, Role
from library.evidence import queries as evidence
from library.evidence.rules import RULE_VERSION, EvidenceKind, Source, StudyForm
from library.evidence.tables import Evidence
from library.organisation import actions as organisation
from library.people.rules import MembershipKind
from library.people.tables import Membership, Person
from library.plays import closing
from library.plays.rules import Kind
from library.plays.tables import Play
from server import migrate
from server.settings import Settings
from server.wiring import Ports, open_ports
from tests.support import factories
from tests.support.outside.postgres import running_server
from tests.support.server import new_data
from tests.support.signing import token

TOWNS, BRANCHES, PEOPLE, PIECES = 20, 600, 20_000, 400_000
LESSONS = 200
ROUNDS = 150
_AT_ONCE = 20_000
YEAR = local_day(utc_now()).year


def fill(db: Database, people: int, pieces: int) -> list[str]:
    """Put a county in; returns the ids of its people."""
    now = utc_now()
    with db.write() as session:
        root = factories.root(session)
        nodes = []
        for town in range(TOWNS):
            above = organisation.add_named(session, root, f"第{town}镇党委", now)
            nodes += [
                organisation.add_named(session, above, f"第{town}镇{n}村党支部", now).id
                for n in range(BRANCHES // TOWNS)
            ]
        lessons = [factories.lesson(session, f"党课第{n}讲", clips=3).id for n in range(LESSONS)]
    ids = [new_id() for _ in range(people)]
    homes = {one: nodes[n % len(nodes)] for n, one in enumerate(ids)}
    with db.write() as session:
        session.execute(insert(Person), [_person(one, n, now) for n, one in enumerate(ids)])
        session.execute(insert(Membership), [_home(one, homes[one], now) for one in ids])
    chance = random.Random(17)
    for first in range(0, pieces, _AT_ONCE):
        with db.write() as session:
            rows = [
                _piece(chance, ids, homes, lessons, n, now)
                for n in range(first, min(pieces, first + _AT_ONCE))
            ]
            session.execute(insert(Evidence), rows)
    return ids


def _person(person_id: str, n: int, now: datetime) -> dict[str, object]:
    return {
        "id": person_id,
        "username": f"bench-{n}",
        "name": f"党员{n}",
        "password_hash": "",
        "active": True,
        "created_at": now,
    }


def _home(person_id: str, node_id: str, now: datetime) -> dict[str, object]:
    return {
        "id": new_id(),
        "person_id": person_id,
        "node_id": node_id,
        "kind": MembershipKind.HOME,
        "state": MemberState.FULL,
        "since": date(2020, 1, 1),
        "noted_at": now,
    }


_KINDS = (
    (EvidenceKind.ATTENDED, StudyForm.GATHERED, Source.GATHERING),
    (EvidenceKind.WATCHED, StudyForm.ONLINE, Source.WATCHING),
    (EvidenceKind.WATCHED, StudyForm.GATHERED, Source.SHOWING),
    (EvidenceKind.STUDIED, StudyForm.SELF, Source.SELF_STUDY),
    (EvidenceKind.DID, StudyForm.PRACTICE, Source.PRACTICE),
)


def _piece(
    chance: random.Random, ids: list[str], homes: dict[str, str], lessons: list[str], n: int, now: datetime
) -> dict[str, object]:
    person, (kind, form, source) = ids[n % len(ids)], chance.choices(_KINDS, (40, 35, 15, 7, 3))[0]
    day = date(YEAR, 1, 1) + timedelta(days=chance.randrange(330))
    lesson = chance.choice(lessons) if kind is EvidenceKind.WATCHED else None
    return {
        "id": new_id(),
        "person_id": person,
        "node_id": homes[person],
        "kind": kind,
        "form": form,
        "amount": 1 if kind is EvidenceKind.DID else chance.randrange(60, 5400),
        "day": day,
        "source": source,
        "source_id": f"{lesson}:{day}" if source is Source.WATCHING else f"s{n}",
        "lesson_id": lesson,
        "made_up": kind is EvidenceKind.ATTENDED and n % 20 == 0,
        "rule_version": RULE_VERSION,
        "recorded_at": now,
    }


def county(db: Database) -> tuple[float, int]:
    """Count everybody's books once; returns the seconds and for how many."""
    began, day = time.monotonic(), date(YEAR, 12, 1)
    with db.read() as session:
        members = queries.members_of(session, day)
        count = sum(1 for _one in queries.each_books(session, members, queries.tables(session), YEAR, day))
    return time.monotonic() - began, count


# ------------------------------------------------------------------ one person's page


def page(
    stack: ExitStack, folder: Path, people: int, pieces: int, url: str = ""
) -> tuple[Ports, Callable[[str], None]]:
    """Open a library with a county, at `url` or on SQLite in its folder, and return what asks for the page of
    one of its people."""
    settings = Settings(  # type: ignore[call-arg]
        data=new_data(folder), worker=False, database_url=url, _env_file=None
    )
    ports = open_ports(settings)
    stack.callback(ports.close)
    ids = fill(ports.db, people, pieces)
    with ports.db.write() as session:
        _made, secret = token(session, ids[0], "bench", utc_now(), TokenScope.READ)
    return ports, stack.enter_context(requesting(ports, secret))


# ------------------------------------------------------------------ nights that are ended


def nights(url: str, kills: int) -> tuple[int, int]:
    """End so many nightly runs by kill -9; returns how many pieces are lost and how many doubled."""
    db = open_database(url)
    migrate.prepare(db, "青溪县委党校", utc_now())
    lessons = _played(db)
    chance = random.Random(23)
    for _ in range(kills):
        child = subprocess.Popen(
            [sys.executable, "-m", "bench.study.books", "--night", url], stdout=subprocess.PIPE
        )
        assert child.stdout is not None
        child.stdout.readline()
        time.sleep(chance.uniform(0.0, 0.25))
        child.send_signal(signal.SIGKILL)
        child.wait()
        child.stdout.close()
    watching.run(db, utc_now)
    today = local_day(utc_now())
    days = [today - timedelta(days=n) for n in range(1, 12)]
    with db.read() as session:
        wanted = {p for one in lessons for day in days for p in watching.pieces_of(session, one, day)}
        found = list(evidence.pieces_of(session, days[-1], today))
        rows = session.scalar(select(func.count()).select_from(Evidence)) or 0
    db.close()
    return len(wanted - set(found)), max(len(found), rows) - len(set(found))


def _played(db: Database) -> list[str]:
    """Let sixty people watch thirty lessons on ten days that are closed since."""
    today, rows = local_day(utc_now()), []
    with db.write() as session:
        root = factories.root(session)
        people = [factories.person(session, (Role.MEMBER, root)).person_id for _ in range(60)]
        lessons = [factories.lesson(session, f"课{n}", clips=1) for n in range(30)]
        clips = session.execute(select(Clip.id, Clip.lesson_id)).all()
        ids = [one.id for one in lessons]
        for n in range(1, 11):
            at = midnight(today - timedelta(days=n)) + timedelta(hours=9)
            rows += [
                _play(person, clip_id, lesson_id, at) for person in people for clip_id, lesson_id in clips
            ]
        session.execute(insert(Play), rows)
        closing.close(session, today - timedelta(days=1), utc_now())
        session.execute(update(Play).values(counted=True))
    return ids


def _play(person: str | None, clip_id: str, lesson_id: str, at: datetime) -> dict[str, object]:
    begin = random.Random(f"{person}{clip_id}{at}").uniform(0, 40)
    return {
        "id": new_id(),
        "clip_id": clip_id,
        "lesson_id": lesson_id,
        "viewer": f"p:{person}",
        "kind": Kind.MEMBER,
        "source": "feed",
        "started_at": at,
        "last_at": at + timedelta(minutes=1),
        "ranges": [[begin, begin + 15]],
        "credited_s": 15.0,
    }


def night(url: str) -> None:
    """One nightly run, which says that it begins."""
    db = open_database(url)
    print("begins", flush=True)
    watching.run(db, utc_now)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--pieces", type=int, default=PIECES)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--postgres", action="store_true", help="a PostgreSQL of its own instead of SQLite")
    parser.add_argument("--night", default="", help=argparse.SUPPRESS)
    parser.add_argument("--json", action="store_true", help="one object instead of a table")
    chosen = parser.parse_args()
    if chosen.night:
        night(chosen.night)
        return
    about, figures = machine(), list[Figure]()
    with tempfile.TemporaryDirectory(prefix="weike-books-") as name, ExitStack() as stack:
        server = stack.enter_context(running_server(durable=True)) if chosen.postgres else None
        urls = [server.url(server.create()) if server else "" for _ in range(3)]
        ports, ask = page(stack, Path(name) / "county", chosen.people, chosen.pieces, urls[0])
        _none, ask_empty = page(stack, Path(name) / "empty", TOWNS, 0, urls[1])
        if server:  # as the server does by itself after so much was written
            with ports.db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("ANALYZE")
        took_s, count = county(ports.db)
        words = f"books of {count} people, {chosen.pieces} pieces, seconds"
        figures.append(Figure("county_s", words, took_s, 60.0))
        times = in_turns(["/learning"] * ROUNDS, {"county": ask, "empty": ask_empty})
        ratio = p95_ratio(times, "county", "empty")
        figures.append(Figure("page", "one person's page, p95 over an empty one's", ratio, 1.5))
        file = new_data(Path(name) / "nights") / "weike.sqlite"
        lost, doubled = nights(urls[2] or f"sqlite:///{file}", chosen.kills)
        figures.append(Figure("lost", f"pieces lost over {chosen.kills} kills", float(lost), 0.0))
        figures.append(Figure("doubled", f"pieces doubled over {chosen.kills} kills", float(doubled), 0.0))
    show(figures, about, as_json=chosen.json)


if __name__ == "__main__":
    main()
