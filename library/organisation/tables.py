"""The organisation tree: a node and its place."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from library.core.database import ID, Base


class Branch(Base):
    """A node of the organisation tree; `path` is its chain of ids from the root, "/a/b/"."""

    __tablename__ = "people_branch"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    parent_id: Mapped[str | None] = mapped_column(ForeignKey("people_branch.id"))
    name: Mapped[str] = mapped_column(String(80))
    path: Mapped[str] = mapped_column(String(400), unique=True)
    created_at: Mapped[datetime]
