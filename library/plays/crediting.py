"""Many beats in one transaction: what each earns, and everything that follows from it.

All that decides is read at the beginning, the rules are applied beat by beat in memory, and what changed is
written at the end, each table with one statement. Nobody else may credit the same people meanwhile: SQLite has
one writer, and on PostgreSQL the transaction holds a lock for each of them.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, select, text, tuple_, update
from sqlalchemy.orm import Session

from library.catalog.tables import Clip, Lesson
from library.core.clock import local_day
from library.core.database import upsert
from library.core.ids import new_id
from library.core.permits import LessonState
from library.plays import rules
from library.plays.queries import views_of_clips
from library.plays.rules import Begun, Decision, Kind, Range, ViewRule, Why
from library.plays.tables import DaySum, Play, View, Watcher


@dataclass(frozen=True)
class Beat:
    """What a player reports: stretches of the clip, how fast it played, and when the server learned of it."""

    play_id: str
    ranges: Sequence[Sequence[float]]
    rate: float
    at: datetime


@dataclass(frozen=True)
class Credited:
    """What a beat earned.

    `credited_s` are the seconds credited to its play so far, `counted` whether the play has passed the rule,
    `completed` whether its viewer had with it seen the whole clip, `cut_s` how much was new in the beat and not
    believed, `why` the reason. `views` is how many views the clip now has, when this beat made it one more.
    """

    clip_id: str
    credited_s: float
    counted: bool
    completed: bool
    cut_s: float
    why: Why | None
    views: int | None = None
