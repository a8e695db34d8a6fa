"""The page on which one swipes from clip to clip."""

from __future__ import annotations

from fastapi import APIRouter, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.catalog import shelves
from library.catalog.rules import LessonKind
from library.catalog.tables import Clip, Lecturer, Lesson, Topic
from library.core.errors import NotFound
from library.marks import queries as marks
from library.marks import rules as mark_rules
from library.mondays import swiping
from library.mondays.swiping_rules import MOST_CLIPS, NextClip
from server.slices.swiping.contexts import SwipeClip, SwipePage
from server.web.deps import ClockDep, MediaDep, PagesDep, Reading, WhoDep
from server.web.limits.fields import WordQuery
from server.web.shown.media_urls import MediaUrls
from server.web.shown.weeks import present
from server.web.who import Who
from transcode.hls.files import MASTER

router = APIRouter(include_in_schema=False)


@router.get("/feed")
def feed(
    request: Request,
    session: Reading,
    who: WhoDep,
    pages: PagesDep,
    media: MediaDep,
    clock: ClockDep,
    topic: WordQuery = "",
    lecturer: WordQuery = "",
) -> Response:
    """This week's clips, what was missed, the same topics, what is new; or those of a topic or a lecturer."""
    name, back, found = "", "", None
    if topic or lecturer:
        name, back, found = _asked(session, who, topic, lecturer)
    else:
        found = swiping.for_viewer(session, who.viewer, who.play_key, present(clock()))
    coming = [(found.lessons[one.lesson_id], one) for one in found.swipe.clips]
    clips = [next(clip for clip in lesson.clips if clip.id == one.clip_id) for lesson, one in coming]
    stopped = marks.stopped_in(session, who.viewer.person_id, clips)
    context = SwipePage(
        frame=pages.frame(request, session, who),
        clips=tuple(
            _shown(media, lesson, one, clip, stopped.get(clip.id, 0.0))
            for (lesson, one), clip in zip(coming, clips, strict=True)
        ),
        most=MOST_CLIPS,
        name=name,
        back=back,
        of_week=found.swipe.of_week,
        week_left=found.swipe.week_left,
        cut=found.swipe.cut,
        looked_through=found.looked_through,
        person=who.viewer.person_id or "",
        now_ms=int(clock().timestamp() * 1000),
    )
    return pages.respond(request, who, context)


def _asked(session: Session, who: Who, topic: str, lecturer: str) -> tuple[str, str, swiping.Swiped]:
    """Return the name, the page and the clips of a topic or a lecturer; raises NotFound, also where there is
    nothing for the viewer: its name is not told then."""
    row = session.get(Topic, topic) if topic else session.get(Lecturer, lecturer)
    if row is None:
        raise NotFound
    which = shelves.Of("topic" if isinstance(row, Topic) else "lecturer", row.id)
    found = swiping.of_some(session, who.viewer, who.play_key, which)
    if not found.any:
        raise NotFound
    return row.name, f"/topics/{row.id}" if topic else f"/lecturers/{row.id}", found


def _shown(media: MediaUrls, lesson: Lesson, one: NextClip, clip: Clip, stopped_s: float) -> SwipeClip:
    length_s = clip.duration_s or clip.end_s - clip.start_s
    after = next((each for each in lesson.clips if each.number > clip.number and each.plan is not None), None)
    return SwipeClip(
        id=clip.id,
        lesson_id=lesson.id,
        title=lesson.title,
        clip_title=clip.title,
        n=clip.number,
        of=len(lesson.clips),
        duration_s=length_s,
        why=one.why,
        master_url=media.of(lesson, clip, MASTER),
        sizes=clip.sizes,
        poster_url=media.poster(lesson, clip),
        picture=media.picture(lesson, clip),
        lecturer=lesson.lecturer.name if lesson.lecturer else "",
        lecturer_id=lesson.lecturer_id,
        is_sound=lesson.kind is LessonKind.SOUND,
        resume_s=mark_rules.resume_at(stopped_s, length_s),
        next=(after.id, after.number) if after is not None else None,
    )
