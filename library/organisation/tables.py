"""The organisation tree: its nodes, what lies below what, and what became of each."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from library.core.database import ID, Base, one_of
from library.organisation.rules import CODE_MAX, SHORT_MAX, SPELLED_MAX, ChangeKind, NodeKind


class Node(Base):
    """A node of the organisation tree: a committee, a branch, a group, a unit.

    `path` is its chain of ids from the root, "/a/b/": two paths tell whether one lies below the other without
    a query. `code` is what the organisation itself knows it by (opaque, unique, None for none), `spelled` its
    names in letters for whoever types pinyin. `since` is the day it was founded, if told. `closed_at` is when
    it was closed or merged away, None while it is there; `merged_into_id` the node that took over.
    """

    __tablename__ = "organisation_node"
    __table_args__ = (Index(None, "parent_id", "name"), Index(None, "code", unique=True))

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    parent_id: Mapped[str | None] = mapped_column(ForeignKey("organisation_node.id"))
    name: Mapped[str] = mapped_column(String(80))
    short_name: Mapped[str] = mapped_column(String(SHORT_MAX), default="", server_default="")
    kind: Mapped[NodeKind] = mapped_column(
        one_of(NodeKind, 16), default=NodeKind.BRANCH, server_default=NodeKind.BRANCH
    )
    code: Mapped[str | None] = mapped_column(String(CODE_MAX))
    spelled: Mapped[str] = mapped_column(String(SPELLED_MAX), default="", server_default="")
    path: Mapped[str] = mapped_column(String(400), unique=True)
    since: Mapped[date | None]
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    # No foreign key: nodes are never deleted, and SQLite adds none to a table that is there.
    merged_into_id: Mapped[str | None] = mapped_column(ID)


class Below(Base):
    """That a node lies `depth` steps below another; each lies 0 steps below itself (a closure table)."""

    __tablename__ = "organisation_below"
    __table_args__ = (Index(None, "node_id", "depth"),)

    ancestor_id: Mapped[str] = mapped_column(ForeignKey("organisation_node.id"), primary_key=True)
    node_id: Mapped[str] = mapped_column(ForeignKey("organisation_node.id"), primary_key=True)
    depth: Mapped[int]


class NodeChange(Base):
    """What became of a node: append-only. `before` and `after` are the values that changed, by their names.

    `changed_by` is who did it, None for the machine and for whoever was erased.
    """

    __tablename__ = "organisation_change"
    __table_args__ = (Index(None, "node_id", "at"), Index(None, "changed_by"))

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    node_id: Mapped[str] = mapped_column(ForeignKey("organisation_node.id"))
    kind: Mapped[ChangeKind] = mapped_column(one_of(ChangeKind, 16, check="kind"))
    at: Mapped[datetime]
    # No foreign key: people lie above the organisation (library.erasing empties it).
    changed_by: Mapped[str | None] = mapped_column(ID)
    before: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
