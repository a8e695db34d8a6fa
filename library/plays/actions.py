"""The only writer of plays and views."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from library.catalog.tables import Clip
from library.core.clock import local_day
from library.core.database import insert_new, upsert
from library.core.errors import NotFound
from library.core.ids import new_id
from library.core.permits import LessonState
from library.plays import rules
from library.plays.rules import ViewRule
from library.plays.tables import DaySum, LastView, Play, View


def start(session: Session, clip: Clip, viewer: str, now: datetime) -> Play:
    """Begin a play; it counts for nothing until beats arrive."""
    play = Play(
        id=new_id(),
        clip_id=clip.id,
        lesson_id=clip.lesson_id,
        viewer=viewer,
        started_at=now,
        last_at=now,
        ranges=[],
    )
    session.add(play)
    session.flush()
    return play


@dataclass(frozen=True)
class Credited:
    """What a beat earned: seconds credited to the play so far, and whether it has counted as a view."""

    clip_id: str
    credited_s: float
    counted: bool


def beat(
    session: Session,
    play_id: str,
    viewer: str,
    ranges: Sequence[Sequence[float]],
    rule: ViewRule,
    now: datetime,
) -> Credited:
    """Credit what a player reports; raises NotFound when the play is not this viewer's.

    The same beat twice changes nothing. The play becomes a view once, when it passes the rule. Before a
    lesson is published only its lecturer and the staff see it, and their looking over it counts nothing.
    """
    play = session.get(Play, play_id, with_for_update=True)
    clip = session.get(Clip, play.clip_id) if play is not None else None
    if play is None or clip is None or play.viewer != viewer:
        raise NotFound("play_unknown")
    clip_s = clip.duration_s or (clip.end_s - clip.start_s)
    held = [(a, b) for a, b in play.ranges]
    elapsed_s = (now - play.started_at).total_seconds()
    # Kept to the millisecond, and counted as kept: what is added up later agrees with what was said now.
    credited = [
        (round(a, 3), round(b, 3))
        for a, b in rules.credit(held, rules.clean(ranges, clip_s), elapsed_s, rule)
        if round(b, 3) > round(a, 3)
    ]
    earned_s = max(0.0, rules.total_s(credited) - rules.total_s(held))
    play.ranges = [list(stretch) for stretch in credited]
    play.credited_s = rules.total_s(credited)
    play.last_at = now
    if clip.lesson.state != LessonState.PUBLISHED:
        return Credited(play.clip_id, play.credited_s, counted=False)
    views = 0
    if not play.counted and play.credited_s + 1e-6 >= rule.needed_s(clip_s):
        play.counted = True
        views = int(_count(session, play, rule, now))
    if earned_s > 0 or views:
        _add_to_day(session, play, views, earned_s, now)
    return Credited(play.clip_id, play.credited_s, play.counted)


def _count(session: Session, play: Play, rule: ViewRule, now: datetime) -> bool:
    """Count the play as a view unless this viewer's last one of this clip is too recent.

    One row per viewer and clip is moved forward by a single conditional statement, so two devices at once
    cannot both pass.
    """
    first = {"clip_id": play.clip_id, "viewer": play.viewer, "at": now}
    passed = insert_new(session, LastView, ["clip_id", "viewer"], first)
    if not passed:
        moved = session.execute(
            update(LastView)
            .where(
                LastView.clip_id == play.clip_id,
                LastView.viewer == play.viewer,
                LastView.at <= now - timedelta(minutes=rule.window_min),
            )
            .values(at=now)
        )
        passed = moved.rowcount == 1  # type: ignore[attr-defined]
    if passed:
        session.add(
            View(
                id=new_id(),
                play_id=play.id,
                clip_id=play.clip_id,
                lesson_id=play.lesson_id,
                viewer=play.viewer,
                at=now,
            )
        )
        session.flush()
    return passed


def _add_to_day(session: Session, play: Play, views: int, watched_s: float, now: datetime) -> None:
    row = upsert(session, DaySum).values(
        clip_id=play.clip_id, day=local_day(now), lesson_id=play.lesson_id, views=views, watched_s=watched_s
    )
    session.execute(
        row.on_conflict_do_update(
            index_elements=["clip_id", "day"],
            set_={"views": DaySum.views + views, "watched_s": DaySum.watched_s + watched_s},
        )
    )
