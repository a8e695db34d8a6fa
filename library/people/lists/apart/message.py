"""What a list of people says, as bytes: what its child answers, and what is kept of a list beside it."""

from __future__ import annotations

from library.core.lists.apart import message
from library.core.lists.apart.message import Said
from library.people.lists.importing import Row
from library.people.lists.reading import Listed, read_people


def answered(data: bytes, file_name: str) -> bytes:
    """Return what a list says, or what is wrong with it."""
    return message.answered(lambda: _said(read_people(data, file_name)))


def understood(answer: bytes) -> Listed:
    """Return what a list says; raises Invalid as reading it did, ValueError or LookupError for no answer."""
    said = message.understood(answer)
    return Listed(tuple(Row(*one) for one in said.rows), tuple(said.wrong), said.ignored, said.remarks)


def _said(listed: Listed) -> Said:
    return Said([_values(row) for row in listed.rows], listed.wrong, listed.ignored, listed.remarks)


def _values(row: Row) -> tuple[int, str, str, str, str, str, str, str]:
    return row.line, row.name, row.account, row.branch, row.state, row.since, row.kind, row.committee
