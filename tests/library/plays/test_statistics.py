"""What lecturers and staff see: of their own, of their branches, and nothing else."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from library.catalog import queries as catalog
from library.core.database import Database
from library.core.permits import Role, Viewer
from library.organisation import actions as organisation
from library.plays import actions, statistics
from library.plays.crediting import Beat
from library.plays.figures import Curve, DayFigures, Figures, People, Span
from library.plays.rules import Source, ViewRule
from library.plays.tables import Play
from tests.support import factories as make
from tests.support.databases import NOW

pytestmark = pytest.mark.slow

RULE = ViewRule()
DAY = timedelta(days=1)
MONDAY = date(2026, 11, 23)
EVER = Span(None, date(2027, 12, 31))


def watch(
    db: Database,
    clip_id: str,
    viewer: str,
    seconds: float = 10.0,
    *,
    at: timedelta = timedelta(),
    branch: str | None = None,
    people: int = 1,
    source: Source = Source.LINK,
) -> None:
    """Watch a clip from its beginning."""
    with db.write() as session:
        clip = catalog.clip(session, clip_id)
        its = actions.start(session, clip, viewer, NOW + at, source=source, people=people, node_id=branch).id
    with db.write() as session:
        now = NOW + at + timedelta(seconds=seconds)
        actions.credit_beats(session, [Beat(its, [(0, seconds)], 1.0, now)], RULE)


def test_the_figures_of_a_lesson(db: Database) -> None:
    with db.write() as session:
        branch = organisation.add_named(session, make.root(session), "东街支部", NOW).id
        lesson = make.lesson(session, clips=2)
        lesson_id, (first, second) = lesson.id, [clip.id for clip in lesson.clips]
        other = make.lesson(session, clips=1).clips[0].id
    watch(db, first, "p:one", 60, branch=branch, source=Source.FEED)
    watch(db, second, "p:one", 12, at=timedelta(minutes=2), branch=branch, source=Source.NEXT)
    watch(db, first, "v:two", 15, source=Source.QR)
    watch(db, first, "g:three", 60, branch=branch, people=30)
    watch(db, first, "p:one", 20, at=DAY, branch=branch, source=Source.FEED)
    watch(db, first, "p:four", 5, at=DAY)
    watch(db, other, "p:one", 10, at=DAY + timedelta(hours=1))
    with db.read() as session:
        its = statistics.lesson_figures(session, lesson_id, EVER)
    assert its.total == Figures(3, 1, 1, 30, 1, 172.0, 15.0)
    assert its.total.views == 4
    assert its.people == People(1, 1)
    assert [(c.clip_id, c.n, c.length_s, c.figures.views, c.people) for c in its.clips] == [
        (first, 1, 60.0, 3, People(1, 1)),
        (second, 2, 60.0, 1, People(1, 0)),
    ]
    assert its.replaced is None
    assert its.days == (
        DayFigures(MONDAY, Figures(2, 1, 1, 30, 1, 147.0, 15.0)),
        DayFigures(MONDAY + DAY, Figures(1, 0, 0, 0, 0, 25.0)),
    )
    assert [(b.node_id, b.name, b.figures.views) for b in its.branches] == [
        (branch, "东街支部", 3),
        ("", "", 1),
    ]
    assert [(s.source, s.views) for s in its.sources] == [("feed", 2), ("next", 1), ("qr", 1)]
    assert its.clips[0].curve == Curve(1.0, (3,) * 15 + (2,) * 5 + (1,) * 40, 3)
    assert its.clips[1].curve == Curve(1.0, (1,) * 12 + (0,) * 48, 1)


@pytest.mark.parametrize(
    ("span", "views", "members"),
    [
        (Span(MONDAY, MONDAY), 2, 2),
        (Span(MONDAY + DAY, MONDAY + DAY), 1, 1),
        (Span(None, MONDAY), 2, 2),
        (Span(MONDAY - DAY, MONDAY + DAY), 3, 2),
        (Span(MONDAY - DAY, MONDAY - DAY), 0, 0),
    ],
)
def test_a_span_has_both_its_ends(db: Database, span: Span, views: int, members: int) -> None:
    with db.write() as session:
        lesson = make.lesson(session, clips=1)
        lesson_id, clip = lesson.id, lesson.clips[0].id
    for viewer, at in (("p:one", timedelta()), ("p:two", timedelta()), ("p:one", DAY)):
        watch(db, clip, viewer, at=at)
    with db.write() as session:
        root = make.person(session, (Role.ADMIN, make.root(session)))
    with db.read() as session:
        its = statistics.lesson_figures(session, lesson_id, span)
        all_of_it = statistics.overview(session, root, span)
    assert (its.total.views, its.people, its.clips[0].people) == (views, People(members), People(members))
    assert (sum(d.figures.views for d in its.days), all_of_it.total.views) == (views, views)
    assert [line.figures.views for line in all_of_it.lessons] == [views]


def test_what_was_replaced_is_summed_apart(db: Database) -> None:
    with db.write() as session:
        lesson = make.lesson(session, clips=2)
        lesson_id, (first, second) = lesson.id, [clip.id for clip in lesson.clips]
    for clip_id in (first, second):
        watch(db, clip_id, "p:one", at=timedelta(minutes=clip_id == second))
    with db.write() as session:
        catalog.clip(session, first).n = None
    with db.read() as session:
        its = statistics.lesson_figures(session, lesson_id, EVER)
    assert [(c.clip_id, c.n) for c in its.clips] == [(second, 1)]
    assert its.replaced is not None
    assert (its.replaced.clip_id, its.replaced.n, its.replaced.figures.views) == ("", 0, 1)
    assert its.replaced.people == People(1, 0)
    assert (its.total.views, its.people) == (2, People(1, 0))


def test_everybody_sees_their_own_scope(db: Database) -> None:
    with db.write() as session:
        root = make.root(session)
        east = organisation.add_named(session, root, "东县", NOW)
        village = organisation.add_named(session, east, "东村", NOW)
        west = organisation.add_named(session, root, "西县", NOW)
        wang, li = (make.person(session, (Role.LECTURER, branch)) for branch in (village, west))
        viewers: dict[str, Viewer] = {
            "王": wang,
            "李": li,
            "东县": make.person(session, (Role.STAFF, east)),
            "西县": make.person(session, (Role.STAFF, west)),
            "省": make.person(session, (Role.ADMIN, root)),
            "学员": make.person(session, (Role.MEMBER, east)),
        }
        lessons = {
            "甲": make.lesson(session, "甲", clips=1, owner=wang, branch=village, lecturer="王芳"),
            "乙": make.lesson(session, "乙", clips=1, owner=li, branch=west),
            "丙": make.lesson(session, "丙", clips=1, owner=li, branch=west),
            "没发布": make.lesson(
                session, "没发布", clips=1, owner=li, branch=west, state=make.LessonState.DRAFT
            ),
        }
        clips = {title: its.clips[0].id for title, its in lessons.items()}
        gone = lessons["丙"].id
        places = {"东": village.id, "西": west.id}
    for title, viewer, of, seconds in (
        ("甲", "p:one", "东", 10),
        ("乙", "p:two", "东", 30),
        ("乙", "p:three", "西", 20),
        ("乙", "v:four", None, 20),
        ("丙", "p:five", "东", 10),
    ):
        watch(db, clips[title], viewer, seconds, branch=places[of] if of else None)
    with db.write() as session:
        make.catalog.delete_lesson(session, catalog.lesson(session, gone), NOW)

    def seen(who: str) -> tuple[object, ...]:
        with db.read() as session:
            its = statistics.overview(session, viewers[who], EVER)
        assert its.lesson_count == len(its.lessons)
        assert its.total.views == sum(line.figures.views for line in its.lessons)
        assert its.total.views == sum(day.figures.views for day in its.days)
        lines = [(line.title, line.lecturer, line.figures.views) for line in its.lessons]
        branches = its.branches and [(b.name, b.figures.views) for b in its.branches]
        return lines, branches

    assert seen("王") == ([("甲", "王芳", 1)], None)
    assert seen("李") == ([("乙", "", 3)], None)
    assert seen("东县") == ([("甲", "王芳", 1)], [("东村", 3)])
    assert seen("西县") == ([("乙", "", 3)], [("西县", 1)])
    assert seen("省") == (
        [("乙", "", 3), ("", "", 1), ("甲", "王芳", 1)],
        [("东村", 3), ("西县", 1), ("", 1)],
    )
    assert seen("学员") == ([], None)


def test_lessons_come_in_the_order_asked_for_and_in_pages(db: Database) -> None:
    with db.write() as session:
        admin = make.person(session, (Role.ADMIN, make.root(session)))
        clips = {title: make.lesson(session, title, clips=1).clips[0].id for title in ("a", "b", "c", "d")}
    for title, viewer, seconds in (("c", "p:1", 10), ("c", "p:2", 10), ("b", "p:3", 60), ("d", "p:4", 9)):
        watch(db, clips[title], viewer, seconds)

    def titles(sort: statistics.Sort, page: int = 1, limit: int = 10) -> str:
        with db.read() as session:
            its = statistics.overview(session, admin, EVER, sort=sort, page=page, limit=limit)
        assert (its.lesson_count, its.total.views) == (4, 3)
        return "".join(line.title for line in its.lessons)

    assert titles("views") == "cbad"
    assert titles("watched") == "bcda"
    assert titles("title") == "abcd"
    assert [titles("views", page, 3) for page in (1, 2, 3)] == ["cba", "d", ""]


def test_a_long_curve_has_120_steps(db: Database) -> None:
    with db.write() as session:
        lesson = make.lesson(session)
        [clip] = make.catalog.put_clips(session, lesson, [make.catalog.Cut(0, 590, "whole")])
        make.ready(session, clip)
        lesson_id, clip_id = lesson.id, clip.id
    watch(db, clip_id, "p:one", 295)
    with db.read() as session:
        [its] = statistics.lesson_figures(session, lesson_id, EVER).clips
        assert session.scalar(select(func.count()).select_from(Play)) == 1
    assert its.curve is not None
    assert its.curve.plays == (1,) * 60 + (0,) * 60
    assert its.curve.step_s == pytest.approx(590 / 120)
