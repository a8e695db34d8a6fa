"""What a list of people says, as bytes: what its child answers, and what is kept of a list beside it.

JSON, nothing that could be executed: the child has read what a stranger made. The rows come some hundred at a
time, because decoding JSON lets no other thread of the process run.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from library.core.bounded import answers
from library.core.errors import Invalid
from library.people.lists.importing import Row
from library.people.lists.reading import Listed, read_people
from transcode.remarks import Remark

ANSWER_BYTES = 48 * 2**20
"""Of a list as read: 100,000 people take some 15 MB."""
_AT_ONCE = 400
_NEWLINE = b"\n"


def answered(data: bytes, file_name: str) -> bytes:
    """Return what a list says, or what is wrong with it."""
    try:
        return packed(read_people(data, file_name))
    except Invalid as error:
        return _dump({"invalid": error.code, "values": error.values})


def packed(listed: Listed) -> bytes:
    """Return a list as bytes; raises Invalid("list_too_costly") for one with more text than a list has."""
    wrong = [(line, name, error.code, error.values) for line, name, error in listed.wrong]
    facts = {
        "ignored": listed.ignored,
        "remarks": [remark.to_json() for remark in listed.remarks],
        "rows": len(listed.rows),
    }
    parts, size = [_dump(facts)], 0
    for piece in (*_pieces([_values(row) for row in listed.rows]), *_pieces(wrong)):
        size += len(piece)
        if size > ANSWER_BYTES:
            raise Invalid("list_too_costly", field="file")
        parts.append(piece)
    return _NEWLINE.join(parts)


def understood(answer: bytes) -> Listed:
    """Return what a list says; raises Invalid as reading it did, ValueError or LookupError for no answer."""
    head, *pieces = answer.split(_NEWLINE)
    facts = answers.facts(head)
    rows: list[Row] = []
    wrong: list[tuple[int, str, Invalid]] = []
    for piece in pieces:
        for one in json.loads(piece):
            if len(rows) < facts["rows"]:
                rows.append(Row(*one))
            else:
                line, name, code, values = one
                wrong.append((line, name, Invalid(code, **values)))
    remarks = tuple(map(Remark.from_json, facts["remarks"]))
    return Listed(tuple(rows), tuple(wrong), tuple(facts["ignored"]), remarks)


def _values(row: Row) -> tuple[int, str, str, str, str, str, str, str]:
    return row.line, row.name, row.account, row.branch, row.state, row.since, row.kind, row.committee


def _pieces(rows: Sequence[Any]) -> Iterator[bytes]:
    for at in range(0, len(rows), _AT_ONCE):
        yield _dump(rows[at : at + _AT_ONCE])


def _dump(value: object) -> bytes:
    # With escapes: half a surrogate pair, which people's files can hold, is no UTF-8.
    return json.dumps(value, default=str).encode("ascii")
