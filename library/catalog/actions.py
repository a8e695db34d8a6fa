"""The only writer of the catalogue. Every change that the index must learn of goes through `touch`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from library.catalog.rules import CueLine, clean_language
from library.catalog.tables import Clip, Cue, DeletedLesson, Lecturer, Lesson, LessonTopic, Revision, Topic
from library.core.ids import new_id
from library.core.permits import Audience, LessonState
from library.core.text import NAME_MAX, SUMMARY_MAX, TITLE_MAX, clean_block, clean_line, fold, required_line


def next_revision(session: Session) -> int:
    """Take the next revision number; see tables.Revision for why it is a locked row."""
    taken: int | None = session.scalar(
        update(Revision).where(Revision.id == 1).values(value=Revision.value + 1).returning(Revision.value)
    )
    if taken is None:
        session.add(Revision(id=1, value=1))
        session.flush()
        return 1
    return taken


def touch(session: Session, lesson: Lesson) -> None:
    """Note that a lesson changed, so that the index reads it again."""
    lesson.revision = next_revision(session)
    session.flush()


@dataclass(frozen=True)
class Details:
    """What people type about a lesson; None leaves a field as it is."""

    title: str | None = None
    lecturer: str | None = None
    topics: Sequence[str] | None = None
    taught_on: date | None = None
    clear_date: bool = False
    summary: str | None = None
    language: str | None = None


def new_lesson(
    session: Session,
    *,
    branch_id: str,
    owner_id: str | None,
    details: Details,
    now: datetime,
    key: str | None = None,
) -> Lesson:
    """Make a draft; raises Invalid naming the field that cannot be used."""
    lesson = Lesson(
        id=new_id(),
        key=key,
        title=required_line(details.title or "", "title", TITLE_MAX),
        summary="",
        language="zh-CN",
        branch_id=branch_id,
        owner_id=owner_id,
        created_at=now,
    )
    session.add(lesson)
    session.flush()
    edit(session, lesson, details)
    return lesson


def edit(session: Session, lesson: Lesson, details: Details) -> None:
    """Change what people typed; raises Invalid naming the field."""
    if details.title is not None:
        lesson.title = required_line(details.title, "title", TITLE_MAX)
    if details.lecturer is not None:
        name = clean_line(details.lecturer)
        lesson.lecturer_id = lecturer(session, name).id if name else None
    if details.topics is not None:
        _set_topics(session, lesson, details.topics)
    if details.taught_on is not None or details.clear_date:
        lesson.taught_on = details.taught_on
    if details.summary is not None:
        lesson.summary = clean_block(details.summary, SUMMARY_MAX)
    if details.language is not None:
        lesson.language = clean_language(details.language)
    session.flush()
    session.expire(lesson, ["lecturer", "topics"])
    touch(session, lesson)


def lecturer(session: Session, name: str) -> Lecturer:
    """Return the lecturer of that name, made now if unknown; raises Invalid when the name is too long."""
    name = required_line(name, "lecturer", NAME_MAX)
    found = session.scalars(select(Lecturer).where(Lecturer.folded == fold(name))).first()
    if found is None:
        found = Lecturer(id=new_id(), name=name, folded=fold(name))
        session.add(found)
        session.flush()
    return found


def _set_topics(session: Session, lesson: Lesson, names: Iterable[str]) -> None:
    session.execute(delete(LessonTopic).where(LessonTopic.lesson_id == lesson.id))
    session.expire(lesson, ["topics"])
    for n, name in enumerate(names):
        topic = session.scalars(select(Topic).where(Topic.folded == fold(name))).first()
        if topic is None:
            topic = Topic(id=new_id(), name=name, folded=fold(name))
            session.add(topic)
            session.flush()
        session.add(LessonTopic(lesson_id=lesson.id, topic_id=topic.id, n=n))
    session.flush()


def set_state(session: Session, lesson: Lesson, state: LessonState, now: datetime) -> None:
    """Move a lesson to a state; whether that is allowed is the review slice's decision."""
    lesson.state = state
    if state is LessonState.PUBLISHED and lesson.published_at is None:
        lesson.published_at = now
    touch(session, lesson)


def set_audience(session: Session, lesson: Lesson, audience: Audience) -> None:
    """Say for whom a lesson is."""
    lesson.audience = audience
    touch(session, lesson)


def set_media(session: Session, lesson: Lesson, *, kind: str, duration_s: float) -> None:
    """Note what the recording is: kind `video` or `sound`, and how long."""
    lesson.kind = kind
    lesson.duration_s = duration_s
    touch(session, lesson)


@dataclass(frozen=True)
class Cut:
    """Where a clip begins and ends in the lecture, and the code of why it ends there."""

    start_s: float
    end_s: float
    reason: str


def put_clips(session: Session, lesson: Lesson, cuts: Sequence[Cut]) -> list[Clip]:
    """Give a lesson its clips; a second call with the same borders keeps the clips there are.

    Returns the clips in order. Others than the kept ones are removed with their plays' links.
    """
    present = {(round(c.start_s, 3), round(c.end_s, 3)): c for c in lesson.clips}
    wanted = {(round(c.start_s, 3), round(c.end_s, 3)) for c in cuts}
    for borders, clip in present.items():
        if borders not in wanted:
            lesson.clips.remove(clip)
    session.flush()
    for n, cut in enumerate(cuts, start=1):
        kept = present.get((round(cut.start_s, 3), round(cut.end_s, 3)))
        if kept is not None:
            kept.n = n
        else:
            lesson.clips.append(
                Clip(id=new_id(), n=n, start_s=cut.start_s, end_s=cut.end_s, reason=cut.reason)
            )
    session.flush()
    session.expire(lesson, ["clips"])
    touch(session, lesson)
    return list(lesson.clips)


def clip_ready(
    session: Session,
    clip: Clip,
    *,
    plan: str,
    duration_s: float,
    size_bytes: int,
    poster: bool,
    now: datetime,
) -> None:
    """Switch a clip to what was just made of it; it plays from this commit on."""
    clip.plan, clip.duration_s, clip.size_bytes = plan, duration_s, size_bytes
    clip.poster, clip.ready_at = poster, now
    touch(session, clip.lesson)


def put_transcript(session: Session, lesson: Lesson, kind: str, lines: Sequence[CueLine]) -> None:
    """Replace what is said. `kind`: exact, estimated (times made from plain text), plain (no times), none."""
    session.execute(delete(Cue).where(Cue.lesson_id == lesson.id))
    if lines:
        session.execute(
            insert(Cue),
            [
                {
                    "lesson_id": lesson.id,
                    "n": n,
                    "start_s": line.start_s,
                    "end_s": line.end_s,
                    "text": line.text,
                }
                for n, line in enumerate(lines)
            ],
        )
    lesson.transcript = kind if lines else "none"
    touch(session, lesson)


def delete_lesson(session: Session, lesson: Lesson, now: datetime) -> None:
    """Take a lesson away; a tombstone tells the indexes."""
    lesson_id, revision = lesson.id, next_revision(session)
    session.delete(lesson)
    session.add(DeletedLesson(lesson_id=lesson_id, revision=revision, deleted_at=now))
    session.flush()
