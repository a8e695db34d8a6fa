"""What the pages do, as JSON under /api/v1, for programs with a token and for the pages' own scripts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from library.catalog import actions, queries
from library.catalog import transcript_queries as given
from library.catalog.permits import Action, Audience, LessonState, may
from library.catalog.rules import Genre, read_genre, split_topics, title_from_file_name
from library.catalog.tables import Clip, Lesson
from library.core.days import parse_date
from library.core.errors import Forbidden
from library.hearing import queries as hearing
from library.intake import actions as intake_actions
from library.intake import queries as intake
from library.people.rules import teaches_for
from library.plays import queries as plays
from library.review import actions as review
from library.versions import actions as version_actions
from library.versions import queries as versions
from library.versions.queries import Waiting
from server.web.deps import CardsDep, ClockDep, Lecturer, MediaDep, PagesDep, Reading, WhoDep, Writing
from server.web.limits.fields import BlockText, LineText, WordQuery, WordText
from server.web.limits.sizes import ITEMS
from server.web.pages import Pages
from server.web.shown.media_urls import MediaUrls
from server.web.shown.remarks import WarningOut, warnings_of
from server.web.who import Who

router = APIRouter(prefix="/api/v1")

_PER_PAGE = 50


class NewLesson(BaseModel):
    """A lesson to be made; without a title it is called after its file."""

    title: LineText = ""
    file_name: LineText = ""


class LessonChange(BaseModel):
    """What to change of a lesson; fields that are left out stay as they are. `date` may be "".

    `draft_seen` is the `fields_seen` of the draft that you changed: when it is another by now, nothing is
    changed (409 "draft_changed"). Without it nobody looks.
    """

    title: LineText | None = None
    lecturer: LineText | None = None
    topics: LineText | Annotated[list[LineText], Field(max_length=ITEMS)] | None = None
    date: WordText | None = None
    summary: BlockText | None = None
    language: WordText | None = None
    genre: WordText | None = None
    draft_seen: int | None = Field(default=None, ge=0, lt=2**31)


class ClipOut(BaseModel):
    """A clip; `start_s` and `end_s` count from the lecture's start, `master` is a signed playlist.

    `title` is what its lecturer calls it, "" for nothing.
    """

    id: str
    n: int
    title: str
    start_s: float
    end_s: float
    duration_s: float | None
    ready: bool
    views: int
    master: str | None


class TwinOut(BaseModel):
    """Another lesson made of the same file."""

    id: str
    title: str
    url: str


class LessonOut(BaseModel):
    """A lesson; `recording` is none, receiving, waiting, working, ready, failed, refused or cancelled.

    `cues` are the lines of the transcript that was given; `warnings` what was left out, moved or guessed in
    its recording and its words; `draft` which fields wait to be published, and as what. All are for those who
    may change the lesson: null and empty for others.
    """

    id: str
    title: str
    lecturer: str | None
    topics: list[str]
    date: date | None
    summary: str
    language: str
    kind: str
    genre: Genre
    state: LessonState
    audience: Audience
    duration_s: float | None
    transcript: str
    views: int
    recording: str
    problem: dict[str, str] | None = None
    cues: int | None = None
    draft: dict[str, str | list[str]] | None = None
    warnings: list[WarningOut] = Field(default_factory=list)
    duplicates: list[TwinOut] = Field(default_factory=list)
    clips: list[ClipOut]


class OtherYearOut(BaseModel):
    """A lesson of the same topic in another year."""

    id: str
    title: str
    lecturer: str | None
    date: date | None
    url: str


class OneLessonOut(LessonOut):
    """A lesson asked for by its id, with a few of the same topics in other years, newest first."""

    same_topic: list[OtherYearOut]


class LessonsOut(BaseModel):
    """One page of lessons."""

    total: int
    page: int
    lessons: list[LessonOut]


def _clip(media: MediaUrls, lesson: Lesson, clip: Clip, views: dict[str, int]) -> ClipOut:
    return ClipOut(
        id=clip.id,
        n=clip.number,
        title=clip.title,
        start_s=clip.start_s,
        end_s=clip.end_s,
        duration_s=clip.duration_s,
        ready=clip.plan is not None,
        views=views.get(clip.id, 0),
        master=media.of(lesson, clip, "master.m3u8") if clip.plan else None,
    )


def _lesson(pages: Pages, media: MediaUrls, session: Session, who: Who, lesson: Lesson) -> LessonOut:
    return _lessons(pages, media, session, who, [lesson])[0]


def _lessons(
    pages: Pages, media: MediaUrls, session: Session, who: Who, lessons: Sequence[Lesson]
) -> list[LessonOut]:
    """Return lessons as the API gives them, in a fixed number of statements.

    What went wrong, what is to be known and what it is a twin of is for those who can do something about it.
    """
    recordings = intake.recordings_of(session, [lesson.id for lesson in lessons])
    views = plays.clip_views(session, *(lesson.id for lesson in lessons))
    all_views = plays.lesson_views(session, [lesson.id for lesson in lessons])
    mine = {x.id for x in lessons if may(who.viewer, Action.EDIT, queries.facts(x))}
    twins = intake.twins_of(session, who.viewer, [r for r in recordings.values() if r.lesson_id in mine])
    words = given.versions_of(session, sorted(mine))
    drafts = versions.drafts(session, mine)
    catalogue = pages.renderer.catalogue(who.language)
    found = []
    for lesson in lessons:
        recording, problem = recordings.get(lesson.id), None
        if recording is not None and recording.reason and lesson.id in mine:
            said = pages.explain_reason(recording.reason, recording.reason_args, who.language)
            problem = {"error": recording.reason, "message": said.message, "todo": said.todo}
        own = words.get(lesson.id, [])
        account = hearing.account_of(session, own, recording) if lesson.id in mine else ()
        its_twins = twins.get(recording.id, []) if recording is not None else []
        clips = [_clip(media, lesson, clip, views) for clip in lesson.clips]
        found.append(
            LessonOut(
                id=lesson.id,
                title=lesson.title,
                lecturer=lesson.lecturer.name if lesson.lecturer else None,
                topics=[link.topic.name for link in lesson.topics],
                date=lesson.taught_on,
                summary=lesson.summary,
                language=lesson.language,
                kind=lesson.kind,
                genre=lesson.genre,
                state=lesson.state,
                audience=lesson.audience,
                duration_s=lesson.duration_s,
                transcript=lesson.transcript,
                views=all_views.get(lesson.id, 0),
                recording=recording.state if recording else "none",
                problem=problem,
                cues=next((version.cues for version in own if version.in_use), None),
                draft=_waiting(drafts.get(lesson.id)),
                warnings=warnings_of(account, catalogue),
                duplicates=[
                    TwinOut(id=t.id, title=t.title, url=pages.at(f"/lessons/{t.id}")) for t in its_twins
                ],
                clips=clips,
            )
        )
    return found


def _waiting(draft: Waiting | None) -> dict[str, str | list[str]] | None:
    return None if draft is None else dict(draft.values)


@router.get("/lessons", tags=["lessons"])
def list_lessons(
    session: Reading,
    who: WhoDep,
    pages: PagesDep,
    media: MediaDep,
    topic: WordQuery = "",
    lecturer: WordQuery = "",
    genre: WordQuery = "",
    page: Annotated[int, Query(ge=1)] = 1,
) -> LessonsOut:
    """The lessons you may see, newest first."""
    filters = queries.Filters(
        topic=topic or None,
        lecturer=lecturer or None,
        genre=read_genre(genre) if genre else None,
    )
    found = queries.lessons_page(session, who.viewer, filters, page, _PER_PAGE)
    lessons = _lessons(pages, media, session, who, found.items)
    return LessonsOut(total=found.total, page=found.number, lessons=lessons)


@router.post("/lessons", tags=["lessons"], status_code=201)
def new_lesson(session: Writing, who: Lecturer, clock: ClockDep, body: NewLesson) -> dict[str, str]:
    """Make a draft, to which a recording is then uploaded (tus, /tus/, metadata `lesson`)."""
    home = teaches_for(who.viewer)
    if home is None:
        raise Forbidden
    title = title_from_file_name(body.file_name) if body.file_name and not body.title.strip() else body.title
    lesson = actions.new_lesson(
        session,
        node_id=home,
        owner_id=who.viewer.person_id,
        details=actions.Details(title=title),
        now=clock(),
    )
    return {"id": lesson.id, "title": lesson.title}


@router.get("/lessons/{lesson_id}", tags=["lessons"])
def get_lesson(
    session: Reading, who: WhoDep, pages: PagesDep, cards: CardsDep, media: MediaDep, lesson_id: str
) -> OneLessonOut:
    """One lesson."""
    lesson = queries.lesson_for(session, who.viewer, lesson_id)
    others = [
        OtherYearOut(
            id=card.id,
            title=card.title,
            lecturer=card.lecturer,
            date=card.date,
            url=pages.at(f"/lessons/{card.id}"),
        )
        for card in cards.other_years(session, who.viewer, [lesson])
    ]
    return OneLessonOut(**_lesson(pages, media, session, who, lesson).model_dump(), same_topic=others)


@router.patch("/lessons/{lesson_id}", tags=["lessons"])
def change_lesson(
    session: Writing,
    who: WhoDep,
    pages: PagesDep,
    media: MediaDep,
    clock: ClockDep,
    lesson_id: str,
    body: LessonChange,
) -> LessonOut:
    """Change what is written about a lesson (its owner, the staff).

    Of a published one this waits as a draft: the answer is what viewers see, and `draft` what waits.
    """
    lesson = queries.lesson_for(session, who.viewer, lesson_id, Action.EDIT)
    day = parse_date(body.date) if body.date is not None else None
    details = actions.Details(
        title=body.title,
        lecturer=body.lecturer,
        topics=split_topics(body.topics) if body.topics is not None else None,
        taught_on=day,
        clear_date=body.date is not None and day is None,
        summary=body.summary,
        language=body.language,
        genre=None if body.genre is None else read_genre(body.genre),
    )
    by = who.viewer.person_id
    version_actions.edit(session, lesson, details, by, clock(), seen=body.draft_seen)
    return _lesson(pages, media, session, who, lesson)


@router.delete("/lessons/{lesson_id}", tags=["lessons"], status_code=204)
def delete_lesson(session: Writing, who: WhoDep, clock: ClockDep, lesson_id: str) -> None:
    """Take a lesson away for good (the owner of a draft, the staff)."""
    lesson = queries.lesson_for(session, who.viewer, lesson_id, Action.DELETE)
    actions.delete_lesson(session, lesson, clock(), who.viewer.person_id)


@router.post("/lessons/{lesson_id}/publish", tags=["review"])
def publish(
    session: Writing, who: WhoDep, pages: PagesDep, media: MediaDep, clock: ClockDep, lesson_id: str
) -> LessonOut:
    """Publish a lesson (staff)."""
    return _lesson(pages, media, session, who, review.publish(session, who.viewer, lesson_id, "", clock()))


@router.post("/lessons/{lesson_id}/withdraw", tags=["review"])
def withdraw(
    session: Writing, who: WhoDep, pages: PagesDep, media: MediaDep, clock: ClockDep, lesson_id: str
) -> LessonOut:
    """Take a published lesson back (staff)."""
    return _lesson(pages, media, session, who, review.withdraw(session, who.viewer, lesson_id, "", clock()))


@router.post("/lessons/{lesson_id}/retry", tags=["lessons"])
def retry(session: Writing, who: WhoDep, pages: PagesDep, media: MediaDep, lesson_id: str) -> LessonOut:
    """Run again what failed; for "already here": make a lesson of the same file all the same."""
    lesson = queries.lesson_for(session, who.viewer, lesson_id, Action.EDIT)
    recording = intake.recording_of(session, lesson_id)
    if recording is not None:
        intake_actions.retry(session, recording)
    return _lesson(pages, media, session, who, lesson)
