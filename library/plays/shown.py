"""The view of a clip that was shown in a gathering: counted once, for those who were there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from library.catalog.tables import Clip
from library.plays import actions
from library.plays.crediting import Beat
from library.plays.rules import MAX_RANGES_IN_BEAT, SHOWN, Range, Source, ViewRule
from library.plays.tables import Play

_A_SECOND = timedelta(seconds=1)


def count(
    session: Session,
    clip: Clip,
    *,
    showing_id: str,
    people: int,
    node_id: str,
    ranges: Sequence[Range],
    began_at: datetime,
    now: datetime,
    rule: ViewRule,
) -> bool:
    """Count a clip of a showing as a screening to `people`; returns whether it became one.

    The viewer of such a play is the showing and no person, so it shares nobody's clock. `ranges` were held to
    the clock when they were taken. A clip is counted once for each showing. A gathering that was forgotten
    and is ended days later counts like one that has just ended. Raises closing.DayClosed.
    """
    viewer = f"{SHOWN}{showing_id}"
    if session.scalar(select(exists().where(Play.viewer == viewer, Play.clip_id == clip.id))):
        return False
    earliest = now - rule.late + _A_SECOND
    play = actions.start(
        session,
        clip,
        viewer,
        max(began_at, earliest),
        source=Source.LINK,
        people=people,
        node_id=node_id,
    )
    parts = [ranges[at : at + MAX_RANGES_IN_BEAT] for at in range(0, len(ranges), MAX_RANGES_IN_BEAT)]
    credited = actions.credit_beats(session, [Beat(play.id, part, 1.0, now) for part in parts], rule)
    return any(one is not None and one.now for one in credited)
