"""Two at the grades of one branch at once, where writers do not queue up by themselves."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from library.core.database import Database
from library.core.errors import Conflict
from library.grades import actions, queries
from library.grades.examples import BASE_SIXTY
from library.grades.tables import Grade, Item, Period
from tests.library.grades import making
from tests.library.grades.making import MONTH, NOW

pytestmark = pytest.mark.postgres


def _branch(db: Database) -> tuple[Any, str, str]:
    """A branch whose October is proposed, with two members; returns it, the period and somebody's grade."""
    with db.write() as session:
        town = making.place(session, branches=1)
        people = [making.member(session, town.branches[0], name) for name in ("甲", "乙")]
        town.people = {one.name: str(one.person_id) for one in people}
        making.rules(session, town.staff, town.town, BASE_SIXTY)
        actions.propose(session, town.secretaries[0], town.branches[0].id, MONTH, NOW)
        period = queries.period_of(session, town.branches[0].id, MONTH)
        assert period is not None
        [first, _second] = queries.holding(session, [period.id])
        ids = town.branches[0].id
        town.branches = [ids]
        return town, period.id, first.grade.id


def _meanwhile(db: Database, first: Callable[[Session], Any], then: Callable[[Session], Any]) -> Any:
    """Let `then` begin while what `first` did is not committed; returns what `then` returned."""

    def later() -> Any:
        with db.write() as session:
            return then(session)

    with ThreadPoolExecutor() as pool:
        with db.write() as session:
            first(session)
            session.flush()
            waits = pool.submit(later)
            end = time.monotonic() + 20
            while not waits.done() and time.monotonic() < end:
                with db.read() as other:
                    if other.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")):
                        break
                time.sleep(0.05)
        return waits.result(timeout=20)


def test_what_is_decided_while_it_is_proposed_anew_stays(postgres_db: Database) -> None:
    town, period_id, grade_id = _branch(postgres_db)
    head, [node_id] = town.secretaries[0], town.branches
    _meanwhile(
        postgres_db,
        lambda session: actions.decide(session, head, grade_id, "优", "支部大会讨论决定", NOW),
        lambda session: actions.propose(session, head, node_id, MONTH, NOW),
    )
    with postgres_db.read() as session:
        grade = session.get_one(Grade, grade_id)
        assert (grade.band, grade.reason) == ("优", "支部大会讨论决定")
        assert session.get_one(Period, period_id).version == 3


def test_who_looked_at_a_grade_before_it_was_decided_does_not_write_it_back(postgres_db: Database) -> None:
    town, _period_id, grade_id = _branch(postgres_db)
    head, [node_id] = town.secretaries[0], town.branches
    with postgres_db.write() as session:
        seen = queries.grade_for(session, head, grade_id)  # as a page does that enters something
        with postgres_db.write() as other:
            actions.decide(other, head, grade_id, "优", "支部大会讨论决定", NOW)
        actions.propose(session, head, node_id, MONTH, NOW)
        assert seen.period.version == 3
    with postgres_db.read() as session:
        assert session.get_one(Grade, grade_id).band == "优"


@pytest.mark.parametrize("what", ["propose", "enter"])
def test_what_comes_while_a_period_is_frozen_is_refused_in_words(postgres_db: Database, what: str) -> None:
    town, period_id, _grade_id = _branch(postgres_db)
    head, [node_id] = town.secretaries[0], town.branches

    def then(session: Session) -> None:
        if what == "propose":
            actions.propose(session, head, node_id, MONTH, NOW)
        else:
            person_id = town.people["甲"]
            actions.enter(session, head, node_id, MONTH, person_id, "日常表现", 100, "支部讨论", NOW)

    with pytest.raises(Conflict, match="grades_frozen"):
        _meanwhile(postgres_db, lambda session: actions.freeze(session, head, period_id, None, NOW), then)
    with postgres_db.read() as session:
        assert session.scalars(select(Item)).all() == []
        assert len(session.scalars(select(Grade)).all()) == 2
