"""Tables of how a whole branch comes in: its code, and who asked to be taken in."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from library.core.database import ID, Base, one_of
from library.core.partial_indexes import PartialIndex


class JoinState(StrEnum):
    """What became of somebody who asked to be taken in."""

    WAITING = "waiting"
    APPROVED = "approved"
    REFUSED = "refused"


class BranchCode(Base):
    """The code that hangs on a branch's wall; each node has one at a time, good through the day `ends_on`.

    It is kept readable, so that its poster can be printed again: it opens nothing, it only lets ask.
    """

    __tablename__ = "people_branch_code"
    __partial_indexes__: ClassVar = (
        PartialIndex("uq_people_branch_code_open", ("node_id",), "ended_at IS NULL"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    node_id: Mapped[str] = mapped_column(ForeignKey("organisation_node.id"))
    code: Mapped[str] = mapped_column(String(16), unique=True)
    ends_on: Mapped[date]
    made_at: Mapped[datetime]
    made_by: Mapped[str | None] = mapped_column(ForeignKey("people_person.id", ondelete="SET NULL"))
    ended_at: Mapped[datetime | None]


class JoinRequest(Base):
    """Somebody who typed a branch's code, a name, an account and a password, and waits for the secretary.

    `receipt_hash` is that of the secret with which their browser asks what became of it. Name, account and
    password are emptied once it is answered; `person_id` is the account that it led to.
    """

    __tablename__ = "people_join_request"
    __table_args__ = (Index(None, "state", "node_id"), Index(None, "person_id"))

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    node_id: Mapped[str] = mapped_column(ForeignKey("organisation_node.id"))
    receipt_hash: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    username: Mapped[str] = mapped_column(String(80))
    password_hash: Mapped[str] = mapped_column(String(200))
    state: Mapped[JoinState] = mapped_column(one_of(JoinState, 16), default=JoinState.WAITING)
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str | None] = mapped_column(ForeignKey("people_person.id", ondelete="SET NULL"))
    person_id: Mapped[str | None] = mapped_column(ForeignKey("people_person.id", ondelete="CASCADE"))
