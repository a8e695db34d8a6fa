"""Tables of plays, views and their sums.

None of them points to lessons, clips or people with a foreign key: what was counted stays counted, whatever
is deleted afterwards.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from library.core.database import ID, Base

VIEWER = String(40)
KIND = String(8)


class Play(Base):
    """One playback of a clip.

    `viewer` is "p:<person>", "v:<visitor's random cookie>", or "g:<person>" when that person screens the clip
    to `people` who sit together; `kind` (rules.Kind) says the same in a word. `node_id` is where the person
    belonged when the play began.

    `ranges` are the credited stretches of the clip in seconds, sorted and apart, `credited_s` their sum;
    crediting the same stretch twice changes nothing, so beats may come again. `doubted` are the stretches
    that were reported and not believed, `capped_s` their sum. `rate` is the highest speed that was reported.
    `counted`: it has passed the rule (inside another view's window it passes without becoming a view).
    `completed`: with this play its viewer had seen the clip to the end. `held`: it has passed the rule when
    its address had had its share; while it is not `counted` it waits for its turn.
    """

    __tablename__ = "plays_play"
    # In PostgreSQL the indexes with a condition have it too (migrations). Said here it would load all of
    # SQLAlchemy's PostgreSQL dialects for every command over a file.
    __table_args__ = (
        Index(None, "viewer", "started_at"),
        Index(None, "clip_id", "started_at"),
        Index(None, "started_at"),
        Index(
            "ix_plays_play_held",
            "lesson_id",
            "started_at",
            sqlite_where=text("held"),
        ),
        Index(
            "ix_plays_play_place",
            "node_id",
            "started_at",
            sqlite_where=text("kind = 'group'"),
        ),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    clip_id: Mapped[str] = mapped_column(ID)
    lesson_id: Mapped[str] = mapped_column(ID)
    viewer: Mapped[str] = mapped_column(VIEWER)
    kind: Mapped[str] = mapped_column(KIND)
    people: Mapped[int] = mapped_column(default=1)
    source: Mapped[str] = mapped_column(String(8))
    node_id: Mapped[str | None] = mapped_column(ID)
    started_at: Mapped[datetime]
    last_at: Mapped[datetime]
    rate: Mapped[float] = mapped_column(default=1.0)
    ranges: Mapped[list[list[float]]] = mapped_column(JSON, default=list)
    credited_s: Mapped[float] = mapped_column(default=0.0)
    doubted: Mapped[list[list[float]]] = mapped_column(JSON, default=list)
    capped_s: Mapped[float] = mapped_column(default=0.0)
    counted: Mapped[bool] = mapped_column(default=False)
    completed: Mapped[bool] = mapped_column(default=False)
    held: Mapped[bool] = mapped_column(default=False)


class OriginView(Base):
    """That a view without an account counted for an address; gone after an hour, for which it limits others.

    `origin` is a keyed hash of the address, or of the network of an IPv6 address.
    """

    __tablename__ = "plays_origin"
    __table_args__ = (Index(None, "origin", "at"), Index(None, "at"))

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    origin: Mapped[str] = mapped_column(String(22))
    clip_id: Mapped[str] = mapped_column(ID)
    at: Mapped[datetime]


class Watcher(Base):
    """What one viewer has seen of one clip, over all plays: `ranges` and their sum `unique_s`.

    `viewed_at` is when the last view was counted, None before the first; `completed_at` when enough of the
    clip had been seen; `last_day` the Chinese day of the last beat that earned something.
    """

    __tablename__ = "plays_watcher"
    __table_args__ = (Index(None, "viewer"), Index(None, "last_day"))

    clip_id: Mapped[str] = mapped_column(ID, primary_key=True)
    viewer: Mapped[str] = mapped_column(VIEWER, primary_key=True)
    lesson_id: Mapped[str] = mapped_column(ID)
    viewed_at: Mapped[datetime | None]
    ranges: Mapped[list[list[float]]] = mapped_column(JSON, default=list)
    unique_s: Mapped[float] = mapped_column(default=0.0)
    completed_at: Mapped[datetime | None]
    last_day: Mapped[date]


class View(Base):
    """The ledger: a play that passed the counting rule. Rows are added, never changed, and outlive lessons.

    `day` is the Chinese day of `at`; the other columns are the play's. When a member is erased, `viewer` is
    replaced by its token (rules.token), which no seal notices.
    """

    __tablename__ = "plays_view"
    __table_args__ = (
        Index(None, "lesson_id", "viewer", "day"),
        Index(None, "clip_id", "viewer", "day"),
        Index(None, "lesson_id", "day"),
        Index(None, "day", "id"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    play_id: Mapped[str] = mapped_column(ID, unique=True)
    clip_id: Mapped[str] = mapped_column(ID)
    lesson_id: Mapped[str] = mapped_column(ID)
    viewer: Mapped[str] = mapped_column(VIEWER)
    kind: Mapped[str] = mapped_column(KIND)
    people: Mapped[int] = mapped_column(default=1)
    node_id: Mapped[str | None] = mapped_column(ID)
    source: Mapped[str] = mapped_column(String(8))
    at: Mapped[datetime]
    day: Mapped[date]


class Counted:
    """The columns that are added up.

    `group_views` are screenings and `group_people` those who were there; `completes` are members and visitors
    who had then seen the clip to the end; `watched_s` are the seconds credited to plays of all kinds, a
    screening's once; `visitor_s` are those of visitors among them, which order no list.
    """

    member_views: Mapped[int] = mapped_column(default=0)
    visitor_views: Mapped[int] = mapped_column(default=0)
    group_views: Mapped[int] = mapped_column(default=0)
    group_people: Mapped[int] = mapped_column(default=0)
    completes: Mapped[int] = mapped_column(default=0)
    watched_s: Mapped[float] = mapped_column(default=0.0)
    visitor_s: Mapped[float] = mapped_column(default=0.0)


class DaySum(Counted, Base):
    """What one Chinese day brought a clip from one branch ("": visitors, and people without a branch).

    These are the sums that beats raise. Of days that are sealed pages read what was rolled up from them.
    """

    __tablename__ = "plays_day"
    __table_args__ = (Index(None, "lesson_id", "day"), Index(None, "day"))

    clip_id: Mapped[str] = mapped_column(ID, primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    node_id: Mapped[str] = mapped_column(ID, primary_key=True, default="")
    lesson_id: Mapped[str] = mapped_column(ID)


class LessonDay(Counted, Base):
    """Rolled up: what one sealed day brought a lesson.

    `from_...` are members' and visitors' views by rules.Source; so many different `members` and `visitors`
    made them, and `new_members` and `new_visitors` are those among them who had no view of the lesson before.
    """

    __tablename__ = "plays_lesson_day"
    __table_args__ = (Index(None, "day"),)

    lesson_id: Mapped[str] = mapped_column(ID, primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    from_feed: Mapped[int] = mapped_column(default=0)
    from_search: Mapped[int] = mapped_column(default=0)
    from_link: Mapped[int] = mapped_column(default=0)
    from_qr: Mapped[int] = mapped_column(default=0)
    from_next: Mapped[int] = mapped_column(default=0)
    members: Mapped[int] = mapped_column(default=0)
    visitors: Mapped[int] = mapped_column(default=0)
    new_members: Mapped[int] = mapped_column(default=0)
    new_visitors: Mapped[int] = mapped_column(default=0)


class NodeDay(Counted, Base):
    """Rolled up: what one sealed day brought from one branch ("" as in DaySum), over all lessons."""

    __tablename__ = "plays_node_day"
    __table_args__ = (Index(None, "day"),)

    node_id: Mapped[str] = mapped_column(ID, primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)


class LessonSum(Counted, Base):
    """Rolled up: what all sealed days together brought a lesson; so many different `members` and `visitors`
    made its views."""

    __tablename__ = "plays_lesson_sum"

    lesson_id: Mapped[str] = mapped_column(ID, primary_key=True)
    members: Mapped[int] = mapped_column(default=0)
    visitors: Mapped[int] = mapped_column(default=0)


class ClipSum(Counted, Base):
    """Rolled up: what all sealed days together brought a clip, as LessonSum."""

    __tablename__ = "plays_clip_sum"
    __table_args__ = (Index(None, "lesson_id"),)

    clip_id: Mapped[str] = mapped_column(ID, primary_key=True)
    lesson_id: Mapped[str] = mapped_column(ID)
    members: Mapped[int] = mapped_column(default=0)
    visitors: Mapped[int] = mapped_column(default=0)


class CurveSum(Base):
    """Rolled up: which steps of `step_s` seconds of a clip were covered by how many of its counted plays.

    There were `of` such plays that began on or before the day `through`; screenings are left out.
    """

    __tablename__ = "plays_curve"

    clip_id: Mapped[str] = mapped_column(ID, primary_key=True)
    through: Mapped[date]
    step_s: Mapped[float]
    steps: Mapped[list[int]] = mapped_column(JSON)
    of: Mapped[int] = mapped_column(default=0)


class Seal(Base):
    """A day that is over, one row for each from the first on.

    While the row is there no beat earns anything on that day or before. `link` is the day's link in the chain
    (see sealing.py), `digest` that of its views and the counts how many there were; None until the day is
    rolled up and sealed. `curves_at` is when the plays that began on the day were added to the curves.
    """

    __tablename__ = "plays_seal"

    day: Mapped[date] = mapped_column(primary_key=True)
    closed_at: Mapped[datetime]
    member_views: Mapped[int] = mapped_column(default=0)
    visitor_views: Mapped[int] = mapped_column(default=0)
    group_views: Mapped[int] = mapped_column(default=0)
    digest: Mapped[str | None] = mapped_column(String(64))
    link: Mapped[str | None] = mapped_column(String(64))
    sealed_at: Mapped[datetime | None]
    curves_at: Mapped[datetime | None]
