"""Players that beat as fast as they are answered and remember what was acknowledged."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import cycle, islice

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from library.catalog.tables import Clip
from library.core.database import Database
from library.plays import actions
from library.plays.rules import ViewRule
from library.plays.tables import DaySum, Play, View, Watcher
from server.slices.watching.beat_keys import BeatSigner
from tests.support import factories

CLIP_S = 60
"""How long the clips of factories.lesson are: so many beats of one second a play takes."""


@dataclass
class Player:
    """A visitor's play; the first `acknowledged` seconds were answered with 200, `sent` were sent."""

    play_id: str
    key: str
    sent: int = 0
    acknowledged: int = 0

    def request(self, second: int) -> bytes:
        """The beat of one second, as bytes on the wire."""
        body = json.dumps({"key": self.key, "seq": second + 1, "ranges": [[second, second + 1]]}).encode()
        head = (
            f"POST /api/v1/plays/{self.play_id}/beats HTTP/1.1\r\nHost: weike\r\nContent-Type: text/plain\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


def add_clips(db: Database, lessons: int, clips: int) -> list[str]:
    """Put published lessons into the library; returns the ids of their clips."""
    with db.write() as session:
        made = [factories.lesson(session, f"第{n}课", clips=clips) for n in range(lessons)]
        return [clip.id for lesson in made for clip in lesson.clips]


def begin(db: Database, secret: str, clips: Sequence[str], count: int, now: datetime) -> list[Player]:
    """Begin plays an hour ago, each of another visitor: the clock holds none of them back."""
    signer = BeatSigner(secret)
    players = []
    with db.write() as session:
        rows = [session.get_one(Clip, clip_id) for clip_id in clips]
        visitors = (f"v:{now.timestamp():.6f}-{n}" for n in range(count))
        for clip, viewer in zip(islice(cycle(rows), count), visitors, strict=True):
            play = actions.start(session, clip, viewer, now - timedelta(hours=1))
            players.append(Player(play.id, signer.key(play.id)))
    return players


async def beat_all(port: int, players: Sequence[Player]) -> None:
    """Let all players beat at once, second after second, until their clips end or the server is gone."""
    await asyncio.gather(*(_beat(port, player) for player in players))


async def _beat(port: int, player: Player) -> None:
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return
    try:
        for second in range(player.acknowledged, CLIP_S):
            writer.write(player.request(second))
            player.sent = max(player.sent, second + 1)
            if not await _is_taken(reader):
                return
            player.acknowledged = second + 1
    except OSError:
        return
    finally:
        writer.close()


async def _is_taken(reader: asyncio.StreamReader) -> bool:
    """Read an answer; tells whether it is 200, False also when the connection ended before it was whole."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        await reader.readexactly(int(length.partition(b":")[2]))
    except asyncio.IncompleteReadError:
        return False
    return head.startswith(b"HTTP/1.1 200 ")


def all_credited_s(session: Session) -> float:
    """The seconds that all plays together were credited."""
    return float(session.scalars(select(func.coalesce(func.sum(Play.credited_s), 0.0))).one())


@dataclass(frozen=True)
class Found:
    """What the database has: beats that were acknowledged and are `lost`, and what was counted `twice`."""

    acknowledged: int
    lost: int
    twice: int


def look(db: Database, players: Sequence[Player], rule: ViewRule) -> Found:
    """Compare what players were told with what is in the database."""
    ids = [player.play_id for player in players]
    with db.read() as session:
        rows = session.execute(select(Play.id, Play.credited_s, Play.counted).where(Play.id.in_(ids)))
        plays = {play_id: (credited_s, counted) for play_id, credited_s, counted in rows}
        views = session.scalars(select(View.play_id)).all()
        viewed = session.scalar(select(func.count(Watcher.viewed_at))) or 0
        sums = session.execute(
            select(func.sum(DaySum.visitor_views), func.sum(DaySum.watched_s), func.sum(DaySum.completes))
        ).one()
        played_s = all_credited_s(session)
        completed = session.scalar(select(func.count()).where(Play.completed)) or 0
    lost = sum(max(0, player.acknowledged - round(plays[player.play_id][0])) for player in players)
    twice = sum(max(0, round(plays[player.play_id][0]) - player.sent) for player in players)
    # Each play is of another visitor, so it is a view as soon as it is long enough.
    its_views = sum(credited_s >= rule.min_s for credited_s, _ in plays.values())
    twice += abs(len(set(views) & set(ids)) - its_views) + len(views) - len(set(views))
    told = (int(sums[0] or 0), round(sums[1] or 0.0), int(sums[2] or 0))
    twice += sum(abs(a - b) for a, b in zip(told, (viewed, round(played_s), completed), strict=True))
    twice += abs(len(views) - told[0])
    return Found(sum(player.acknowledged for player in players), lost, twice)
