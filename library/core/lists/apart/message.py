"""What a list says, as bytes: what its child answers, and what is kept of a list beside it.

JSON, nothing that could be executed: the child has read what a stranger made. The rows come some hundred at a
time, because decoding JSON lets no other thread of the process run.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from library.core.bounded import answers
from library.core.errors import Invalid, WeikeError
from transcode.remarks import Remark

ANSWER_BYTES = 48 * 2**20
"""Of a list as read: 100,000 people take some 15 MB."""
MOST_ROWS = 120_000
"""Of a list that is brought on a page: planning and bringing in 100,000 organisations takes 620 MB of the
process that makes pages and 28 s of a processor. The command line takes longer ones."""
_AT_ONCE = 400
_NEWLINE = b"\n"


@dataclass(frozen=True)
class Said:
    """What a list says: the values of each row; lines that cannot be read, with the name there and why;
    headings of what is not kept; what was refused, guessed or repaired."""

    rows: Sequence[Sequence[Any]]
    wrong: Sequence[tuple[int, str, WeikeError]]
    ignored: tuple[str, ...]
    remarks: tuple[Remark, ...]


def answered(read: Callable[[], Said]) -> bytes:
    """Return what a list says, or what is wrong with it."""
    try:
        return packed(read())
    except Invalid as error:
        return _dump({"invalid": error.code, "values": error.values})


def packed(said: Said) -> bytes:
    """Return a list as bytes; raises Invalid: list_too_long, list_too_costly (more text than a list has)."""
    count = len(said.rows) + len(said.wrong)
    if count > MOST_ROWS:
        raise Invalid("list_too_long", field="file", count=count, most=MOST_ROWS)
    wrong = [(line, name, error.code, error.values) for line, name, error in said.wrong]
    facts = {
        "ignored": said.ignored,
        "remarks": [remark.to_json() for remark in said.remarks],
        "rows": len(said.rows),
    }
    parts, size = [_dump(facts)], 0
    for piece in (*_pieces(said.rows), *_pieces(wrong)):
        size += len(piece)
        if size > ANSWER_BYTES:
            raise Invalid("list_too_costly", field="file")
        parts.append(piece)
    return _NEWLINE.join(parts)


def understood(answer: bytes) -> Said:
    """Return what a list says; raises Invalid as reading it did, ValueError or LookupError for no answer."""
    head, *pieces = answer.split(_NEWLINE)
    facts = answers.facts(head)
    rows: list[Sequence[Any]] = []
    wrong: list[tuple[int, str, WeikeError]] = []
    for piece in pieces:
        for one in json.loads(piece):
            if len(rows) < facts["rows"]:
                rows.append(one)
            else:
                line, name, code, values = one
                wrong.append((line, name, Invalid(code, **values)))
    return Said(rows, wrong, tuple(facts["ignored"]), tuple(map(Remark.from_json, facts["remarks"])))


def _pieces(rows: Sequence[Any]) -> Iterator[bytes]:
    for at in range(0, len(rows), _AT_ONCE):
        yield _dump(rows[at : at + _AT_ONCE])


def _dump(value: object) -> bytes:
    # With escapes: half a surrogate pair, which people's files can hold, is no UTF-8.
    return json.dumps(value, default=str).encode("ascii")
