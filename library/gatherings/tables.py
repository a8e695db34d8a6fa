"""Tables of gatherings, their rooms, lessons, rolls and showings."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from library.core.database import ID, Base, one_of
from library.evidence.rules import StudyForm
from library.gatherings.rules import (
    KIND_MAX,
    PLACE_MAX,
    REASON_MAX,
    TITLE_MAX,
    Due,
    GatheringState,
    How,
    Mark,
)


class Gathering(Base):
    """A gathering of a node, or of a learning group that a node keeps.

    `kind` is a code of the table of kinds, `form` the form of study that this kind was when planned. `week`
    is 2026-W49. `starts_at` and `ends_at` are planned, `opened_at` and `ended_at` what was; who comes after
    `late_from` is late, as the rule was at the opening. `secret` is what its QR and digits are made of,
    drawn when it opens. `series` is shared by those of one repetition. `below`: who is at home in a node
    below is asked, too. `version` is that of the plan; marks leave it.
    """

    __tablename__ = "gatherings_gathering"
    __table_args__ = (
        Index(None, "node_id", "starts_at"),
        Index(None, "group_id", "starts_at"),
        Index(None, "node_id", "week"),
        Index(None, "week", "state"),
        Index(None, "series"),
        Index(None, "state", "starts_at"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    node_id: Mapped[str] = mapped_column(ForeignKey("organisation_node.id"))
    group_id: Mapped[str | None] = mapped_column(ForeignKey("people_group.id"))
    kind: Mapped[str] = mapped_column(String(KIND_MAX))
    form: Mapped[StudyForm] = mapped_column(one_of(StudyForm, 16))
    title: Mapped[str] = mapped_column(String(TITLE_MAX))
    week: Mapped[str] = mapped_column(String(8))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    place: Mapped[str] = mapped_column(String(PLACE_MAX))
    chair_id: Mapped[str | None] = mapped_column(ForeignKey("people_person.id", ondelete="SET NULL"))
    recorder_id: Mapped[str | None] = mapped_column(ForeignKey("people_person.id", ondelete="SET NULL"))
    agenda: Mapped[str] = mapped_column(Text)
    state: Mapped[GatheringState] = mapped_column(one_of(GatheringState, 12))
    opened_at: Mapped[datetime | None]
    late_from: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    secret: Mapped[str | None] = mapped_column(String(64))
    series: Mapped[str | None] = mapped_column(ID)
    below: Mapped[bool] = mapped_column(default=False, server_default=false())
    version: Mapped[int] = mapped_column(default=1)
    made_by: Mapped[str | None] = mapped_column(ForeignKey("people_person.id", ondelete="SET NULL"))
    changed_at: Mapped[datetime]


class GatheringLesson(Base):
    """The `n`-th lesson to show, from 1; without an id it was deleted since."""

    __tablename__ = "gatherings_lesson"
    __table_args__ = (Index(None, "lesson_id"),)

    gathering_id: Mapped[str] = mapped_column(
        ForeignKey("gatherings_gathering.id", ondelete="CASCADE"), primary_key=True
    )
    n: Mapped[int] = mapped_column(primary_key=True)
    lesson_id: Mapped[str | None] = mapped_column(ForeignKey("catalog_lesson.id", ondelete="SET NULL"))


class Asked(Base):
    """That somebody is asked by name: they are due where the kind asks those who are named, else a guest."""

    __tablename__ = "gatherings_asked"
    __table_args__ = (Index(None, "person_id"),)

    gathering_id: Mapped[str] = mapped_column(
        ForeignKey("gatherings_gathering.id", ondelete="CASCADE"), primary_key=True
    )
    person_id: Mapped[str] = mapped_column(
        ForeignKey("people_person.id", ondelete="CASCADE"), primary_key=True
    )


class Guess(Base):
    """That somebody typed digits that were wrong; swept with the gathering's end."""

    __tablename__ = "gatherings_guess"
    __table_args__ = (Index(None, "gathering_id", "at"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    gathering_id: Mapped[str] = mapped_column(ForeignKey("gatherings_gathering.id", ondelete="CASCADE"))
    person_id: Mapped[str] = mapped_column(ForeignKey("people_person.id", ondelete="CASCADE"))
    at: Mapped[datetime]


class Room(Base):
    """A room of a gathering (会场): the first is the main venue; `host_id` keeps its list. `ended_at`: it was
    closed while the others went on; None: it ends with the gathering."""

    __tablename__ = "gatherings_room"
    __table_args__ = (UniqueConstraint("gathering_id", "n"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    gathering_id: Mapped[str] = mapped_column(ForeignKey("gatherings_gathering.id", ondelete="CASCADE"))
    n: Mapped[int]
    place: Mapped[str] = mapped_column(String(PLACE_MAX))
    host_id: Mapped[str | None] = mapped_column(ForeignKey("people_person.id", ondelete="SET NULL"))
    ended_at: Mapped[datetime | None]


class RollEntry(Base):
    """Somebody on the roll of a gathering; rows with `due` DUE or EXEMPT are made when it opens and stay.

    `node_id` is their home when the roll was frozen. `person_id` is None for a guest without an account,
    whose `name` was typed; otherwise `name` is "". `arrived_at` is when they came, of MADE_UP when they made
    it up. `version` grows with every change.
    """

    __tablename__ = "gatherings_roll"
    __table_args__ = (
        UniqueConstraint("gathering_id", "person_id"),
        Index(None, "person_id", "gathering_id"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    gathering_id: Mapped[str] = mapped_column(ForeignKey("gatherings_gathering.id", ondelete="CASCADE"))
    person_id: Mapped[str | None] = mapped_column(ForeignKey("people_person.id", ondelete="SET NULL"))
    node_id: Mapped[str | None] = mapped_column(ID)
    name: Mapped[str] = mapped_column(String(80), default="")
    due: Mapped[Due] = mapped_column(one_of(Due, 8))
    mark: Mapped[Mark] = mapped_column(one_of(Mark, 12), default=Mark.UNMARKED)
    how: Mapped[How | None] = mapped_column(one_of(How, 12))
    room_id: Mapped[str | None] = mapped_column(ForeignKey("gatherings_room.id", ondelete="SET NULL"))
    arrived_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(REASON_MAX), default="")
    version: Mapped[int] = mapped_column(default=1)


class RollChange(Base):
    """What was said of somebody on a roll, append-only. `id` is made by the phone that said it, so that what
    is sent again is known again; `at` is when it was said by the server's clock, `said_at` by the phone's."""

    __tablename__ = "gatherings_roll_change"
    __table_args__ = (Index(None, "gathering_id", "at"), Index(None, "entry_id"), Index(None, "by_person"))

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    gathering_id: Mapped[str] = mapped_column(ForeignKey("gatherings_gathering.id", ondelete="CASCADE"))
    entry_id: Mapped[str] = mapped_column(ForeignKey("gatherings_roll.id", ondelete="CASCADE"))
    mark: Mapped[Mark] = mapped_column(one_of(Mark, 12))
    how: Mapped[How] = mapped_column(one_of(How, 12))
    reason: Mapped[str] = mapped_column(String(REASON_MAX), default="")
    said_at: Mapped[datetime | None]
    at: Mapped[datetime]
    by_person: Mapped[str | None] = mapped_column(ForeignKey("people_person.id", ondelete="SET NULL"))


class Showing(Base):
    """That a lesson was shown in a room of a gathering. `played` are the stretches of each clip that ran on
    the screen, {clip id: [[from_s, to_s], ...]}, sorted and apart; `moments` when what ran, [[start, end,
    clip id, from_s], ...], the first two in seconds since `started_at`: whoever came later was not there for
    what ran before. `counted_at` is when its views were counted."""

    __tablename__ = "gatherings_showing"
    __table_args__ = (Index(None, "gathering_id", "started_at"), Index(None, "lesson_id"))

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    gathering_id: Mapped[str] = mapped_column(ForeignKey("gatherings_gathering.id", ondelete="CASCADE"))
    room_id: Mapped[str | None] = mapped_column(ForeignKey("gatherings_room.id", ondelete="SET NULL"))
    lesson_id: Mapped[str | None] = mapped_column(ForeignKey("catalog_lesson.id", ondelete="SET NULL"))
    played: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    moments: Mapped[list[list[Any]]] = mapped_column(JSON, default=list)
    played_s: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime]
    last_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    counted_at: Mapped[datetime | None]
    started_by: Mapped[str | None] = mapped_column(ForeignKey("people_person.id", ondelete="SET NULL"))
