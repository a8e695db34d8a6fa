"""A list as people bring it, .xlsx or .csv, read as a whole: rows of some kind, and what is to be said of it.
Pure: bytes to rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from library.core.errors import Invalid, WeikeError
from library.core.lists.columns import BadLine, Columns, Line, read_table
from transcode.remarks import Remark

SUFFIXES = (".xlsx", ".csv")
_SHOWN = 20
Row = TypeVar("Row")


@dataclass(frozen=True)
class Listed(Generic[Row]):
    """What a list says: its rows, the lines that cannot be read and why, headings that nobody knows, and what
    was repaired or guessed in reading it."""

    rows: tuple[Row, ...]
    wrong: tuple[tuple[int, WeikeError], ...]
    ignored: tuple[str, ...]
    remarks: tuple[Remark, ...]


def suffix_of(file_name: str, known: Sequence[str] = SUFFIXES, field: str = "manifest") -> str:
    """Return the suffix of a list's name in small letters; raises Invalid("manifest_type") for another."""
    suffix = "." + file_name.rsplit(".", 1)[-1].lower()
    if suffix not in known:
        raise Invalid("manifest_type", field=field, suffix=suffix[:_SHOWN], known=", ".join(known))
    return suffix


def as_typed(text: str) -> str:
    """Return a cell without the apostrophe that an export puts before what would be calculated."""
    text = text.strip()
    return text[1:] if len(text) > 1 and text[0] == "'" and text[1] in "=+-@＝＋－＠" else text


def read_list(data: bytes, file_name: str, columns: Columns, row: Callable[[Line], Row]) -> Listed[Row]:
    """Read a list by its suffix, `row` makes one of a line; raises Invalid (manifest_...) when it cannot be
    read as a whole."""
    table = read_table(data, suffix_of(file_name), columns)
    rows: list[Row] = []
    wrong: list[tuple[int, WeikeError]] = []
    for line in table.lines:
        if isinstance(line, BadLine):
            wrong.append((line.line, Invalid(line.code, **line.values)))
        else:
            rows.append(row(line))
    return Listed(tuple(rows), tuple(wrong), table.ignored, table.remarks)
