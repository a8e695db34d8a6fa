"""What is left of this week, for whoever has come to a lesson's end."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from library.catalog import queries
from library.catalog.tables import Lesson
from library.mondays import queries as mondays
from library.plays import queries as plays
from library.programme import queries as programme
from server.web.deps import ClockDep, PagesDep, Reading, WhoDep
from server.web.language.i18n import N_
from server.web.shown.weeks import no_card, present, week_views

router = APIRouter()

MOST_OFFERED = 3


@router.get("/api/v1/clips/{clip_id}/after", tags=["plays"])
def after(session: Reading, who: WhoDep, clock: ClockDep, pages: PagesDep, clip_id: str) -> dict[str, Any]:
    """Lessons of this week to go on with after a clip, at most three, in the order of their plans.

    `unseen`: they are those that the person who asks has not watched yet; nobody knows it of a visitor.
    `left`: how many there are, also beyond the three. `why` and `left_words` say so in the reader's language.
    """
    viewer = who.viewer
    clip = queries.clip_for(session, viewer, clip_id)
    chain, week = programme.chain(session, viewer), present(clock())
    found = programme.weeks_seen(session, chain, week, week)
    view = week_views(session, viewer, chain[0], found, no_card).get(week)
    ids = dict.fromkeys(one.id for part in view.parts for one in part.lessons if one.open) if view else {}
    wanted = [one for one in ids if one != clip.lesson_id]
    if viewer.person_id is not None and wanted:
        seen = plays.watched_lessons(session, viewer.person_id, set(wanted))
        seen |= mondays.shown_to(session, viewer.person_id, set(wanted) - seen, week)
        wanted = [one for one in wanted if one not in seen]
    lessons = {one.id: one for one in queries.lessons_by_ids(session, viewer, wanted)} if wanted else {}
    found_offers = (_offer(lessons[one]) for one in wanted if one in lessons)
    offered = [one for one in found_offers if one is not None]
    say, unseen = pages.renderer.catalogue(who.language).say, viewer.person_id is not None
    return {
        "unseen": unseen,
        "why": say(N_("本周要学，您还没看") if unseen else N_("本周的课")),
        "left": len(offered),
        "left_words": say(N_("本周还没看的：%(num)s 节"), num=len(offered)) if unseen and offered else "",
        "lessons": offered[:MOST_OFFERED],
    }


def _offer(lesson: Lesson) -> dict[str, str] | None:
    """Return where a lesson begins; None while nothing of it can be played."""
    first = next(
        (clip for clip in sorted(lesson.clips, key=lambda one: one.n or 0) if clip.n and clip.plan), None
    )
    return {"title": lesson.title, "url": f"/clips/{first.id}"} if first else None
