"""The only writer of the catalogue. Every change that the index must learn of goes through `touch`."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.orm import Session

from library.audit import actions as audit
from library.audit.rules import Deed
from library.catalog.permits import LessonState
from library.catalog.rules import (
    SUMMARY_MAX,
    TITLE_MAX,
    CueLine,
    Genre,
    LessonKind,
    TranscriptQuality,
    clean_language,
)
from library.catalog.tables import Clip, Cue, DeletedLesson, Lecturer, Lesson, LessonTopic, Revision, Topic
from library.core.database import announce, insert_new
from library.core.errors import NotFound
from library.core.ids import new_id
from library.core.text import clean_block, clean_line, required_line, required_name
from transcode.pictures.small import SmallForm

PERMITS = "permits"
"""Announced when a commit changed who may watch a lesson."""


def next_revision(session: Session) -> int:
    """Take the next revision number; see tables.Revision for why it is a locked row."""
    take = update(Revision).where(Revision.id == 1).values(value=Revision.value + 1).returning(Revision.value)
    with session.no_autoflush:  # first the counter, then rows: see `touch`
        taken: int | None = session.scalar(take)
        if taken is None:
            insert_new(session, Revision, ["id"], {"id": 1, "value": 0})
            taken = session.execute(take).scalar_one()
    return taken


def touch(session: Session, lesson: Lesson) -> None:
    """Note that a lesson changes, so that the index reads it again; raises NotFound when it is gone.

    This comes before the change. Every writer takes the counter first and the lesson's rows after it, for the
    other way round two of them could each hold what the other waits for; and while one holds the counter the
    lesson stays as it is read here, so that a decision about its state cannot be overtaken.
    """
    revision = next_revision(session)
    try:
        session.refresh(lesson)
    except InvalidRequestError:
        raise NotFound from None
    lesson.revision = revision
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
    genre: Genre | None = None


def new_lesson(
    session: Session,
    *,
    node_id: str,
    owner_id: str | None,
    details: Details,
    now: datetime,
    key: str | None = None,
) -> Lesson:
    """Make a draft; raises Invalid naming the field that cannot be used."""
    revision = next_revision(session)
    lesson = Lesson(
        id=new_id(),
        key=key,
        title=required_line(details.title or "", "title", TITLE_MAX),
        summary="",
        language="zh-CN",
        node_id=node_id,
        owner_id=owner_id,
        created_at=now,
        revision=revision,
    )
    session.add(lesson)
    session.flush()
    _put_details(session, lesson, details)
    return lesson


def edit(session: Session, lesson: Lesson, details: Details) -> None:
    """Change what people typed; raises Invalid naming the field."""
    touch(session, lesson)
    _put_details(session, lesson, details)


def cleaned(details: Details) -> Details:
    """Return the details as they are kept; raises Invalid naming the field that cannot be used."""
    name = None if details.lecturer is None else clean_line(details.lecturer)
    topics = details.topics
    return replace(
        details,
        title=None if details.title is None else required_line(details.title, "title", TITLE_MAX),
        lecturer=required_name(name, "lecturer")[0] if name else name,
        topics=None if topics is None else [required_name(one, "topics")[0] for one in topics],
        summary=None if details.summary is None else clean_block(details.summary, "summary", SUMMARY_MAX),
        language=None if details.language is None else clean_language(details.language),
    )


def _put_details(session: Session, lesson: Lesson, typed: Details) -> None:
    details = cleaned(typed)
    if details.title is not None:
        lesson.title = details.title
    if details.lecturer is not None:
        lesson.lecturer_id = lecturer(session, details.lecturer).id if details.lecturer else None
    if details.topics is not None:
        _set_topics(session, lesson, details.topics)
    if details.taught_on is not None or details.clear_date:
        lesson.taught_on = details.taught_on
    if details.summary is not None:
        lesson.summary = details.summary
    if details.language is not None:
        lesson.language = details.language
    if details.genre is not None:
        lesson.genre = details.genre
    session.flush()
    session.expire(lesson, ["lecturer", "topics"])


def lecturer(session: Session, name: str) -> Lecturer:
    """Return the lecturer of that name, made now if unknown; raises Invalid when the name is too long."""
    name, folded = required_name(name, "lecturer")
    insert_new(session, Lecturer, ["folded"], {"id": new_id(), "name": name, "folded": folded})
    return session.scalars(select(Lecturer).where(Lecturer.folded == folded)).one()


def topic(session: Session, name: str) -> Topic:
    """Return the topic of that name, made now if unknown; raises Invalid when the name is too long."""
    name, folded = required_name(name, "topics")
    insert_new(session, Topic, ["folded"], {"id": new_id(), "name": name, "folded": folded})
    return session.scalars(select(Topic).where(Topic.folded == folded)).one()


def _set_topics(session: Session, lesson: Lesson, names: Sequence[str]) -> None:
    session.execute(delete(LessonTopic).where(LessonTopic.lesson_id == lesson.id))
    session.expire(lesson, ["topics"])
    ids = dict.fromkeys(topic(session, name).id for name in names)
    at = lesson.published_at
    session.add_all(
        LessonTopic(lesson_id=lesson.id, topic_id=i, n=n, published_at=at) for n, i in enumerate(ids)
    )


def set_state(session: Session, lesson: Lesson, state: LessonState, now: datetime) -> None:
    """Move a lesson to a state; whether that is allowed is the review slice's decision."""
    touch(session, lesson)
    if lesson.state is LessonState.PUBLISHED and state is not LessonState.PUBLISHED:
        lesson.narrowed_at = now
    lesson.state = state
    if state is LessonState.PUBLISHED and lesson.published_at is None:
        lesson.published_at = now
        for link in lesson.topics:
            link.published_at = now
    session.flush()
    announce(session, PERMITS)


def set_media(session: Session, lesson: Lesson, *, kind: LessonKind, duration_s: float) -> None:
    """Note what the recording is, a video or sound, and how long."""
    touch(session, lesson)
    lesson.kind = kind
    lesson.duration_s = duration_s
    session.flush()


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
    touch(session, lesson)
    present = {_borders(clip): clip for clip in lesson.every_clip if clip.n is not None}
    wanted = {_borders(cut) for cut in cuts}
    for clip in list(lesson.every_clip):
        if clip.n is None or _borders(clip) not in wanted:
            lesson.every_clip.remove(clip)
        else:
            clip.n = None  # out of the way: numbers are unique at every moment
    session.flush()
    for n, cut in enumerate(cuts, start=1):
        kept = present.get(_borders(cut))
        if kept is not None:
            kept.n = n
        else:
            lesson.every_clip.append(
                Clip(id=new_id(), n=n, start_s=cut.start_s, end_s=cut.end_s, reason=cut.reason)
            )
    session.flush()
    session.expire(lesson, ["clips", "every_clip"])
    return list(lesson.clips)


def new_clip(session: Session, lesson: Lesson, cut: Cut, title: str) -> Clip:
    """Make a clip that has no place in its lesson yet; `arrange` gives it one."""
    clip = Clip(id=new_id(), n=None, title=title, start_s=cut.start_s, end_s=cut.end_s, reason=cut.reason)
    lesson.every_clip.append(clip)
    session.flush()
    return clip


def arrange(session: Session, lesson: Lesson, order: Sequence[Clip], now: datetime) -> None:
    """Make `order` the clips of a lesson.

    What falls out stays, with its plays, if it ever played: somebody may be watching it, and its views count.
    """
    touch(session, lesson)
    placed = {clip.id for clip in order}
    for clip in lesson.every_clip:
        if clip.n is not None and clip.id not in placed and (clip.plan or clip.early):
            clip.replaced_at = now
        clip.n = None  # all out of the way: numbers are unique at every moment
    session.flush()
    drop_unplaced(session, lesson, keep=placed)
    for n, clip in enumerate(order, start=1):
        clip.n, clip.replaced_at = n, None
    session.flush()
    session.expire(lesson, ["clips", "every_clip"])


def forget_previews(session: Session, lesson: Lesson) -> None:
    """Show no more what there is of clips that nobody is making any more."""
    for clip in lesson.every_clip:
        clip.early = None
    session.flush()


def retire(session: Session, replaced_before: datetime) -> None:
    """Let go of what was made of clips that were replaced before a moment: they play no more.

    Their rows stay, for the views they had.
    """
    session.execute(
        update(Clip)
        .where(Clip.replaced_at < replaced_before, Clip.plan.is_not(None))
        .values(plan=None, early=None, poster="", cover="", stills=0, small="", strip=False, size_bytes=0)
    )


def want_again(clip: Clip, title: str, now: datetime) -> None:
    """Note that a clip is wanted in another arrangement, under a title; a replaced one is not retired yet."""
    clip.title = title
    if clip.replaced_at is not None:
        clip.replaced_at = now


def drop_unplaced(session: Session, lesson: Lesson, keep: Collection[str]) -> None:
    """Take away the clips outside of the lesson's order that were never in it, but for the ids in `keep`."""
    for clip in list(lesson.every_clip):
        if clip.n is None and clip.replaced_at is None and clip.id not in keep:
            lesson.every_clip.remove(clip)
    session.flush()


def _borders(cut: Cut | Clip) -> tuple[float, float]:
    return round(cut.start_s, 3), round(cut.end_s, 3)


def clip_ready(
    session: Session,
    clip: Clip,
    *,
    plan: str,
    duration_s: float,
    size_bytes: int,
    poster: str,
    stills: int = 0,
    small: SmallForm = SmallForm.NONE,
    strip: bool = False,
    copied: str = "",
    sizes: Mapping[str, int] | None = None,
    now: datetime,
) -> None:
    """Switch a clip to what was just made of it (see tables.Clip); it plays from this commit on.

    The same made once more keeps the picture that somebody chose.
    """
    touch(session, clip.lesson)
    if clip.plan == plan and clip.stills == stills and clip.poster and poster:
        poster = clip.poster
    clip.plan, clip.duration_s, clip.size_bytes = plan, duration_s, size_bytes
    clip.poster, clip.stills, clip.small, clip.strip, clip.copied = poster, stills, small, strip, copied
    clip.early, clip.ready_at, clip.sizes = None, now, dict(sizes or {})
    session.flush()


def note_small(session: Session, clip_id: str, plan: str, small: SmallForm, more_bytes: int) -> None:
    """Note that the pictures of what `plan` made of a clip are there small too, unless it is noted already.

    `more_bytes`: how many bytes that adds to the clip's files. The index shows no pictures.
    """
    of_it = (Clip.id == clip_id, Clip.plan == plan, Clip.small == "")
    values = {"small": small.value, "size_bytes": Clip.size_bytes + more_bytes}
    session.execute(update(Clip).where(*of_it).values(values))


def clip_growing(session: Session, clip: Clip, early: str | None) -> None:
    """Note that the beginning of a clip can be watched while it is made (None: not any more).

    The index need not know of it.
    """
    clip.early = early
    session.flush()


def put_transcript(
    session: Session, lesson: Lesson, quality: TranscriptQuality, lines: Sequence[CueLine]
) -> None:
    """Replace what is said; without lines there is no transcript, whatever its quality."""
    touch(session, lesson)
    put_cues(session, lesson, quality, lines)


def put_cues(session: Session, lesson: Lesson, quality: TranscriptQuality, lines: Sequence[CueLine]) -> None:
    """Do what `put_transcript` does in a lesson that this transaction has touched."""
    if lesson.transcript is not TranscriptQuality.NONE:
        session.execute(delete(Cue).where(Cue.lesson_id == lesson.id))
    if lines:
        # Past the ORM, which looks at every row: for as long as this takes, on SQLite nobody else can write.
        session.connection().execute(
            insert(Cue),
            [
                {
                    "lesson_id": lesson.id,
                    "n": n,
                    "start_s": line.start_s,
                    "end_s": line.end_s,
                    "text": line.text,
                    "speaker": line.speaker,
                    "source": line.source,
                    "confidence": line.confidence,
                    "doubtful": [list(span) for span in line.doubtful] or None,
                }
                for n, line in enumerate(lines)
            ],
        )
    lesson.transcript = quality if lines else TranscriptQuality.NONE
    session.flush()


def delete_lesson(session: Session, lesson: Lesson, now: datetime, by: str | None = None) -> None:
    """Take a lesson away; a tombstone tells the indexes. `by` is who does it, None for the machine itself."""
    lesson_id, revision = lesson.id, next_revision(session)
    played = [clip.id for clip in lesson.every_clip if clip.plan or clip.early]
    audit.note(session, Deed.LESSON_DELETED, by, thing=lesson_id, state=lesson.state.value)
    session.delete(lesson)
    session.add(DeletedLesson(lesson_id=lesson_id, revision=revision, deleted_at=now, clips=played))
    session.flush()
    announce(session, PERMITS)
