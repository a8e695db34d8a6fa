"""Tables of people, of where they belong, and of the roles they hold."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from library.core.database import ID, Base, one_of
from library.core.partial_indexes import PartialIndex
from library.core.permits import MemberState, Role
from library.people.rules import ExemptionReason, MembershipKind, TransferState


class Person(Base):
    """An account. `username` is folded and unique; a password is kept only as its argon2id hash."""

    __tablename__ = "people_person"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    username: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    password_hash: Mapped[str] = mapped_column(String(200))
    language: Mapped[str | None] = mapped_column(String(8))
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]


class RoleGrant(Base):
    """A role held at a node, from `granted_at` until it was ended, or through the day `until` if one is set.

    Rows stay when a role ends: they are the history of who held what.
    """

    __tablename__ = "people_role"
    __table_args__ = (Index(None, "node_id"),)
    __partial_indexes__: ClassVar = (
        PartialIndex("uq_people_role_held", ("person_id", "node_id", "role"), "ended_at IS NULL"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people_person.id", ondelete="CASCADE"))
    node_id: Mapped[str] = mapped_column(ForeignKey("organisation_node.id"))
    role: Mapped[Role] = mapped_column(one_of(Role, 16))
    granted_by: Mapped[str | None] = mapped_column(ForeignKey("people_person.id"))
    granted_at: Mapped[datetime]
    until: Mapped[date | None]
    ended_at: Mapped[datetime | None]
    # No foreign key: SQLite adds none to a table that is there (library.erasing empties it).
    ended_by: Mapped[str | None] = mapped_column(ID)


class Membership(Base):
    """That a person belongs to a node (组织关系) from the day `since`, through the day before `until`.

    Everybody has at most one home at a time; guests keep theirs elsewhere. `state` is what the person is to
    the party, None while nobody has told it. Another state, another node is another row.
    """

    __tablename__ = "people_membership"
    __table_args__ = (
        Index(None, "person_id", "since"),
        Index(None, "node_id", "since"),
    )
    __partial_indexes__: ClassVar = (
        PartialIndex("uq_people_membership_home", ("person_id",), "kind = 'home' AND until IS NULL"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people_person.id", ondelete="CASCADE"))
    node_id: Mapped[str] = mapped_column(ForeignKey("organisation_node.id"))
    kind: Mapped[MembershipKind] = mapped_column(one_of(MembershipKind, 16))
    state: Mapped[MemberState | None] = mapped_column(one_of(MemberState, 16))
    since: Mapped[date]
    until: Mapped[date | None]
    noted_at: Mapped[datetime]
    noted_by: Mapped[str | None] = mapped_column(ForeignKey("people_person.id", ondelete="SET NULL"))


class Transfer(Base):
    """That a person's home is to become another node: the sender stays responsible until it is accepted."""

    __tablename__ = "people_transfer"
    __table_args__ = (
        Index(None, "to_id", "state"),
        Index(None, "from_id", "state"),
    )
    __partial_indexes__: ClassVar = (
        PartialIndex("uq_people_transfer_asked", ("person_id",), "state = 'asked'"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people_person.id", ondelete="CASCADE"))
    from_id: Mapped[str] = mapped_column(ForeignKey("organisation_node.id"))
    to_id: Mapped[str] = mapped_column(ForeignKey("organisation_node.id"))
    state: Mapped[TransferState] = mapped_column(one_of(TransferState, 16))
    note: Mapped[str] = mapped_column(String(200), default="")
    asked_at: Mapped[datetime]
    asked_by: Mapped[str | None] = mapped_column(ForeignKey("people_person.id", ondelete="SET NULL"))
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str | None] = mapped_column(ForeignKey("people_person.id", ondelete="SET NULL"))
    answer: Mapped[str] = mapped_column(String(200), default="")


class Exemption(Base):
    """That a person is not counted among those who are due (不计入应到), dated as a membership is."""

    __tablename__ = "people_exemption"
    __table_args__ = (Index(None, "person_id", "since"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people_person.id", ondelete="CASCADE"))
    reason: Mapped[ExemptionReason] = mapped_column(one_of(ExemptionReason, 16))
    since: Mapped[date]
    until: Mapped[date | None]
    noted_at: Mapped[datetime]
    noted_by: Mapped[str | None] = mapped_column(ForeignKey("people_person.id", ondelete="SET NULL"))


class CommitteeTerm(Base):
    """That a person is a member of a committee (班子成员), dated as a membership is; not of which one."""

    __tablename__ = "people_committee"
    __table_args__ = (Index(None, "person_id", "since"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people_person.id", ondelete="CASCADE"))
    since: Mapped[date]
    until: Mapped[date | None]
    noted_at: Mapped[datetime]
    noted_by: Mapped[str | None] = mapped_column(ForeignKey("people_person.id", ondelete="SET NULL"))


class LearningGroup(Base):
    """A learning group (学习小组): people of several branches, kept by the node `node_id`."""

    __tablename__ = "people_group"
    __table_args__ = (Index(None, "node_id"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    node_id: Mapped[str] = mapped_column(ForeignKey("organisation_node.id"))
    name: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class GroupMember(Base):
    """That a person learns in a group, from the day `since` through the day before `until`."""

    __tablename__ = "people_group_member"
    __table_args__ = (Index(None, "person_id"), Index(None, "group_id", "since"))

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    group_id: Mapped[str] = mapped_column(ForeignKey("people_group.id"))
    person_id: Mapped[str] = mapped_column(ForeignKey("people_person.id", ondelete="CASCADE"))
    since: Mapped[date]
    until: Mapped[date | None]
