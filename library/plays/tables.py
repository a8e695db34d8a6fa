"""Tables of plays, views and their sums.

None of them points to lessons, clips or people with a foreign key: what was counted stays counted, whatever
is deleted afterwards.
"""

from datetime import date, datetime

from sqlalchemy import JSON, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from library.core.database import Base
from library.people.tables import ID

VIEWER = String(40)
KIND = String(8)


class Play(Base):
    """One playback of a clip.

    `viewer` is "p:<person>", "v:<visitor's random cookie>", or "g:<person>" when that person screens the clip
    to `people` who sit together; `kind` (rules.Kind) says the same in a word. `branch_id` is where the person
    belonged when the play began.

    `ranges` are the credited stretches of the clip in seconds, sorted and apart, `credited_s` their sum;
    crediting the same stretch twice changes nothing, so beats may come again. `doubted` are the stretches
    that were reported and not believed, `capped_s` their sum. `rate` is the highest speed that was reported.
    `counted`: it has passed the rule (inside another view's window it passes without becoming a view).
    `completed`: with this play its viewer had seen the clip to the end.
    """

    __tablename__ = "plays_play"
    __table_args__ = (
        Index(None, "viewer", "started_at"),
        Index(None, "clip_id", "viewer"),
        Index(None, "started_at"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    clip_id: Mapped[str] = mapped_column(ID)
    lesson_id: Mapped[str] = mapped_column(ID)
    viewer: Mapped[str] = mapped_column(VIEWER)
    kind: Mapped[str] = mapped_column(KIND)
    people: Mapped[int] = mapped_column(default=1)
    source: Mapped[str] = mapped_column(String(8))
    branch_id: Mapped[str | None] = mapped_column(ID)
    started_at: Mapped[datetime]
    last_at: Mapped[datetime]
    rate: Mapped[float] = mapped_column(default=1.0)
    ranges: Mapped[list[list[float]]] = mapped_column(JSON, default=list)
    credited_s: Mapped[float] = mapped_column(default=0.0)
    doubted: Mapped[list[list[float]]] = mapped_column(JSON, default=list)
    capped_s: Mapped[float] = mapped_column(default=0.0)
    counted: Mapped[bool] = mapped_column(default=False)
    completed: Mapped[bool] = mapped_column(default=False)


class Watcher(Base):
    """What one viewer has seen of one clip, over all plays: `ranges` and their sum `unique_s`.

    `viewed_at` is when the last view was counted, None before the first; `completed_at` when enough of the
    clip had been seen.
    """

    __tablename__ = "plays_watcher"
    __table_args__ = (Index(None, "viewer"),)

    clip_id: Mapped[str] = mapped_column(ID, primary_key=True)
    viewer: Mapped[str] = mapped_column(VIEWER, primary_key=True)
    lesson_id: Mapped[str] = mapped_column(ID)
    viewed_at: Mapped[datetime | None]
    ranges: Mapped[list[list[float]]] = mapped_column(JSON, default=list)
    unique_s: Mapped[float] = mapped_column(default=0.0)
    completed_at: Mapped[datetime | None]


class View(Base):
    """The ledger: a play that passed the counting rule. Rows are added, never changed, and outlive lessons.

    `day` is the Chinese day of `at`; the other columns are the play's.
    """

    __tablename__ = "plays_view"
    __table_args__ = (
        Index(None, "lesson_id", "viewer"),
        Index(None, "clip_id", "viewer"),
        Index(None, "day"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    play_id: Mapped[str] = mapped_column(ID, unique=True)
    clip_id: Mapped[str] = mapped_column(ID)
    lesson_id: Mapped[str] = mapped_column(ID)
    viewer: Mapped[str] = mapped_column(VIEWER)
    kind: Mapped[str] = mapped_column(KIND)
    people: Mapped[int] = mapped_column(default=1)
    branch_id: Mapped[str | None] = mapped_column(ID)
    source: Mapped[str] = mapped_column(String(8))
    at: Mapped[datetime]
    day: Mapped[date]


class DaySum(Base):
    """What one Chinese day brought a clip from one branch ("": visitors, and people without a branch).

    Pages read these and never the plays themselves. `group_views` are screenings and `group_people` those who
    were there; `completes` are members and visitors who had then seen the clip to the end; `watched_s` are
    the seconds credited to plays of all kinds, a screening's once.
    """

    __tablename__ = "plays_day"
    __table_args__ = (Index(None, "lesson_id"), Index(None, "day"))

    clip_id: Mapped[str] = mapped_column(ID, primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    branch_id: Mapped[str] = mapped_column(ID, primary_key=True, default="")
    lesson_id: Mapped[str] = mapped_column(ID)
    member_views: Mapped[int] = mapped_column(default=0)
    visitor_views: Mapped[int] = mapped_column(default=0)
    group_views: Mapped[int] = mapped_column(default=0)
    group_people: Mapped[int] = mapped_column(default=0)
    completes: Mapped[int] = mapped_column(default=0)
    watched_s: Mapped[float] = mapped_column(default=0.0)
