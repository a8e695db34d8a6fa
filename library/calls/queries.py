"""The only reader of calls, their works, judges and scores. What somebody may not see is not there."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session

from library.calls import rules, scoring
from library.calls.demands import Bars, Demands, Known, Line, report
from library.calls.permits import may_judge, may_keep, may_view
from library.calls.rules import Origin, Stage, Stake, Standing
from library.calls.scoring import Combined, Ranked
from library.calls.tables import Call, Certificate, Entry, Judge, Look, LookState, Score
from library.catalog.permits import LessonFacts
from library.catalog.rules import LessonKind
from library.catalog.tables import Lesson
from library.core.clock import local_day
from library.core.errors import Forbidden, NotFound, SignInNeeded
from library.core.paging import Page, clean_number
from library.core.permits import Role, Viewer, node_chain
from library.core.rights import Act, Thing, allowed
from library.intake import queries as intake
from library.organisation import queries as organisation
from library.organisation.tables import Node
from library.people import queries as people
from library.works.rules import Shown
from library.works.tables import Honour
from transcode.cutting.audio_profile import AudioProfile
from transcode.reading.facts import Facts

PAGE_SIZE = 20

# ------------------------------------------------------------------ calls


def keeps(viewer: Viewer, call: Call) -> bool:
    """Tell whether the viewer keeps a call."""
    return may_keep(viewer, call.node.path)


def judge_of(session: Session, call_id: str, viewer: Viewer) -> Judge | None:
    """Return the viewer's place among a call's judges, None without one."""
    if viewer.person_id is None:
        return None
    wanted = select(Judge).where(Judge.call_id == call_id, Judge.person_id == viewer.person_id)
    return session.scalars(wanted).first()


def call_for(session: Session, viewer: Viewer, call_id: str, *, keep: bool = False) -> Call:
    """Return a call that the viewer may see; raises SignInNeeded, NotFound, with `keep` also Forbidden."""
    if not viewer.signed_in:
        raise SignInNeeded
    found = session.get(Call, call_id)
    if found is None:
        raise NotFound
    judges = judge_of(session, call_id, viewer) is not None
    if not may_view(viewer, found.node_id, found.node.path, found.stage, judges=judges):
        raise NotFound
    if keep and not keeps(viewer, found):
        raise Forbidden
    return found


def place_of(session: Session, viewer: Viewer, call_id: str) -> tuple[Call, Judge]:
    """Return a call and the viewer's place among its judges; raises SignInNeeded, NotFound, Forbidden."""
    call = call_for(session, viewer, call_id)
    judge = judge_of(session, call.id, viewer)
    if judge is None or not may_judge(viewer, judge.person_id):
        raise Forbidden("not_a_judge")
    return call, judge


def node_to_call(session: Session, viewer: Viewer, node_id: str) -> Node:
    """Return a node at which the viewer calls for works; raises NotFound."""
    found = session.get(Node, node_id)
    if found is None or not may_keep(viewer, found.path):
        raise NotFound
    return found


def outermost(viewer: Viewer) -> list[str]:
    """Return the topmost nodes at which the viewer calls for works."""
    return organisation.outermost(viewer, Role.STAFF)


def _seen(viewer: Viewer) -> ColumnElement[bool]:
    """Return what `may_view` says as a condition on Call."""
    chain = {node for one in viewer.belongs for node in node_chain(one.path)}
    judged = select(Judge.call_id).where(Judge.person_id == viewer.person_id)
    out = Call.stage.in_(rules.PUBLIC_STAGES)
    return or_(
        and_(out, or_(Call.node_id.in_(chain), Call.id.in_(judged))),
        Call.node_id.in_(organisation.inside_of(outermost(viewer))),
    )


def calls_page(session: Session, viewer: Viewer, number: int = 1) -> Page[Call]:
    """Return a page of the calls that the viewer sees: those that take works first, then the newest."""
    number = clean_number(number)
    total = session.scalar(select(func.count()).select_from(Call).where(_seen(viewer))) or 0
    by_stage = case((Call.stage == Stage.OPEN, 0), (Call.stage == Stage.JUDGING, 1), else_=2)
    wanted = select(Call).where(_seen(viewer)).order_by(by_stage, Call.closes_on.desc(), Call.id.desc())
    rows = session.scalars(wanted.limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE)).all()
    return Page(list(rows), number, PAGE_SIZE, total)


def taking(session: Session, viewer: Viewer, lesson: LessonFacts, now: datetime) -> list[Call]:
    """Return the calls that take a lesson now, as the viewer sees them, those that close first at first."""
    if not allowed(viewer, Act.CALL_ENTER, Thing(lesson.node_path, lesson.owner_id)):
        return []
    day = local_day(now)
    here = Call.node_id.in_(node_chain(lesson.node_path))
    takes = (Call.stage == Stage.OPEN, Call.opens_on <= day, Call.closes_on >= day)
    wanted = select(Call).where(here, *takes, _seen(viewer)).order_by(Call.closes_on, Call.id)
    return list(session.scalars(wanted.limit(PAGE_SIZE)))


def number_to_judge(viewer: Viewer) -> Select[int] | None:
    """Return a SELECT of in how many calls the viewer still has to hand in scores; None for nobody."""
    if viewer.person_id is None:
        return None
    mine = (Judge.person_id == viewer.person_id, Judge.handed_in_at.is_(None))
    wanted = select(func.count()).select_from(Judge).join(Call, Call.id == Judge.call_id)
    return wanted.where(*mine, Call.stage == Stage.JUDGING)


def held(session: Session, call_id: str) -> Call:
    """Return a call as it is now, and keep others from changing what hangs on it until the transaction ends;
    raises NotFound."""
    wanted = select(Call).where(Call.id == call_id)
    locked = wanted.with_for_update(of=Call).execution_options(populate_existing=True)
    found = session.scalars(locked).first()
    if found is None:
        raise NotFound
    return found


def standing(session: Session, call_id: str) -> Standing:
    """Return how much was entered, judged and given."""
    entry = Entry.call_id == call_id
    judge = Judge.call_id == call_id

    def count(*where: ColumnElement[bool]) -> int:
        return session.scalar(select(func.count()).where(*where)) or 0

    given = select(func.count()).select_from(Certificate)
    valid = (
        Certificate.withdrawn_at.is_(None),
        Certificate.honour_id.in_(select(Honour.id).where(Honour.standing == Shown.SHOWN)),
    )
    return Standing(
        entries=count(entry),
        scores=count(Score.entry_id == Entry.id, entry),
        handed_in=count(judge, Judge.handed_in_at.is_not(None)),
        judges=count(judge),
        honours=session.scalar(given.where(Certificate.call_id == call_id, *valid)) or 0,
    )


# ------------------------------------------------------------------ works


@dataclass(frozen=True)
class Work:
    """A work of a call. `unit` and `lecturer` are "" where names are hidden; `named` says which it is."""

    entry: Entry
    lesson: Lesson | None
    unit: str
    lecturer: str
    named: bool

    @property
    def origin(self) -> Origin:
        """Where it comes from."""
        lesson = self.lesson
        return Origin(
            lesson.owner_id if lesson else None,
            lesson.lecturer.folded if lesson and lesson.lecturer else "",
            self.entry.entered_by,
            lesson.node_id if lesson else self.entry.unit_id,
        )


def shows_names(session: Session, viewer: Viewer, call: Call) -> bool:
    """Tell whether the viewer learns whose the works of a call are."""
    judges = judge_of(session, call.id, viewer) is not None
    return rules.names_shown(call.stage, blind=call.blind, keeps=keeps(viewer, call), judges=judges)


def works(session: Session, call: Call, *, named: bool, only: Collection[str] | None = None) -> list[Work]:
    """Return a call's works by their number; `only` of some entries."""
    wanted = select(Entry).where(Entry.call_id == call.id).order_by(Entry.n)
    if only is not None:
        wanted = wanted.where(Entry.id.in_(only))
    rows = session.scalars(wanted).all()
    ids = [one.lesson_id for one in rows if one.lesson_id]
    lessons = {one.id: one for one in session.scalars(select(Lesson).where(Lesson.id.in_(ids)))}
    units = organisation.node_names(session, {one.unit_id for one in rows})
    found = []
    for row in rows:
        lesson = lessons.get(row.lesson_id or "")
        lecturer = lesson.lecturer.name if lesson and lesson.lecturer else ""
        unit = units.get(row.unit_id, "")
        found.append(Work(row, lesson, unit if named else "", lecturer if named else "", named))
    return found


def entry_of(session: Session, call: Call, n: int) -> Entry:
    """Return the n-th work of a call; raises NotFound."""
    found = session.scalars(select(Entry).where(Entry.call_id == call.id, Entry.n == n)).first()
    if found is None:
        raise NotFound
    return found


def entry_of_lesson(session: Session, call_id: str, lesson_id: str) -> Entry | None:
    """Return what a lesson is in a call, None for nothing."""
    wanted = select(Entry).where(Entry.call_id == call_id, Entry.lesson_id == lesson_id)
    return session.scalars(wanted).first()


def own_entries(session: Session, viewer: Viewer, call: Call) -> list[Work]:
    """Return the works of a call that are the viewer's: their own lessons, and what they entered."""
    mine = or_(Lesson.owner_id == viewer.person_id, Entry.entered_by == viewer.person_id)
    wanted = select(Entry.id).join(Lesson, Lesson.id == Entry.lesson_id)
    ids = session.scalars(wanted.where(Entry.call_id == call.id, mine)).all()
    return works(session, call, named=True, only=ids) if ids else []


def own_lessons(session: Session, viewer: Viewer, call: Call, most: int = 50) -> list[Lesson]:
    """Return the viewer's own lessons that a call may take, the newest first."""
    inside = Lesson.node_id.in_(organisation.inside_of([call.node_id]))
    wanted = select(Lesson).where(Lesson.owner_id == viewer.person_id, inside)
    return list(session.scalars(wanted.order_by(Lesson.created_at.desc(), Lesson.id.desc()).limit(most)))


# ------------------------------------------------------------------ what the machine finds


def look_of(session: Session, recording_id: str) -> Look | None:
    """Return how far looking at a recording's edges is, None where nobody asked for it."""
    return session.get(Look, recording_id)


def known_of(session: Session, lesson: Lesson) -> Known:
    """Return what is known of a lesson's file."""
    row = intake.recording_of(session, lesson.id)
    if row is None or row.facts is None:
        return Known(duration_s=lesson.duration_s, transcript=lesson.transcript)
    facts = Facts.from_json(row.facts)
    profile = AudioProfile.from_json(row.profile) if row.profile is not None else None
    look = look_of(session, row.id)
    video = facts.video
    bars = Bars(**look.bars) if look is not None and look.bars is not None else None
    return Known(
        duration_s=facts.duration_s,
        probed=True,
        lines=min(video.width, video.height) if video else None,
        fps=video.fps if video else None,
        has_picture=video is not None,
        has_sound=facts.audio is not None,
        heard=profile is not None,
        lufs=profile.integrated_lufs if profile else None,
        transcript=lesson.transcript,
        bars=bars,
        looking=look is not None and look.state is LookState.WAITING,
    )


def report_of(session: Session, call: Call, lesson: Lesson) -> tuple[Line, ...]:
    """Return what the machine says of a lesson for a call."""
    return report(Demands.from_json(call.demands), known_of(session, lesson))


def plays(lesson: Lesson) -> bool:
    """Tell whether there is something to judge: a clip that plays."""
    return lesson.kind is not LessonKind.TEXT and any(clip.plan for clip in lesson.clips)


# ------------------------------------------------------------------ judges and scores


@dataclass(frozen=True)
class JudgeRow:
    """A judge with a name ("" erased), and how many works they have scored of those they may."""

    judge: Judge
    name: str
    scored: int
    due: int


def judges(session: Session, call: Call) -> list[Judge]:
    """Return a call's judges in the order in which they were invited."""
    wanted = select(Judge).where(Judge.call_id == call.id).order_by(Judge.invited_at, Judge.id)
    return list(session.scalars(wanted))


def stakes(judge: Viewer, its: Sequence[Work]) -> dict[str, Stake]:
    """Return why a judge does not score works, by entry; others are left out."""
    found = {work.entry.id: rules.stake(judge, work.origin) for work in its}
    return {entry_id: why for entry_id, why in found.items() if why is not None}


def judge_rows(session: Session, call: Call, now: datetime) -> list[JudgeRow]:
    """Return a call's judges, and how far each is."""
    rows, its = judges(session, call), works(session, call, named=True)
    due = {work.entry.id for work in its if work.lesson is not None}
    counts: dict[str, int] = dict(
        session.execute(
            select(Score.judge_id, func.count())
            .join(Judge, Judge.id == Score.judge_id)
            .where(Judge.call_id == call.id)
            .group_by(Score.judge_id)
        ).all()
    )
    found = []
    for row in rows:
        person = people.person(session, row.person_id) if row.person_id else None
        kept_out = stakes(people.viewer_of(session, person, local_day(now)), its) if person else {}
        name = person.name if person else ""
        found.append(JudgeRow(row, name, counts.get(row.id, 0), len(due - set(kept_out))))
    return found


def scores_of(session: Session, judge_id: str) -> dict[str, Score]:
    """Return a judge's scores by entry."""
    return {one.entry_id: one for one in session.scalars(select(Score).where(Score.judge_id == judge_id))}


def final_scores(session: Session, call: Call) -> dict[str, dict[str, Score]]:
    """Return the scores that were handed in, by entry and judge."""
    wanted = select(Score).join(Judge, Judge.id == Score.judge_id)
    final = (Judge.call_id == call.id, Judge.handed_in_at.is_not(None))
    found: dict[str, dict[str, Score]] = {}
    for one in session.scalars(wanted.where(*final)):
        found.setdefault(one.entry_id, {})[one.judge_id] = one
    return found


@dataclass(frozen=True)
class Result:
    """What came of a call: its works in order, what each judge who handed in gave (by entry, in the judges'
    order, None for none), and how many judges did not hand in."""

    order: tuple[Ranked, ...]
    figures: Mapping[str, tuple[Fraction | None, ...]]
    judges_in: int
    judges_out: int


def categories(session: Session, call: Call) -> dict[str, str]:
    """Return the category of each work of a call."""
    rows = session.execute(select(Entry.id, Entry.category).where(Entry.call_id == call.id))
    return {row[0]: row[1] for row in rows}


def result(session: Session, call: Call) -> Result:
    """Return what comes of the scores that were handed in."""
    its: Sequence[tuple[str, int]] = session.execute(
        select(Entry.id, Entry.n).where(Entry.call_id == call.id)
    ).all()
    given, rows, criteria = final_scores(session, call), judges(session, call), call.criteria_of
    final = [one for one in rows if one.handed_in_at is not None]
    figures: dict[str, tuple[Fraction | None, ...]] = {}
    combined: dict[str, Combined | None] = {}
    for entry_id, _n in its:
        scores = given.get(entry_id, {})
        figures[entry_id] = tuple(
            scoring.weighted(scores[one.id].points, criteria) if one.id in scores else None for one in final
        )
        there = [figure for figure in figures[entry_id] if figure is not None]
        combined[entry_id] = scoring.combine(there, trimmed=call.trimmed)
    order = scoring.ranking(combined, dict(its))
    return Result(order, figures, len(final), len(rows) - len(final))


# ------------------------------------------------------------------ certificates


def certificate(session: Session, code: str) -> Certificate:
    """Return a certificate by its code, clean as awarding.clean_code gives it; raises NotFound."""
    found = session.scalars(select(Certificate).where(Certificate.code == code)).first()
    if not code or found is None:
        raise NotFound
    return found


def certificates(session: Session, call: Call) -> dict[str, Certificate]:
    """Return the certificates of a call that hold, by entry."""
    wanted = select(Certificate).where(Certificate.call_id == call.id, Certificate.withdrawn_at.is_(None))
    return {one.entry_id: one for one in session.scalars(wanted) if one.valid and one.entry_id}
