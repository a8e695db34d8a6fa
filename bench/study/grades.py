"""What a month of a county costs: `python -m bench.study.grades`.

600 branches, 20,000 people, 400,000 pieces of evidence and the rolls of 2,400 gatherings on SQLite; proposed
as `weike grades propose` does it, then compared with what the ledger says, then with another rule set.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

from sqlalchemy import insert

from bench.measure import machine
from bench.report import Figure, show
from library.core.database import open_database
from library.core.ids import new_id
from library.core.permits import MemberState
from library.evidence.rules import RULE_VERSION, EvidenceKind, Source, StudyForm
from library.evidence.tables import Evidence
from library.gatherings.rules import Due, GatheringState, Mark
from library.gatherings.tables import Gathering, RollEntry
from library.grades import actions, facts, queries, ruling
from library.grades.examples import BASE_SIXTY
from library.grades.language import parse
from library.organisation import actions as organisation
from library.organisation import queries as queries_of
from library.organisation.tables import Node
from library.people.rules import MembershipKind
from library.people.tables import Membership, Person
from server import migrate
from server.commands.administrator import machine as everybody
from server.commands.study.grades import AT_ONCE

MONTH = "2026-10"
NOW = datetime(2026, 12, 3, 2, tzinfo=UTC)
_KINDS = (
    (EvidenceKind.DID, StudyForm.SELF, Source.SELF_STUDY, 1),
    (EvidenceKind.DID, StudyForm.PRACTICE, Source.PRACTICE, 1),
    (EvidenceKind.WATCHED, StudyForm.ONLINE, Source.WATCHING, 900),
    (EvidenceKind.WROTE, StudyForm.SELF, Source.REFLECTION, 1),
    (EvidenceKind.LECTURED, StudyForm.GATHERED, Source.LECTURE, 1800),
)


def fill(db, branches: int, people: int, pieces: int) -> str:  # type: ignore[no-untyped-def]
    """Fill a library; returns the id of the county's node."""
    random = Random(7)
    with db.write() as session:
        root = queries_of.root_node(session)
        top = organisation.add_named(session, root, "县委", NOW)
        county = top.id
        nodes = [organisation.add_named(session, top, f"第{n}村党支部", NOW).id for n in range(branches)]
        ids = [new_id() for _ in range(people)]
        session.execute(
            insert(Person),
            [
                {"id": one, "username": f"p{n}", "name": f"党员{n:05}", "password_hash": "", "active": True}
                | {"language": None, "created_at": NOW}
                for n, one in enumerate(ids)
            ],
        )
        home = {one: nodes[n % branches] for n, one in enumerate(ids)}
        session.execute(
            insert(Membership),
            [
                {"id": new_id(), "person_id": one, "node_id": home[one], "kind": MembershipKind.HOME}
                | {"state": MemberState.FULL, "since": date(2026, 1, 1), "until": None, "noted_at": NOW}
                | {"noted_by": None}
                for one in ids
            ],
        )
    left = pieces
    by_node: dict[str, list[str]] = {one: [] for one in nodes}
    for one in ids:
        by_node[home[one]].append(one)
    with db.write() as session:
        for node in nodes:
            left -= _gatherings(session, node, by_node[node], random)
    every = max(1, left // people)
    for first in range(0, people, 2_000):
        with db.write() as session:
            made = [
                _piece(one, home[one], *random.choice(_KINDS), random.randrange(31))
                for one in ids[first : first + 2_000]
                for _ in range(every)
            ]
            session.execute(insert(Evidence), made)
    return county


def _gatherings(session, node: str, people: list[str], random: Random) -> int:  # type: ignore[no-untyped-def]
    """Four gatherings of a branch with their rolls; returns how many pieces they gave."""
    rows, rolls, pieces = [], [], []
    for week in range(4):
        begin = datetime(2026, 10, 5 + 7 * week, 6, tzinfo=UTC)
        form = StudyForm.EVENING if week % 2 else StudyForm.GATHERED
        at = {"starts_at": begin, "ends_at": begin + timedelta(hours=1), "opened_at": begin}
        rows.append(
            {
                "id": new_id(),
                "node_id": node,
                "kind": "study",
                "form": form,
                "title": "学习",
                "week": "2026-W41",
            }
            | {"place": "", "agenda": "", "state": GatheringState.ENDED, "version": 1, "changed_at": begin}
            | {**at, "ended_at": at["ends_at"]}
        )
        for one in people:
            there = random.random() < 0.85
            rolls.append(
                {
                    "id": new_id(),
                    "gathering_id": rows[-1]["id"],
                    "person_id": one,
                    "node_id": node,
                    "name": "",
                }
                | {"due": Due.DUE, "mark": Mark.PRESENT if there else Mark.ABSENT, "reason": "", "version": 1}
            )
            if there:
                piece = _piece(one, node, EvidenceKind.ATTENDED, form, Source.GATHERING, 3600, week * 7 + 4)
                pieces.append(piece | {"source_id": rows[-1]["id"]})
    session.execute(insert(Gathering), rows)
    session.execute(insert(RollEntry), rolls)
    session.execute(insert(Evidence), pieces)
    return len(pieces)


def _piece(
    person: str, node: str, kind: EvidenceKind, form: StudyForm, source: Source, amount: int, day: int
) -> dict[str, object]:
    return {
        "id": new_id(),
        "person_id": person,
        "node_id": node,
        "kind": kind,
        "form": form,
        "amount": amount,
        "day": date(2026, 10, 1) + timedelta(days=day),
        "source": source,
        "source_id": new_id(),
        "made_up": False,
        "rule_version": RULE_VERSION,
        "reverses_id": None,
        "recorded_at": NOW - timedelta(days=3),
        "recorded_by": None,
    }


def main() -> None:
    """Measure."""
    read = argparse.ArgumentParser(description=__doc__)
    read.add_argument("--branches", type=int, default=600)
    read.add_argument("--people", type=int, default=20_000)
    read.add_argument("--pieces", type=int, default=400_000)
    asked = read.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'weike.sqlite'}"
        db = open_database(url)
        migrate.prepare(db, "县", NOW)
        began = time.perf_counter()
        county = fill(db, asked.branches, asked.people, asked.pieces)
        print(f"filled in {time.perf_counter() - began:.0f} s")
        with db.write() as session:
            viewer = everybody(session)
            row = ruling.make(session, viewer, county, json.dumps(BASE_SIXTY), "2026-01", NOW)
            ruling.tried(session, viewer, row.id, NOW)
            ruling.put_in_force(session, viewer, row.id, row.changes, NOW)
        with db.read() as session:
            ids = facts.grading_nodes(session, county, date(2026, 10, 31))
        parts = [ids[n : n + AT_ONCE] for n in range(0, len(ids), AT_ONCE)]

        began, people = time.perf_counter(), 0
        for some in parts:
            with db.write() as session:
                found = [session.get_one(Node, one) for one in some]
                done = actions.propose_all(session, everybody(session), found, MONTH, NOW)
                people += sum(one.people for one in done)
        proposed_s = time.perf_counter() - began
        assert people == asked.people, people

        began, other = time.perf_counter(), 0
        for some in parts:
            with db.read() as session:
                found = [session.get_one(Node, one) for one in some]
                other += len(queries.differences(session, found, MONTH, NOW))
        compared_s = time.perf_counter() - began
        assert other == 0, other

        began, changed = time.perf_counter(), 0
        ruled = parse({**BASE_SIXTY, "base": 65})
        for some in parts:
            with db.read() as session:
                found = [session.get_one(Node, one) for one in some]
                changed += sum(one.other for one in queries.try_rules(session, ruled, found, MONTH, NOW))
        ruled_s = time.perf_counter() - began
        db.close()
    report(proposed_s, compared_s, ruled_s, changed)


def report(proposed_s: float, compared_s: float, ruled_s: float, changed: int) -> None:
    """Print the figures."""
    show(
        [
            Figure("proposed_s", "proposals of a county's month, s", proposed_s, 60),
            Figure("difference_s", "difference to the ledger, s", compared_s, 90),
            Figure("other_rules_s", "difference by another rule set, s", ruled_s, 90),
            Figure("others", "people whose points that changed", changed, None),
        ],
        machine(),
        as_json=False,
    )


if __name__ == "__main__":
    main()
