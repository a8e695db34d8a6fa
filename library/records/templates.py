"""The only writer of templates. What is put here was looked at before (library.records.writing)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from library.audit import actions as audit
from library.audit.rules import Deed
from library.core.errors import NotFound
from library.core.permits import Viewer
from library.core.text import short_line
from library.organisation.tables import Node
from library.records import permits
from library.records.tables import BookTemplate, RecordTemplate

_NAME_MAX = 120
_WHAT = {False: "template", True: "book_template"}


def put(
    session: Session, viewer: Viewer, node: Node, name: str, data: bytes, now: datetime, *, book: bool = False
) -> RecordTemplate | BookTemplate:
    """Give a node its own template of one record, or of the book of a year; raises NotFound."""
    if not permits.may_keep_template(viewer, node.path):
        raise NotFound
    row = _held(session, node.id, book=book)
    if row is None:
        row = BookTemplate(node_id=node.id) if book else RecordTemplate(node_id=node.id)
        session.add(row)
    row.name, row.data = short_line(name[-_NAME_MAX:], "file", _NAME_MAX) or "template.docx", data
    row.put_by, row.put_at = viewer.writer_id, now
    session.flush()
    audit.note(session, Deed.RECORD, viewer.writer_id, thing=node.id, what=_WHAT[book], bytes=len(data))
    return row


def remove(session: Session, viewer: Viewer, node: Node, *, book: bool = False) -> None:
    """Take a node's own template away; those above, or the shipped one, hold again. Raises NotFound."""
    if not permits.may_keep_template(viewer, node.path):
        raise NotFound
    row = _held(session, node.id, book=book)
    if row is not None:
        session.delete(row)
        session.flush()
        audit.note(session, Deed.RECORD, viewer.writer_id, thing=node.id, what=f"{_WHAT[book]}_removed")


def _held(session: Session, node_id: str, *, book: bool) -> RecordTemplate | BookTemplate | None:
    if book:
        return session.get(BookTemplate, node_id, with_for_update=True)
    return session.get(RecordTemplate, node_id, with_for_update=True)
