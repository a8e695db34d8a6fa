"""What is taught of the same topic in other years."""

from __future__ import annotations

from datetime import date

from library.catalog import queries
from library.catalog.permits import Audience, LessonState
from library.core.database import Database
from library.core.permits import NOBODY, Role
from tests.support import factories as make


def test_of_other_years_come_the_newest_two_of_each_six_in_all(db: Database) -> None:
    with db.write() as session:
        shown = make.lesson(session, topics=["党史", "党建"], taught_on=date(2024, 7, 1))
        others = {
            f"{year}-{month}": make.lesson(
                session, topics=["党建" if month == 2 else " 党史"], taught_on=date(year, month, 1)
            ).id
            for year in (2026, 2025, 2024, 2023, 2022)
            for month in (1, 2, 3)
        }
        make.lesson(session, topics=["别的"], taught_on=date(2025, 12, 1))
        make.lesson(session, topics=["党史"])
        found = [other.id for other in queries.same_topic(session, NOBODY, [shown])]
        wanted = ["2026-3", "2026-2", "2025-3", "2025-2", "2023-3", "2023-2"]
        assert found == [others[name] for name in wanted]
        more = queries.lessons_by_ids(session, NOBODY, [shown.id, others["2026-3"], others["2025-1"]])
        assert [other.id for other in queries.same_topic(session, NOBODY, more)] == [
            others["2023-3"],
            others["2023-1"],
            others["2022-3"],
            others["2022-1"],
        ], "of the topic that they share"


def test_nothing_comes_of_other_years_without_a_topic_or_a_year(db: Database) -> None:
    with db.write() as session:
        make.lesson(session, topics=["党史"], taught_on=date(2023, 1, 1))
        undated = make.lesson(session, topics=["党史"])
        without = make.lesson(session, taught_on=date(2024, 1, 1))
        alone = make.lesson(session, topics=["党建"], taught_on=date(2024, 1, 1))
        for lessons in ([undated], [without], [alone], [undated, alone], []):
            assert queries.same_topic(session, NOBODY, lessons) == []
        assert len(queries.same_topic(session, NOBODY, [alone, undated, undated])) == 1


def test_of_other_years_come_published_lessons_that_the_viewer_sees(db: Database) -> None:
    with db.write() as session:
        root = make.root(session)
        owner, staff = make.person(session, (Role.LECTURER, root)), make.person(session, (Role.STAFF, root))
        shown = make.lesson(session, topics=["党史"], taught_on=date(2020, 1, 1))
        kinds = [
            (state, audience) for state in LessonState for audience in (Audience.EVERYONE, Audience.SIGNED_IN)
        ]
        made = {
            kind: make.lesson(
                session,
                owner=owner,
                topics=["党史"],
                taught_on=date(2021 + n, 1, 1),
                state=kind[0],
                audience=kind[1],
            ).id
            for n, kind in enumerate(kinds)
        }
        for viewer in (NOBODY, make.person(session), owner, staff):
            expected = {
                lesson_id
                for (state, audience), lesson_id in made.items()
                if state is LessonState.PUBLISHED and (viewer.signed_in or audience is Audience.EVERYONE)
            }
            assert {other.id for other in queries.same_topic(session, viewer, [shown])} == expected
