"""A town with three branches and 13 learning groups, and what happened there in a month."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from library.core.ids import new_id
from library.core.permits import MemberState, Role, Viewer
from library.evidence import actions as evidence
from library.evidence.rules import EvidenceKind, Piece, Source, StudyForm
from library.gatherings.rules import Due, GatheringState, Mark
from library.gatherings.tables import Gathering, RollEntry
from library.grades import ruling
from library.grades.tables import Rules
from library.organisation import actions as organisation
from library.organisation.tables import Node
from library.people.rules import MembershipKind
from library.people.tables import Membership
from tests.support import factories as make

TOWN = json.loads((Path(__file__).parents[2] / "data" / "grades_town_month.json").read_text())
MONTH = "2026-10"
EARLY = datetime(2026, 1, 5, 1, tzinfo=UTC)
NOW = datetime(2026, 12, 3, 2, tzinfo=UTC)
"""After the month, so that it can be frozen."""
MARKS = {"P": Mark.PRESENT, "L": Mark.LATE, "M": Mark.MADE_UP, "A": Mark.ABSENT, "E": Mark.ABSENT}


@dataclass
class Place:
    """A town, its branches with their secretaries, and its people by name."""

    town: Node
    branches: list[Node]
    staff: Viewer
    secretaries: list[Viewer]
    people: dict[str, str] = field(default_factory=dict)


def place(session: Session, branches: int = 3) -> Place:
    """A town with branches, and nobody in them but their secretaries, who are at home in the town."""
    top = make.root(session)
    town = organisation.add_named(session, top, f"青溪镇{new_id()[-4:]}", EARLY)
    made = [organisation.add_named(session, town, f"第{n}支部", EARLY) for n in range(1, branches + 1)]
    staff = make.person(session, (Role.STAFF, town), name="镇工作人员")
    heads = [make.person(session, (Role.SECRETARY, one), name=f"书记{n}") for n, one in enumerate(made, 1)]
    for one in [staff, *heads]:
        settle(session, str(one.person_id), top)
    return Place(town, made, staff, heads)


def settle(
    session: Session,
    person_id: str,
    node: Node,
    since: date = date(2026, 1, 1),
    until: date | None = None,
    state: MemberState | None = MemberState.FULL,
) -> None:
    """Let a node be somebody's home, in place of what a role made it."""
    open_ = session.query(Membership).filter_by(person_id=person_id, until=None, kind=MembershipKind.HOME)
    for row in open_:
        session.delete(row)
    session.flush()
    session.add(
        Membership(
            id=new_id(),
            person_id=person_id,
            node_id=node.id,
            kind=MembershipKind.HOME,
            state=state,
            since=since,
            until=until,
            noted_at=EARLY,
            noted_by=None,
        )
    )
    session.flush()


def member(session: Session, node: Node, name: str, state: MemberState | None = MemberState.FULL) -> Viewer:
    """A member at home at a node since January."""
    viewer = make.person(session, name=name)
    settle(session, str(viewer.person_id), node, state=state)
    return viewer


def gathering(
    session: Session,
    node: Node,
    day: date,
    marks: Sequence[tuple[str, str]],
    form: StudyForm = StudyForm.GATHERED,
    title: str = "集中学习",
) -> Gathering:
    """A gathering that ended, with a roll of (person id, mark as in the data), and its evidence."""
    begin = datetime(day.year, day.month, day.day, 6, tzinfo=UTC)
    row = Gathering(
        id=new_id(),
        node_id=node.id,
        kind="study",
        form=form,
        title=title,
        week=f"{day.isocalendar().year}-W{day.isocalendar().week:02d}",
        starts_at=begin,
        ends_at=begin + timedelta(hours=1),
        place="会议室",
        agenda="",
        state=GatheringState.ENDED,
        opened_at=begin,
        ended_at=begin + timedelta(hours=1),
        changed_at=begin,
    )
    session.add(row)
    session.flush()
    pieces = []
    for person_id, mark in marks:
        session.add(
            RollEntry(
                id=new_id(),
                gathering_id=row.id,
                person_id=person_id,
                node_id=node.id,
                due=Due.DUE,
                mark=MARKS[mark],
                reason="出差" if mark == "E" else "",
            )
        )
        if mark in "PLM":
            kind = EvidenceKind.ATTENDED
            pieces.append(
                Piece(
                    person_id, node.id, kind, form, 3600, day, Source.GATHERING, row.id, made_up=mark == "M"
                )
            )
    session.flush()
    evidence.say(session, Source.GATHERING, row.id, pieces, begin + timedelta(hours=1))
    return row


_ALONE = {
    "self": (EvidenceKind.DID, StudyForm.SELF, Source.SELF_STUDY),
    "practice": (EvidenceKind.DID, StudyForm.PRACTICE, Source.PRACTICE),
    "lecture": (EvidenceKind.LECTURED, StudyForm.GATHERED, Source.LECTURE),
    "wrote": (EvidenceKind.WROTE, StudyForm.SELF, Source.REFLECTION),
}


def did(session: Session, person_id: str, node: Node, what: str, day: date, at: datetime) -> str:
    """One piece of evidence of what somebody did alone; returns the id of its source."""
    kind, form, source = _ALONE[what]
    amount = 1800 if what == "lecture" else 1
    source_id = new_id()
    piece = Piece(person_id, node.id, kind, form, amount, day, source, source_id)
    evidence.say(session, source, source_id, [piece], at)
    return source_id


def rules(session: Session, viewer: Viewer, node: Node, document: Any, valid_from: str = "2026-01") -> Rules:
    """A rule set in force at a node."""
    row = ruling.make(session, viewer, node.id, json.dumps(document), valid_from, EARLY)
    ruling.tried(session, viewer, row.id, EARLY)
    return ruling.put_in_force(session, viewer, row.id, row.changes, EARLY)


def town(session: Session) -> Place:
    """The town of tests/data/grades_town_month.json, and all that happened there in its month."""
    made = place(session)
    by_branch: dict[int, list[list[Any]]] = {1: [], 2: [], 3: []}
    by_group: dict[int, list[list[Any]]] = {}
    for row in TOWN["people"]:
        viewer = member(session, made.branches[row[1] - 1], row[0])
        made.people[row[0]] = str(viewer.person_id)
        by_branch[row[1]].append(row)
        by_group.setdefault(row[2], []).append(row)
    assert len(by_group) == 13
    at = datetime(2026, 10, 30, 8, tzinfo=UTC)
    for n, rows in by_branch.items():
        for k in range(4):
            marks = [(made.people[row[0]], row[3][k]) for row in rows if k < len(row[3])]
            if marks:
                gathering(session, made.branches[n - 1], date(2026, 10, 12 + k), marks)
    for rows in by_group.values():
        for k in range(4):
            marks = [(made.people[row[0]], row[4][k]) for row in rows if k < len(row[4])]
            if marks:
                gathering(session, made.town, date(2026, 10, 20 + k), marks, StudyForm.EVENING, "夜校")
    for row in TOWN["people"]:
        for what, count in zip(("self", "practice", "lecture", "wrote"), row[5:9], strict=True):
            for k in range(count):
                node = made.branches[row[1] - 1]
                did(session, made.people[row[0]], node, what, date(2026, 10, 2 + k), at)
    return made
