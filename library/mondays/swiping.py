"""Which lessons somebody may swipe through, and which of their clips they have seen. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from library.catalog import queries as catalog
from library.catalog import shelves
from library.catalog.tables import Lesson, LessonTopic
from library.core.permits import Viewer
from library.mondays.swiping_rules import MOST_CLIPS, Swipe, WhyNext, swipe
from library.plays import queries as plays
from library.programme import queries as programme
from library.programme.rules import LOOK_BACK
from library.programme.weeks import Week

LOOKED_AT = 2 * MOST_CLIPS
"""The newest lessons among which unseen ones are looked for, of each reason."""
_NEWEST_ALONE = (WhyNext.TOPIC, WhyNext.NEW, WhyNext.ASKED)


@dataclass(frozen=True)
class Swiped:
    """What comes, and the lessons of what comes by their ids; `any`: there are lessons, whether or not of
    them something comes."""

    swipe: Swipe
    lessons: dict[str, Lesson] = field(default_factory=dict)
    any: bool = False
    looked_through: int = 0
    """So many of the newest lessons were looked through where there are older ones; 0: all of them."""


def for_viewer(session: Session, viewer: Viewer, viewed_by: str, this: Week) -> Swiped:
    """Return what comes for a viewer in a week: of theirs, of the weeks before, of the same topics, new.

    `viewed_by` is by whom their plays are counted (plays.tables.Watcher).
    """
    chain = programme.chain(session, viewer)
    found = programme.weeks_seen(session, chain, this.after(-LOOK_BACK), this)
    out = {
        week: programme.lesson_ids(part for part in parts if part.released_at is not None)
        for week, parts in found.items()
    }
    week = out.get(this, [])
    # Of guests nobody knows what they were to see.
    past = sorted((one for one in out if one < this), reverse=True) if viewer.person_id else []
    missed = [one for earlier in past for one in out[earlier]]
    about = select(LessonTopic.topic_id).where(LessonTopic.lesson_id.in_(week))
    same = Lesson.id.in_(select(LessonTopic.lesson_id).where(LessonTopic.topic_id.in_(about)))
    return _swiped(
        session,
        viewer,
        viewed_by,
        {
            WhyNext.WEEK: week,
            WhyNext.MISSED: missed,
            WhyNext.TOPIC: shelves.newest_ids(session, viewer, LOOKED_AT + 1, same) if week else (),
            WhyNext.NEW: shelves.newest_ids(session, viewer, LOOKED_AT + 1),
        },
    )


def of_some(session: Session, viewer: Viewer, viewed_by: str, which: shelves.Which) -> Swiped:
    """Return what comes of the lessons that fit, the newest first."""
    asked = shelves.newest_ids(session, viewer, LOOKED_AT + 1, which)
    return _swiped(session, viewer, viewed_by, {WhyNext.ASKED: asked})


def _swiped(session: Session, viewer: Viewer, viewed_by: str, wanted: dict[WhyNext, Sequence[str]]) -> Swiped:
    older = any(len(wanted.get(why, ())) > LOOKED_AT for why in _NEWEST_ALONE)
    wanted = {why: its[:LOOKED_AT] if why in _NEWEST_ALONE else its for why, its in wanted.items()}
    ids = list(dict.fromkeys(one for its in wanted.values() for one in its))
    if not ids:
        return Swiped(Swipe(()))
    clips_of = shelves.clips_that_play(session, viewer, ids)
    seen = plays.completed(session, viewed_by, [one for its in clips_of.values() for one in its])
    coming = swipe(wanted, clips_of, seen)
    # Of hundreds that were looked at, only what is shown is read whole.
    shown = list(dict.fromkeys(one.lesson_id for one in coming.clips))
    lessons = {one.id: one for one in catalog.lessons_by_ids(session, viewer, shown)}
    return Swiped(coming, lessons, True, LOOKED_AT if older else 0)
