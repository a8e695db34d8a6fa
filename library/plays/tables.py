"""Tables of plays, views and their sums."""

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from library.core.database import Base
from library.people.tables import ID


class Play(Base):
    """One playback of a clip by one viewer. `viewer` is "p:<person>" or "v:<visitor>".

    `ranges` are the credited stretches of the clip in seconds, sorted and apart; crediting the same stretch
    twice changes nothing, so beats may come again.
    """

    __tablename__ = "plays_play"
    __table_args__ = (Index(None, "clip_id", "viewer"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    clip_id: Mapped[str] = mapped_column(ForeignKey("catalog_clip.id", ondelete="CASCADE"))
    lesson_id: Mapped[str] = mapped_column(ForeignKey("catalog_lesson.id", ondelete="CASCADE"))
    viewer: Mapped[str] = mapped_column(String(40))
    started_at: Mapped[datetime]
    last_at: Mapped[datetime]
    ranges: Mapped[list[list[float]]] = mapped_column(JSON, default=list)
    credited_s: Mapped[float] = mapped_column(default=0.0)
    counted: Mapped[bool] = mapped_column(default=False)


class LastView(Base):
    """When a viewer's last view of a clip was counted: one row decides between two beats at once."""

    __tablename__ = "plays_last_view"

    clip_id: Mapped[str] = mapped_column(ForeignKey("catalog_clip.id", ondelete="CASCADE"), primary_key=True)
    viewer: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[datetime]


class View(Base):
    """A play that passed the counting rule. Rows are added, never changed: the count can be proven."""

    __tablename__ = "plays_view"
    __table_args__ = (Index(None, "lesson_id", "viewer"), Index(None, "clip_id", "viewer"))

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    play_id: Mapped[str] = mapped_column(ForeignKey("plays_play.id", ondelete="CASCADE"), unique=True)
    clip_id: Mapped[str] = mapped_column(ForeignKey("catalog_clip.id", ondelete="CASCADE"))
    lesson_id: Mapped[str] = mapped_column(ForeignKey("catalog_lesson.id", ondelete="CASCADE"))
    viewer: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]


class DaySum(Base):
    """What one Chinese day brought a clip; pages read these and never the plays themselves."""

    __tablename__ = "plays_day"
    __table_args__ = (Index(None, "lesson_id"), Index(None, "day"))

    clip_id: Mapped[str] = mapped_column(ForeignKey("catalog_clip.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    lesson_id: Mapped[str] = mapped_column(ForeignKey("catalog_lesson.id", ondelete="CASCADE"))
    views: Mapped[int] = mapped_column(default=0)
    watched_s: Mapped[float] = mapped_column(default=0.0)
