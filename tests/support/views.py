"""Counted views for tests, made by the library's own actions."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from library.catalog.tables import Clip
from library.plays import actions as plays
from library.plays.crediting import Beat
from library.plays.rules import ViewRule

_WATCHED_S = 30.0


def watch(session: Session, clip: Clip, viewers: int, now: datetime, *, members: bool = False) -> None:
    """Let that many visitors, or members, watch half a minute of a clip of a published lesson; the same ones
    each time."""
    begun, kind = now - timedelta(minutes=2), "p" if members else "v"
    started = [plays.start(session, clip, f"{kind}:viewer{n}", begun) for n in range(viewers)]
    beats = [Beat(play.id, [(0.0, _WATCHED_S)], 1.0, now) for play in started]
    if beats:
        plays.credit_beats(session, beats, ViewRule())
