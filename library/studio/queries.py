"""The only reader of the studio, and what it asks of the slices below."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from library.catalog import queries as catalog
from library.catalog.permits import Action, may
from library.catalog.rules import CueLine, TranscriptQuality
from library.catalog.tables import Clip, Cue, Lesson, TranscriptVersion
from library.core.permits import Viewer
from library.core.rights import Act, Thing, allowed
from library.correcting.tables import Stretch
from library.declaring.states import State
from library.declaring.tables import Declaration, Remark
from library.hearing.rules import OPEN
from library.hearing.tables import Recognition
from library.intake.queries import Work
from library.intake.rules import RecordingState
from library.intake.tables import Recording
from library.people.tables import Person
from library.studio.actions import OPEN_FOR
from library.studio.rules import Facts, HalfLeft, StepName, Way, half_left, way
from library.studio.tables import Editor, StepDone
from library.versions import queries as versions
from transcode.pictures.overview import Overview


@dataclass(frozen=True)
class Where:
    """Where a lesson is, and the declaration that it is under ("" for none)."""

    way: Way
    facts: Facts
    declaration_id: str = ""


def where(
    session: Session,
    viewer: Viewer,
    lessons: Sequence[Lesson],
    works: Mapping[str, tuple[Recording, Work]],
) -> dict[str, Where]:
    """Return where lessons are, by their ids; a fixed number of statements however many there are.

    `works` is what `intake.queries.works` says of them.
    """
    ids = [lesson.id for lesson in lessons]
    if not ids:
        return {}
    seen = _by_lesson(session, select(StepDone.lesson_id, StepDone.step).where(StepDone.lesson_id.in_(ids)))
    hears = _one_each(
        session,
        select(Recording.lesson_id)
        .join(Recognition, Recognition.recording_id == Recording.id)
        .where(Recording.lesson_id.in_(ids), Recognition.state.in_(OPEN)),
    )
    corrected = _one_each(
        session,
        select(Stretch.lesson_id)
        .join(
            TranscriptVersion,
            and_(TranscriptVersion.lesson_id == Stretch.lesson_id, TranscriptVersion.n == Stretch.n),
        )
        .where(Stretch.lesson_id.in_(ids), or_(TranscriptVersion.in_use, TranscriptVersion.waits)),
    )
    its = Clip.lesson_id.in_(ids)
    cut = _one_each(
        session, select(Clip.lesson_id).where(its, or_(Clip.replaced_at.is_not(None), Clip.title != ""))
    )
    covered = _one_each(session, select(Clip.lesson_id).where(its, Clip.cover != ""))
    declared = _declarations(session, ids)
    remarks = _open_remarks(session, [row.id for row in declared.values()])
    drafts = versions.drafts(session, ids)
    found = {}
    for lesson in lessons:
        _recording, work = works.get(lesson.id, (None, None))
        row = declared.get(lesson.id)
        facts = Facts(
            recording=work.state if work is not None else None,
            clips=len(lesson.clips),
            state=lesson.state,
            has_text=lesson.transcript is not TranscriptQuality.NONE,
            hears=lesson.id in hears,
            seen=frozenset(seen.get(lesson.id, ())),
            cut=lesson.id in cut,
            corrected=lesson.id in corrected,
            covered=bool(lesson.cover) or lesson.id in covered,
            declaration=row.state if row is not None else None,
            remarks=remarks.get(row.id, 0) if row is not None and row.state is State.RETURNED else 0,
            waits=lesson.id in drafts,
            may_declare=allowed(viewer, Act.DECLARATION_MAKE, Thing(lesson.node.path, lesson.owner_id)),
            may_publish=may(viewer, Action.PUBLISH, catalog.facts(lesson)),
            retry_helps=work is None
            or work.state is not RecordingState.REFUSED
            or work.reason == "already_here",
        )
        found[lesson.id] = Where(way(facts), facts, row.id if row is not None else "")
    return found


def _one_each(session: Session, wanted: Select[str]) -> frozenset[str]:
    return frozenset(session.scalars(wanted))


def _by_lesson(session: Session, wanted: Select[str, StepName]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for lesson_id, step in session.execute(wanted):
        found.setdefault(lesson_id, []).append(step)
    return found


def _declarations(session: Session, ids: Sequence[str]) -> dict[str, Declaration]:
    """Return the latest declaration of each lesson."""
    rows = session.scalars(
        select(Declaration)
        .where(Declaration.lesson_id.in_(ids))
        .order_by(Declaration.declared_at, Declaration.id)
    )
    return {row.lesson_id: row for row in rows}


def _open_remarks(session: Session, ids: Sequence[str]) -> Counter[str]:
    rows = session.execute(
        select(Remark.declaration_id, func.count())
        .where(Remark.declaration_id.in_(ids), Remark.answer_kind.is_(None))
        .group_by(Remark.declaration_id)
    )
    return Counter({row[0]: row[1] for row in rows})


@dataclass(frozen=True)
class OtherEditor:
    """Somebody else who has a lesson's words open, and since when; `own`: the same person, elsewhere."""

    name: str
    since: datetime
    own: bool


def other_editors(
    session: Session, lesson_id: str, window_id: str, person_id: str, now: datetime
) -> list[OtherEditor]:
    """Return who else has a lesson's words open, in whichever window, the first to come first."""
    rows = session.execute(
        select(Person.name, Editor.person_id, func.min(Editor.since))
        .join(Person, Person.id == Editor.person_id)
        .where(Editor.lesson_id == lesson_id, Editor.window_id != window_id, Editor.seen_at >= now - OPEN_FOR)
        .group_by(Person.name, Editor.person_id)
        .order_by(func.min(Editor.since))
    )
    return [OtherEditor(name, since, other == person_id) for name, other, since in rows]


# ---------------------------------------------------------------- what the figures say


@dataclass(frozen=True)
class Left:
    """When half of those who began a clip had left it, and what was said then ("" where nobody knows)."""

    clip: Clip
    half: HalfLeft
    said: str


def halves_left(
    session: Session, lesson: Lesson, curves: Mapping[str, tuple[Sequence[int], float]]
) -> list[Left]:
    """Return which clips half the viewers leave, and where. `curves`: plays and seconds a step, by clip."""
    turns = _turns(session, lesson.id) if curves else ()
    found = []
    for clip in lesson.clips:
        if clip.id not in curves:
            continue
        plays, step_s = curves[clip.id]
        length_s = clip.duration_s or clip.end_s - clip.start_s
        half = half_left(
            plays, step_s, length_s, [t - clip.start_s for t in turns if clip.start_s < t < clip.end_s]
        )
        if half is not None:
            found.append(Left(clip, half, _said(session, lesson.id, clip.start_s + half.at_s)))
    return found


def _turns(session: Session, lesson_id: str) -> tuple[float, ...]:
    """Return when a lecture's picture turns, as its first look found it; () where nobody looked."""
    look = session.scalar(select(Recording.look).where(Recording.lesson_id == lesson_id))
    return Overview.from_json(look).turns_s if look else ()


def _said(session: Session, lesson_id: str, at_s: float) -> str:
    row = session.scalar(
        select(Cue.text)
        .where(Cue.lesson_id == lesson_id, Cue.start_s <= at_s)
        .order_by(Cue.start_s.desc())
        .limit(1)
    )
    return row or ""


@dataclass(frozen=True)
class Asked:
    """What several people look for, and that it is said in a lesson: how often, and first where."""

    text: str
    people: int
    times: int
    line: CueLine | None
    clip: Clip | None


def asked_and_said(session: Session, lesson: Lesson, asked: Mapping[str, int], most: int) -> list[Asked]:
    """Return what people look for that stands in a lesson's words, title or topics, most first.

    `asked`: how many people looked for what, only of what may be shown to others.
    """
    rows = session.execute(
        select(Cue.start_s, Cue.text).where(Cue.lesson_id == lesson.id).order_by(Cue.start_s, Cue.n)
    ).all()
    about = " ".join((lesson.title, *(link.topic.name for link in lesson.topics)))
    found = []
    for text, people in sorted(asked.items(), key=lambda one: -one[1]):
        lines = [(at_s, said) for at_s, said in rows if text in said]
        if not lines and text not in about:
            continue
        at_s, said = lines[0] if lines else (None, "")
        clip = catalog.clip_at(lesson, at_s) if at_s is not None else None
        line = CueLine(at_s, None, said) if lines else None
        found.append(Asked(text, people, sum(said.count(text) for _at, said in lines), line, clip))
        if len(found) == most:
            break
    return found
