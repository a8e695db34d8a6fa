"""How many statements a page costs: never more because there are more lessons, clips, topics or steps."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, event
from starlette.testclient import TestClient

from library.catalog import queries as catalog
from library.catalog.documents import documents
from library.catalog.permits import LessonState
from library.core.database import Database
from library.core.permits import Role, Viewer
from library.intake import queries as intake
from library.people import directory
from library.plays import queries as plays
from server.app import create_app
from server.settings import Settings
from server.wiring import Ports, open_ports
from tests.support import factories as make
from tests.support.databases import NOW
from tests.support.server import empty_data
from tests.support.signing import token

pytestmark = pytest.mark.dear(19)

MOST_PER_PAGE = 26
FEW, MANY = 2, 9


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """The statements sent to the database inside the block."""
    statements: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


def fill(db: Database, n: int, viewer: Viewer, *, state: LessonState = LessonState.PUBLISHED) -> list[str]:
    """`n` lessons with everything that can hang on one, each with its own lecturer, owner and topics."""
    ids = []
    with db.write() as session:
        for k in range(n):
            owner = viewer if k % 2 else make.person(session)
            lesson = make.lesson(
                session,
                f"党课{k}",
                owner=owner,
                state=state,
                lecturer=f"讲师{k}",
                topics=[f"专题{k}甲", f"专题{k}乙"],
                taught_on=date(2026, 11, 23),
                spoken=["乡村振兴", "产业兴旺", "生态宜居"],
                clips=2,
            )
            make.recording(session, lesson, owner)
            ids.append(lesson.id)
    return ids


@pytest.mark.slow
@pytest.mark.parametrize("n", [FEW, MANY])
def test_lists_of_the_library_take_a_fixed_number_of_statements(db: Database, n: int) -> None:
    with db.write() as session:
        viewer = make.person(session, (Role.STAFF, make.root(session)))
    ids = fill(db, n, viewer)

    def read_all() -> dict[str, int]:
        costs = {}
        with db.read() as session, counted(db.engine) as statements:
            page = catalog.lessons_page(session, viewer, catalog.Filters(), 1, 100)
            assert len(page.items) == n
            for lesson in page.items:
                assert lesson.lecturer is not None
                assert lesson.owner is not None
                assert lesson.owner.name
                assert [link.topic.name for link in lesson.topics]
                assert catalog.facts(lesson).node_path
                assert [clip.n for clip in lesson.clips] == [1, 2]
            costs["lessons_page"] = len(statements)
        with db.read() as session, counted(db.engine) as statements:
            assert len(catalog.lessons_by_ids(session, viewer, ids)) == n
            costs["lessons_by_ids"] = len(statements)
        with db.read() as session, counted(db.engine) as statements:
            assert len(intake.works(session, ids)) == n
            costs["works"] = len(statements)
        with db.read() as session, counted(db.engine) as statements:
            assert len(list(documents(session, catalog.load(session, ids)))) == 2 * n
            costs["documents"] = len(statements)
        with db.read() as session, counted(db.engine) as statements:
            catalog.facets(session, viewer, catalog.Filters())
            plays.lesson_views(session, ids)
            costs["facets and views"] = len(statements)
        with db.read() as session, counted(db.engine) as statements:
            assert len(directory.people_page(session, viewer).items) >= 1
            costs["people_page"] = len(statements)
        return costs

    assert read_all() == {
        "lessons_page": 5,  # the count, the lessons with lecturer and branch, owners, topics, clips
        "lessons_by_ids": 3,
        "works": 2,
        "documents": 5,
        "facets and views": 4,
        "people_page": 3,  # the count, the persons, their roles
    }


def test_one_lesson_costs_the_same_however_many_topics_it_has(db: Database) -> None:
    with db.write() as session:
        viewer = make.person(session)
        ids = [make.lesson(session, topics=[f"专题{k}" for k in range(n)], lecturer="王").id for n in (1, 20)]
    costs = []
    for lesson_id in ids:
        with db.read() as session, counted(db.engine) as statements:
            lesson = catalog.lesson_for(session, viewer, lesson_id)
            assert lesson.lecturer is not None
            assert all(link.topic.name for link in lesson.topics)
            costs.append(len(statements))
    assert costs == [2, 2]


@pytest.mark.parametrize("n", [FEW, MANY])
@pytest.mark.slow
def test_other_years_take_a_fixed_number_of_statements(db: Database, n: int) -> None:
    with db.write() as session:
        viewer = make.person(session)
        ids = [
            make.lesson(session, topics=["党史"], taught_on=date(year, 1, 1), clips=2, owner=viewer).id
            for year in (2020, *range(2021 - n, 2020))
            for _ in range(n)
        ]
    with db.read() as session:
        shown = catalog.lessons_by_ids(session, viewer, ids[:n])
        with counted(db.engine) as statements:
            others = catalog.same_topic(session, viewer, shown)
            assert [len(other.clips) for other in others] == [2] * min(2 * (n - 1), 6)
            assert all(other.topics[0].topic.name == "党史" for other in others)
    assert len(statements) == 4, "the lessons with lecturer and branch, owners, topics, clips"


# ---------------------------------------------------------------------- whole pages


@pytest.fixture
def ports(tmp_path: Path) -> Iterator[Ports]:
    settings = Settings(data=empty_data(tmp_path / "data"), worker=False, _env_file=None)  # type: ignore[call-arg]
    opened = open_ports(settings, clock=lambda: NOW)
    yield opened
    opened.close()


@pytest.mark.slow
@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/lessons",
        "/feed",
        "/mine",
        "/review",
        "/search?q=乡村振兴",
        "/search?q=乡村振兴&sort=views",
        "/api/v1/lessons",
        "/api/v1/search?q=乡村振兴",
    ],
)
@pytest.mark.parametrize("state", [LessonState.PUBLISHED, LessonState.DRAFT])
def test_a_page_costs_no_more_statements_for_more_lessons(
    ports: Ports, path: str, state: LessonState
) -> None:
    db = ports.db
    with db.write() as session:
        staff = make.person(session, (Role.STAFF, make.root(session)))
        _token, secret = token(session, str(staff.person_id), "测试", NOW)
    browser = TestClient(create_app(ports.settings, ports), headers={"Authorization": f"Bearer {secret}"})
    costs = []
    for n in (FEW, MANY - FEW):
        fill(db, n, staff, state=state)
        ports.indexer.catch_up()
        with counted(db.engine) as statements:
            answer = browser.get(path)
        assert answer.status_code == 200, answer.text
        costs.append(len(statements))
    hits = MANY - FEW if "search" in path else 0
    # A search asks for the cues of each hit it shows (ten at most) and for nothing else once more.
    assert costs[1] <= costs[0] + hits, "\n".join(statements)
    assert max(costs) <= MOST_PER_PAGE
