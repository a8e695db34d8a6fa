"""A village, a call of its town, lessons that were filmed, judges."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import count

from sqlalchemy.orm import Session

from library.calls import actions
from library.calls.demands import Demanded, Demands
from library.calls.rules import CallDraft, Criterion, StageAction
from library.calls.tables import Call
from library.catalog.permits import LessonState
from library.catalog.tables import Lesson
from library.core.clock import local_day
from library.core.ids import new_id
from library.core.permits import Role, Viewer
from library.intake.tables import Original, Recording
from library.organisation import actions as organisation
from library.organisation.tables import Node
from tests.support import factories as make
from tests.support.databases import NOW
from transcode.cutting.audio_profile import AudioProfile
from transcode.reading.facts import AudioFacts, Facts, VideoFacts

_numbers = count(1)

CRITERIA = (Criterion("内容", 60), Criterion("讲授", 40))
DEMANDS = Demands(duration=Demanded.MUST, height=Demanded.MUST, loudness=Demanded.WISH, most_s=600)


def draft(today: date | None = None, **changes: object) -> CallDraft:
    """A call that takes works from today on."""
    day = today or local_day(NOW)
    plain = CallDraft(
        title="微党课征集",
        opens_on=day,
        closes_on=day + timedelta(days=10),
        judged_until=day + timedelta(days=20),
        results_on=day + timedelta(days=25),
        criteria=CRITERIA,
        demands=DEMANDS,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def facts(*, lines: int = 1080, duration_s: float = 420.0) -> Facts:
    """What a probe found of a film."""
    video = VideoFacts(
        0, "h264", lines * 16 // 9, lines, 25.0, (25, 1), False, 0, "yuv420p", False, None, 0.0, duration_s
    )
    sound = AudioFacts(1, "aac", 2, 48000, 64000, 0.0, duration_s)
    return Facts("mp4", "mov", duration_s, 0.0, 1, video, sound, ())


def filmed(
    session: Session, lesson: Lesson, *, lines: int = 1080, lufs: float = -16.0, duration_s: float = 420.0
) -> Recording:
    """Give a lesson a recording, or the one it has other figures."""
    from library.intake import queries as intake

    row = intake.recording_of(session, lesson.id) or make.recording(session, lesson)
    if row.sha256 is None:
        digest = new_id() * 4
        session.add(Original(sha256=digest, key=f"originals/{digest}", size_bytes=1, created_at=NOW))
        session.flush()
        row.sha256 = digest
    row.facts = facts(lines=lines, duration_s=duration_s).to_json()
    row.profile = AudioProfile((), lufs, -3.0).to_json()
    session.flush()
    return row


@dataclass(frozen=True)
class Town:
    """A town, its villages, who keeps its calls, and who teaches in the first village."""

    town: Node
    villages: tuple[Node, ...]
    staff: Viewer
    lecturer: Viewer


def town(session: Session, villages: int = 2, now: datetime = NOW) -> Town:
    """A new town below the root."""
    number = next(_numbers)
    node = organisation.add_named(session, make.root(session), f"天荒坪镇{number}党委", now)
    below = tuple(
        organisation.add_named(session, node, f"余村{number}-{n}党支部", now) for n in range(villages)
    )
    return Town(
        node,
        below,
        make.person(session, (Role.STAFF, node)),
        make.person(session, (Role.LECTURER, below[0]), name=f"王老师{number}"),
    )


def work(
    session: Session, at: Node, owner: Viewer | None, title: str = "竹海深处", **figures: float
) -> Lesson:
    """A published lesson of a village, with a film of it."""
    made = make.lesson(
        session,
        title,
        owner=owner,
        branch=at,
        lecturer=owner.name if owner else None,
        state=LessonState.PUBLISHED,
        clips=1,
    )
    filmed(session, made, **figures)  # type: ignore[arg-type]
    return made


def opened(session: Session, at: Town, now: datetime = NOW, **changes: object) -> Call:
    """A call of a town that takes works."""
    call = actions.make(session, at.staff, at.town.id, draft(local_day(now), **changes), now)
    return actions.move(session, at.staff, call.id, 1, StageAction.OPEN, now)
