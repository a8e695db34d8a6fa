"""What a list of organisations says, as bytes: what its child answers, and what is kept of it beside it."""

from __future__ import annotations

from library.core.lists.apart import message
from library.core.lists.apart.message import Said
from library.core.lists.listed import Listed
from library.organisation.importing import Row
from library.organisation.lists import read_organisations


def answered(data: bytes, file_name: str) -> bytes:
    """Return what a list says, or what is wrong with it."""
    return message.answered(lambda: _said(read_organisations(data, file_name)))


def understood(answer: bytes) -> Listed[Row]:
    """Return what a list says; raises Invalid as reading it did, ValueError or LookupError for no answer."""
    said = message.understood(answer)
    wrong = tuple((line, error) for line, _name, error in said.wrong)
    return Listed(tuple(Row(*one) for one in said.rows), wrong, said.ignored, said.remarks)


def _said(listed: Listed[Row]) -> Said:
    wrong = [(line, "", error) for line, error in listed.wrong]
    return Said([_values(row) for row in listed.rows], wrong, listed.ignored, listed.remarks)


def _values(row: Row) -> tuple[int, str, str | None, str | None, str | None, str | None, str | None]:
    return row.line, row.name, row.parent, row.code, row.kind, row.short_name, row.since
