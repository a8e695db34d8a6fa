"""Let the demonstration's people work with its lessons: each step in its own transaction, as they would."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from library.calls import actions as calls
from library.calls import entering, honouring, judging
from library.calls.awarding import read_prizes
from library.calls.rules import CallDraft, StageAction
from library.calls.tables import Call
from library.catalog import queries as catalog
from library.catalog.tables import Clip, Lesson
from library.core.clock import local_day
from library.core.database import Database
from library.core.errors import NotFound
from library.core.permits import Viewer
from library.declaring import actions as declaring
from library.declaring.actions import Given
from library.declaring.rules import Said
from library.declaring.states import Step
from library.declaring.tables import Declaration
from library.marks import actions as marks
from library.marks import queries as mark_queries
from library.organisation import queries as organisation
from library.people import queries as people
from library.questions import actions as questions
from library.questions.actions import Answer, Asked
from library.questions.tables import Question
from library.works import series, sites
from library.works.rules import HonourLevel
from library.works.sites import SiteWords
from library.works.tables import Series, Site
from server.demo import county, works
from server.demo.accounts import LECTURER
from server.demo.works import DemoCall, DemoDeclaration, DemoQuestion, DemoSeries

_REVIEWER, _STAFF = "reviewer", "staff"


def show(db: Database, now: datetime, stop: Callable[[], bool]) -> None:
    """Make series, site, calls, declarations, questions and what a member keeps; what is there stays, so it
    may be stopped and called again."""
    steps: list[Callable[[Session, datetime], None]] = [
        *(partial(_series, one=one) for one in works.SERIES),
        _site,
        *(partial(_call, one=one) for one in works.CALLS),
        *(partial(_declare, one=one) for one in works.DECLARATIONS),
        *(partial(_ask, one=one) for one in works.QUESTIONS),
        _keep,
    ]
    for step in steps:
        if stop():
            return
        with db.write() as session:
            step(session, now)


def _series(session: Session, now: datetime, one: DemoSeries) -> None:
    if session.scalar(select(Series.id).where(Series.title == one.title)) is not None:
        return
    lecturer = _viewer(session, LECTURER, now)
    row = series.make(session, lecturer, one.title, one.text, now)
    for lesson in _lessons(session, one.lessons):
        series.add(session, lecturer, row.id, lesson.id, now)


def _site(session: Session, now: datetime) -> None:
    its = works.SITE
    if session.scalar(select(Site.id).where(Site.name == its.name)) is None:
        sites.make(session, _viewer(session, _STAFF, now), SiteWords(its.name, its.place, its.text), now)
    for lesson in _lessons(session, (its.lesson,)):
        sites.hold_at(session, _viewer(session, LECTURER, now), lesson.id, its.name)


def _call(session: Session, now: datetime, one: DemoCall) -> None:
    if session.scalar(select(Call.id).where(Call.title == one.title)) is not None:
        return
    opened, closed, judged, told = (now + timedelta(days=days) for days in one.days)
    draft = CallDraft(
        title=one.title,
        text=one.text,
        opens_on=local_day(opened),
        closes_on=local_day(closed),
        judged_until=local_day(judged),
        results_on=local_day(told),
        categories=one.categories,
        criteria=works.CRITERIA,
        quota=5,
    )
    staff, lecturer = _viewer(session, _STAFF, now), _viewer(session, LECTURER, now)
    node = organisation.node_by_code(session, county.COUNTY)
    if node is None:
        raise NotFound
    row = calls.make(session, staff, node.id, draft, opened)
    calls.move(session, staff, row.id, None, StageAction.OPEN, opened)
    entered = 0
    for key, category in one.entered:
        for lesson in _lessons(session, (key,)):
            entering.enter(session, lecturer, row.id, lesson.id, category, min(closed, now))
            entered += 1
    if one.scores and entered == len(one.entered):  # a lesson that was not made leaves the call open
        _judge(session, one, row, now)


def _judge(session: Session, one: DemoCall, row: Call, now: datetime) -> None:
    closed, told = (now + timedelta(days=one.days[n]) for n in (1, 3))
    staff = _viewer(session, _STAFF, now)
    names = [name for name, _points in one.scores]
    for name in names:
        calls.invite(session, staff, row.id, name, closed)
    calls.move(session, staff, row.id, None, StageAction.JUDGE, closed)
    for name, given in one.scores:
        judge = _viewer(session, name, now)
        for n, points in enumerate(given, start=1):
            judging.score(session, judge, row.id, n, points, "", closed)
        judging.hand_in(session, judge, row.id, closed)
    calls.move(session, staff, row.id, None, StageAction.PUBLISH, told)
    prizes = read_prizes(one.prizes, one.categories)
    honouring.grant(session, staff, row.id, prizes, HonourLevel.COUNTY, told)


def _declare(session: Session, now: datetime, one: DemoDeclaration) -> None:
    at = now - timedelta(days=one.days_ago)
    everything = Given(checked=None)
    for lesson in _lessons(session, (one.lesson,)):
        if session.scalar(select(Declaration.id).where(Declaration.lesson_id == lesson.id)) is not None:
            continue
        row = declaring.declare(session, _viewer(session, LECTURER, now), lesson.id, at, everything)
        reviewer, read_at = _viewer(session, _REVIEWER, now), at + timedelta(hours=20)
        if one.said:
            declaring.remark(session, reviewer, row.id, Said(one.said, one.at_s), read_at)
        if one.approved is not None:
            step = Step.APPROVE if one.approved else Step.RETURN
            declaring.take(session, reviewer, row.id, step, read_at, everything)


def _ask(session: Session, now: datetime, one: DemoQuestion) -> None:
    at = now - timedelta(days=one.days_ago)
    for clip in _first_clips(session, (one.lesson,)):
        asker = _viewer(session, one.who, now)
        if session.scalar(select(Question.id).where(Question.text == one.text)) is not None:
            continue
        row = questions.ask(session, asker, clip, Asked(one.at_s, one.text), at)
        if one.answer:
            given = Answer(one.answer, published=one.published)
            lecturer = _viewer(session, LECTURER, now)
            questions.answer(session, lecturer, row.id, row.version, given, at + timedelta(hours=9))


def _keep(session: Session, now: datetime) -> None:
    """Let the member have stopped somewhere, and keep some lessons and notes."""
    member = _viewer(session, works.MEMBER, now).person_id or ""
    if mark_queries.count_notes(session, member):
        return
    for place in works.PLACES:
        for clip in _first_clips(session, (place.lesson,)):
            at_s = place.part * (clip.end_s - clip.start_s)
            marks.stop_at(session, member, clip, at_s, now - timedelta(hours=place.hours_ago), now)
    for lesson in _lessons(session, works.KEPT):
        marks.keep(session, member, lesson, None, now)
    for key, at_s, text in works.NOTES:
        for clip in _first_clips(session, (key,)):
            marks.write(session, member, clip, at_s, text, now)


def _viewer(session: Session, username: str, now: datetime) -> Viewer:
    person = people.person_by_username(session, username)
    if person is None:
        raise NotFound  # somebody has deleted an account of the demonstration
    return people.viewer_of(session, person, local_day(now))


def _lessons(session: Session, keys: tuple[str, ...]) -> Iterator[Lesson]:
    """Return the lessons that are there, of those with these keys."""
    for key in keys:
        lesson = catalog.lesson_by_key(session, key)
        if lesson is not None:
            yield lesson


def _first_clips(session: Session, keys: tuple[str, ...]) -> Iterator[Clip]:
    for lesson in _lessons(session, keys):
        yield from lesson.clips[:1]
