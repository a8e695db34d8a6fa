"""A believable audience over some days: members, visitors, screenings; by the library's own actions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random

from sqlalchemy.orm import Session

from library.catalog.tables import Clip
from library.organisation.tables import Node
from library.plays import actions as plays
from library.plays.crediting import Beat
from library.plays.rules import Source, ViewRule

_SOURCES = (Source.FEED, Source.FEED, Source.FEED, Source.QR, Source.QR, Source.SEARCH, Source.LINK)


def attend(
    session: Session,
    clips: Sequence[Clip],
    branches: Sequence[Node],
    until: datetime,
    *,
    days: int,
    most_a_day: int,
    leave_s: float,
    seed: int = 1,
) -> None:
    """Let people watch `clips`, one after the other, on each of `days` days; the last ends before `until`.

    A third leaves the first clip at about `leave_s`; every second Friday a branch comes together.
    """
    dice = Random(seed)
    for ago in reversed(range(days)):
        evening = until - timedelta(days=ago, hours=1)
        beats = []
        for number in range(dice.randint(0, most_a_day) * (1 if evening.weekday() < 5 else 0) + (ago == 0)):
            member = dice.random() < 0.7
            viewer = f"p:{dice.randint(0, 60):016d}" if member else f"v:{dice.randint(0, 900):032d}"
            branch = dice.choice(branches) if member else None
            began = evening - timedelta(minutes=20 * (number % 12))
            for place, clip in enumerate(clips):
                length_s = clip.end_s - clip.start_s
                watched_s = length_s if dice.random() < 0.6 else dice.uniform(0.1, 1.0) * length_s
                if place == 0 and dice.random() < 0.34:
                    watched_s = min(length_s, leave_s + dice.uniform(-1, 1) * 0.01 * length_s)
                source = Source.NEXT if place else dice.choice(_SOURCES)
                play = plays.start(
                    session, clip, viewer, began, source=source, node_id=branch.id if branch else None
                )
                began += timedelta(seconds=watched_s + 1)
                beats.append(Beat(play.id, [(0.0, watched_s)], 1.0, began))
                if watched_s < length_s:
                    break
        if evening.weekday() == 4 and evening.isocalendar().week % 2 == 0:
            branch = dice.choice(branches)
            began = evening - timedelta(hours=1)
            play = plays.start(
                session, clips[0], f"g:{ago:016d}", began, people=dice.randint(12, 60), node_id=branch.id
            )
            length_s = clips[0].end_s - clips[0].start_s
            beats.append(Beat(play.id, [(0.0, length_s)], 1.0, began + timedelta(seconds=length_s + 1)))
        if beats:
            plays.credit_beats(session, beats, ViewRule())
        session.flush()
