"""Tables as people bring them, .csv or .xlsx: which column is which, and what stands in each row. Pure.

What people's spreadsheets do is allowed for: Chinese headings, a title line above them, GB18030, tabs or
semicolons, dates as numbers, formulas, headings in two rows. A line that cannot be used becomes a BadLine
with its code, and stops nothing.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from library.core.errors import Invalid
from library.core.lists.workbook import DAYS_1904, Workbook
from library.core.lists.workbook_parts import MOST_CELLS
from library.core.text import decode, name_key
from transcode.remarks import Remark

_HEADING_WITHIN = 10


@dataclass(frozen=True)
class Columns:
    """The columns that a kind of table has: the headings under which each field is known, and the fields
    without which it is no such table. In `days` a bare number is a day as spreadsheets count them.
    `most_cells`: of a workbook's sheet, those that are not empty."""

    headings: Mapping[str, tuple[str, ...]]
    required: tuple[str, ...]
    days: frozenset[str] = frozenset()
    most_cells: int = MOST_CELLS

    @cached_property
    def _by_heading(self) -> dict[str, str]:
        return {alias.replace("_", ""): name for name, known in self.headings.items() for alias in known}

    def field_of(self, heading: str) -> str | None:
        """Return the field that a column's heading names, None for a column nobody knows."""
        return self._by_heading.get(re.sub(r"\(.*?\)|[\s*:_\-]", "", name_key(heading)))


@dataclass(frozen=True)
class Line:
    """One row: its line, and its cells by their fields; a field whose column is not there is missing."""

    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True)
class BadLine:
    """A row that cannot be read: where, what its cells say all the same, and the code of why."""

    line: int
    cells: Mapping[str, str]
    code: str
    values: Mapping[str, object]


@dataclass(frozen=True)
class Table:
    """What a table says: its rows in order, the headings nobody knows, and what was repaired, guessed or
    left out in reading it."""

    lines: tuple[Line | BadLine, ...]
    ignored: tuple[str, ...]
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True)
class _Record:
    """One line before its cells have names; a `code` says why it cannot be read.

    `unknown` are the places where a formula has no known result.
    """

    line: int
    cells: tuple[str, ...] = ()
    code: str = ""
    unknown: frozenset[int] = frozenset()


def read_table(data: bytes, suffix: str, columns: Columns) -> Table:
    """Read a table by its suffix, .csv or .xlsx; raises Invalid: manifest_unreadable, manifest_too_large,
    manifest_columns, manifest_empty."""
    if suffix == ".xlsx":
        return _xlsx(data, columns)
    try:
        text = decode(data)
    except UnicodeDecodeError:
        raise Invalid("manifest_unreadable", field="manifest") from None
    return _table(_csv(text, columns), columns)


def _table(records: Iterable[_Record], columns: Columns, days_off: int = 0) -> Table:
    """Find the headings among the first lines, then read each line under them.

    Headings may stand in two rows, a group's above its own. `days_off`: what is added to days that are
    written as numbers.
    """
    seen: list[_Record] = []
    lines = iter(records)
    for record in lines:
        above = seen[-1].cells if seen else ()
        seen.append(record)
        for headings in (record.cells, _two_rows(above, record.cells, columns)):
            names = [columns.field_of(cell) for cell in headings]
            if all(name in names for name in columns.required):
                return _under(_Places(columns, headings, days_off), lines)
        if len(seen) == _HEADING_WITHIN:
            break
    filled = [r for r in seen if any(cell.strip() for cell in r.cells)]
    if not filled:
        raise Invalid("manifest_empty", field="manifest")
    found = ", ".join(cell.strip() for cell in filled[0].cells if cell.strip())[:200]
    needed = ", ".join(columns.required)
    raise Invalid("manifest_columns", field="manifest", needed=needed, found=found)


def _two_rows(above: Sequence[str], below: Sequence[str], columns: Columns) -> tuple[str, ...]:
    """Return the headings that two rows make: the lower one's, the upper one's where that says nothing."""
    width = max(len(above), len(below))
    upper, lower = ([*row, *[""] * (width - len(row))] for row in (above, below))
    return tuple(
        under if under.strip() and (columns.field_of(under) or not columns.field_of(over)) else over
        for over, under in zip(upper, lower, strict=True)
    )


def _is_heading(cells: Sequence[str], headings: Sequence[str], columns: Columns) -> bool:
    """Tell whether a row holds nothing but names of columns, as a second row of headings does.

    One name alone is a heading where it names what the first row only groups, and else what somebody typed.
    """
    said = [place for place, cell in enumerate(cells) if cell.strip()]
    if not said or any(columns.field_of(cells[place]) is None for place in said):
        return False
    above = headings[said[0]] if said[0] < len(headings) else ""
    return len(said) > 1 or columns.field_of(above) is None


def _under(places: _Places, lines: Iterator[_Record]) -> Table:
    rows: list[Line | BadLine] = []
    repeated = 0
    columns = places.columns
    for record in lines:
        if not record.code and _is_heading(record.cells, places.headings, columns):
            repeated += 1
            if not rows:  # right below the first: it may name what that one only groups
                headings = _two_rows(places.headings, record.cells, columns)
                places = _Places(columns, headings, places.days_off)
            continue
        row = places.row(record)
        if row is not None:
            rows.append(row)
    remarks = (Remark("headings_again", repeated),) if repeated else ()
    return Table(tuple(rows), places.ignored, remarks)


class _Places:
    """Which column is which field, and what its rows say."""

    def __init__(self, columns: Columns, headings: Sequence[str], days_off: int) -> None:
        self.columns, self.headings, self.days_off = columns, headings, days_off
        self._places: dict[str, int] = {}
        ignored = []
        for place, heading in enumerate(headings):
            name = columns.field_of(heading)
            if name is not None and name not in self._places:
                self._places[name] = place
            elif heading.strip():
                ignored.append(heading.strip())
        self.ignored = tuple(ignored)

    def row(self, record: _Record) -> Line | BadLine | None:
        """Return what a line says, None when it says nothing."""
        cells, width = record.cells, len(self.headings)
        said = {name: self._cell(cells, name) for name in self._places}
        if record.code:
            return BadLine(record.line, said, record.code, {})
        unknown = [name for name, place in self._places.items() if place in record.unknown]
        if unknown:
            return BadLine(record.line, said, "formula_without_value", {"field": unknown[0]})
        if not any(cell.strip() for cell in cells):
            return None
        if any(cell.strip() for cell in cells[width:]):
            return BadLine(record.line, said, "too_many_cells", {"most": width, "count": len(cells)})
        return Line(record.line, said)

    def _cell(self, cells: Sequence[str], name: str) -> str:
        place = self._places[name]
        cell = cells[place] if place < len(cells) else ""
        if name in self.columns.days and self.days_off and _DAY_NUMBER.fullmatch(cell.strip()):
            return str(int(float(cell)) + self.days_off)
        return cell


_DAY_NUMBER = re.compile(r"\d{5}(?:\.\d+)?")


def _csv(text: str, columns: Columns) -> Iterator[_Record]:
    csv.field_size_limit(2**31 - 1)  # a lecture's whole text may stand in one cell
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text, columns), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield _Record(line, code="broken_quotes")
            continue
        yield _Record(line, tuple(cells))


def _delimiter(text: str, columns: Columns) -> str:
    """Return what parts the cells: the sign that makes most known headings in the first lines."""
    head = text.splitlines()[:_HEADING_WITHIN]

    def known(sign: str) -> int:
        names = ([columns.field_of(cell.strip('" ')) for cell in line.split(sign)] for line in head)
        return max((sum(name is not None for name in some) for some in names), default=0)

    return max((",", "\t", ";"), key=known)


def _xlsx(data: bytes, columns: Columns) -> Table:
    """Read the first sheet that people see and that has the headings; the others are named."""
    book = Workbook(data, columns.most_cells)
    refused: Invalid | None = None
    for name in book.visible():
        sheet = book.sheet(name)
        records = (_Record(row.line, row.cells, unknown=row.unknown) for row in sheet.rows)
        try:
            found = _table(records, columns, DAYS_1904 if book.from_1904 else 0)
        except Invalid as error:
            refused = refused or error
            continue
        remarks = [*sheet.remarks, *found.remarks]
        others = book.not_read(name)
        if others:
            values = {"name": name, "others": "、".join(others)[:200]}
            remarks.append(Remark("sheets_not_read", len(others), values))
        return replace(found, remarks=tuple(remarks))
    raise refused or Invalid("manifest_empty", field="manifest")
