"""Tables of saved searches and of the days' queries."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from library.core.database import ID, Base


class SavedSearch(Base):
    """A search that somebody saved under a name: what they typed, and what they chose to narrow and order it.

    `folded` is the name as it is compared. `filters` are the chosen values by the names of the filters.
    `seen` is how many hits it had when it was last opened, or saved.
    """

    __tablename__ = "searches_saved"
    __table_args__ = (UniqueConstraint("person_id", "folded"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people_person.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(80))
    folded: Mapped[str] = mapped_column(String(80))
    query: Mapped[str] = mapped_column(String(300))
    filters: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    sort: Mapped[str] = mapped_column(String(16))
    seen: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    opened_at: Mapped[datetime]


class DayQuery(Base):
    """How many different members searched for something on one Chinese day; `text` is what the search of the
    first of them looked for.

    Days that are over keep only what may be offered to others.
    """

    __tablename__ = "searches_day"

    day: Mapped[date] = mapped_column(primary_key=True)
    folded: Mapped[str] = mapped_column(String(60), primary_key=True)
    text: Mapped[str] = mapped_column(String(60))
    searchers: Mapped[int] = mapped_column(default=0)


class StoppedSearch(Base):
    """That staff want a text never to be offered: no query that holds it is, from `stopped_at` until
    `lifted_at` (None: still).

    Rows stay, so that it can be told later who did what. `folded` is the text as queries are compared.
    """

    __tablename__ = "searches_stopped"
    __table_args__ = (Index(None, "stopped_by"), Index(None, "lifted_by"), Index(None, "lifted_at"))

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    folded: Mapped[str] = mapped_column(String(60))
    text: Mapped[str] = mapped_column(String(60))
    stopped_by: Mapped[str | None] = mapped_column(ForeignKey("people_person.id", ondelete="SET NULL"))
    stopped_at: Mapped[datetime]
    lifted_by: Mapped[str | None] = mapped_column(ForeignKey("people_person.id", ondelete="SET NULL"))
    lifted_at: Mapped[datetime | None]


class Asker(Base):
    """That somebody is counted in a DayQuery already; gone as soon as the day is over.

    `mark` is a keyed hash of who it is, the day and the query: it leads to no person, to no other day and to
    no other query.
    """

    __tablename__ = "searches_asker"

    day: Mapped[date] = mapped_column(primary_key=True)
    folded: Mapped[str] = mapped_column(String(60), primary_key=True)
    mark: Mapped[str] = mapped_column(String(43), primary_key=True)
