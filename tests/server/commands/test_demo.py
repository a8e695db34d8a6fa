"""weike demo: accounts made on this machine, lessons made once."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from library.calls.rules import Stage
from library.calls.tables import Call, Certificate
from library.catalog.tables import Lesson
from library.core.clock import local_day
from library.core.permits import Role
from library.declaring.states import State
from library.declaring.tables import Declaration
from library.marks.tables import Note
from library.organisation import queries as organisation
from library.organisation.rules import NodeKind
from library.organisation.tables import Node
from library.people import queries as people
from library.people.rules import MembershipKind, home_node
from library.people.tables import Membership, Person
from library.plays.tables import Play, View
from library.questions.rules import QuestionState
from library.questions.tables import Question
from library.works.tables import Episode
from server.commands.console import Console
from server.commands.failures import Failure
from server.commands.lessons.waiting import own_worker
from server.demo import county, showing
from server.demo.accounts import ACCOUNTS, LECTURER, accounts
from server.demo.command import ROLL_UP_AFTER_S, of_speech
from server.demo.content import DemoLesson, lessons
from server.demo.lesson_maker import LessonMaker
from server.settings import Settings
from server.wiring import Ports
from tests.server.commands.conftest import Weike
from tests.support import factories
from tests.support.registry import read_catalogues
from tests.support.signing import sign_in

pytestmark = pytest.mark.dear(40)


@pytest.mark.slow
def test_accounts_are_made_once_and_kept_private(ports: Ports, data: Path) -> None:
    first, second = (accounts(ports.db, ports.clock, data) for _ in range(2))
    assert first == second
    assert set(first) == set(ACCOUNTS)
    assert len(set(first.values())) == len(first)
    assert (data / "demo-accounts.json").stat().st_mode & 0o777 == 0o600
    for name, password in first.items():
        assert sign_in(ports.db, name, password, ports.clock()) is not None


def test_it_says_why_no_machine_heard_its_lessons_and_how_to_try(tmp_path: Path) -> None:
    catalogues = read_catalogues()
    settings = Settings(data=tmp_path, speech_model=tmp_path, _env_file=None)  # type: ignore[call-arg]
    for language, voice in (("zh-CN", "合成的声音"), ("en", "synthetic voice")):
        said = of_speech(Console(settings, catalogues.of(language)))
        assert voice in said
        assert "python3 run.py setup --speech" in said


@pytest.mark.slow
def test_the_county_has_its_people_and_somebody_to_sign_in_for_each_role_at_each_level(
    ports: Ports, data: Path
) -> None:
    accounts(ports.db, ports.clock, data)
    with ports.db.read() as session:
        kinds = Counter(session.scalars(select(Node.kind)))
        assert (kinds[NodeKind.BRANCH], session.scalar(select(func.count()).select_from(Person))) == (
            40,
            county.PEOPLE + len(ACCOUNTS),
        )
        homes = Counter(
            session.scalars(
                select(Membership.node_id).where(
                    Membership.kind == MembershipKind.HOME, Membership.until.is_(None)
                )
            )
        )
        assert sum(homes.values()) == county.PEOPLE + len(ACCOUNTS), "everybody has one home"
        assert len(homes) == 40
        assert min(homes.values()) >= 6
        for name, its in ACCOUNTS.items():
            person = people.person_by_username(session, name)
            assert person is not None
            viewer = people.viewer_of(session, person, local_day(ports.clock()))
            at = organisation.node_by_code(session, its.at)
            home = organisation.node_by_code(session, its.home)
            assert at is not None
            assert home is not None
            assert viewer.holds_at(its.role, at.path)
            assert home_node(viewer) == home.id
    levels = {"county": "QH", "town": "QH02", "branch": "QH0202"}
    told = {level: {its.role for its in ACCOUNTS.values() if its.at == at} for level, at in levels.items()}
    assert set().union(*told.values()) == set(Role)
    assert {Role.ADMIN, Role.STAFF, Role.REVIEWER} < told["county"] & told["town"] | {Role.LECTURER}
    assert {Role.SECRETARY, Role.LECTURER, Role.MEMBER} == told["branch"]


@pytest.mark.slow
def test_its_lessons_are_declared_called_for_asked_about_and_kept_once(ports: Ports) -> None:
    """Every page that shows such work has something to show."""
    accounts(ports.db, ports.clock, ports.settings.data)
    now = ports.clock()
    with ports.db.write() as session:
        person = people.person_by_username(session, LECTURER)
        assert person is not None
        lecturer = people.viewer_of(session, person, local_day(now))
        for one in lessons():
            factories.lesson(session, one.title, owner=lecturer, clips=1, now=now).key = one.key
    for _again in range(2):
        showing.show(ports.db, now, lambda: False)
    with ports.db.read() as session:
        assert sorted(session.scalars(select(Declaration.state))) == sorted(
            [State.PUBLISHED, State.RETURNED, State.DECLARED]
        )
        assert sorted(session.scalars(select(Call.stage))) == sorted([Stage.OPEN, Stage.RESULTS])
        assert [one.award for one in session.scalars(select(Certificate).order_by(Certificate.award))] == [
            "“青禾县第一届微党课征集”亲历讲述类一等奖",
            "“青禾县第一届微党课征集”讲授类一等奖",
            "“青禾县第一届微党课征集”讲授类二等奖",
        ]
        states = Counter(session.scalars(select(Question.state)))
        assert states == {QuestionState.PUBLISHED: 1, QuestionState.ANSWERED: 1, QuestionState.OPEN: 1}
        rows = {table: session.scalar(select(func.count()).select_from(table)) for table in (Episode, Note)}
        assert rows == {Episode: 5, Note: 2}


def test_a_real_library_is_left_alone(weike: Weike, ports: Ports, data: Path) -> None:
    with ports.db.write() as session:
        factories.lesson(session, "真实的课")
    with pytest.raises(Failure):
        accounts(ports.db, ports.clock, data)
    ran = weike("demo", "--port", "0")
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert not (data / "demo-accounts.json").exists()


@pytest.mark.slow
def test_a_lesson_is_made_taken_in_and_published_once(ports: Ports) -> None:
    known = accounts(ports.db, ports.clock, ports.settings.data)
    cover = lessons()[0].sections[0]
    tiny = replace(lessons()[0], sections=(replace(cover, paragraphs=cover.paragraphs[:1]),))
    # As the command has it: while the lesson is made, the days on which it was watched stay open.
    settings = ports.settings.model_copy(update={"roll_up_after_s": ROLL_UP_AFTER_S})
    ports = replace(ports, settings=settings)
    console = Console(settings, read_catalogues().of("zh-CN"))
    with own_worker(ports):
        _make(console, ports, [tiny], lambda: _states(ports) == ["published"])
        made, watched = _states(ports), _views(ports)
        _make(console, ports, [tiny], lambda: True)
    assert _states(ports) == made
    assert _views(ports) == watched, "watched once"
    assert {kind for kind, _day in watched} == {"member", "visitor", "group"}
    today = local_day(ports.clock())
    begun = _begun(ports)
    assert len(set(begun)) == len(begun), "nobody begins the same twice"
    assert all(today - timedelta(days=28) <= day < today for _kind, day in watched)
    assert known
    with ports.db.read() as session:
        lesson = session.scalars(select(Lesson)).one()
        assert lesson.owner_id is not None
        assert lesson.transcript == "exact"
    assert not (ports.settings.data / "demo-media").exists()


def _make(console: Console, ports: Ports, some: list[DemoLesson], until: Callable[[], bool]) -> None:
    maker = LessonMaker(console, ports.db, ports.clock, lambda: ports.tools, some)
    maker.start()
    end = time.monotonic() + 120
    while not until():
        assert time.monotonic() < end, "the lesson never came"
        time.sleep(0.2)
    maker.join()


def _views(ports: Ports) -> list[tuple[str, date]]:
    with ports.db.read() as session:
        return sorted((view.kind, view.day) for view in session.scalars(select(View)))


def _begun(ports: Ports) -> list[tuple[str, datetime]]:
    with ports.db.read() as session:
        return [(play.viewer, play.started_at) for play in session.scalars(select(Play))]


def _states(ports: Ports) -> list[str]:
    with ports.db.read() as session:
        return list(session.scalars(select(Lesson.state)))
