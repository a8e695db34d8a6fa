"""Workbooks (.xlsx) as people see them: merged cells, numbers as shown, hidden rows, results of formulas.

openpyxl reads them row by row, after `workbook_parts` has gone through the package.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from library.core.errors import Invalid
from library.core.lists.workbook_parts import (
    LIMIT_BYTES,
    MOST_CELLS,
    MOST_COLUMNS,
    MOST_SHEETS,
    Part,
    look_through,
    refuse_size,
)
from transcode.remarks import Remark

_NAMES_SAID = 12
_MOST_AREA = 12_000_000
"""Rows times columns, empty places too: openpyxl lays out each."""

DAYS_1904 = 1462
"""Days from the beginning of the calendar of 1900 to that of 1904 (ECMA-376, 18.17.4.1)."""


@dataclass(frozen=True)
class SheetRow:
    """One row: its line, its cells as they are shown, and at which places a formula has no known result."""

    line: int
    cells: tuple[str, ...]
    unknown: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Sheet:
    """One sheet with its rows. `remarks`: what was filled in, what is hidden and was read all the same."""

    name: str
    rows: tuple[SheetRow, ...]
    remarks: tuple[Remark, ...]


class Workbook:
    """A workbook that may be read; raises Invalid (manifest_unreadable, manifest_too_large)."""

    def __init__(self, data: bytes, most_cells: int = MOST_CELLS) -> None:
        """`data`: the whole file; `most_cells`: so many that are not empty may a sheet hold."""
        # Imported here: it takes a quarter of a second, which only this kind of file should cost.
        import openpyxl

        self._parts = look_through(data, most_cells)
        self._openpyxl = openpyxl
        book = self._load(data)
        sheets = book.worksheets
        if len(sheets) > MOST_SHEETS:
            refuse_size()
        self.from_1904: bool = book.epoch == openpyxl.utils.datetime.CALENDAR_MAC_1904
        self._sheets: dict[str, Any] = {sheet.title: sheet for sheet in sheets}

    def _load(self, data: bytes) -> Any:
        try:
            # The results of formulas; whether one has none was seen on the way through the parts.
            return self._openpyxl.load_workbook(
                io.BytesIO(data), read_only=True, data_only=True, keep_links=False
            )
        except Exception as error:  # openpyxl raises whatever its XML and zip readers raise
            raise Invalid("manifest_unreadable", field="manifest") from error

    def visible(self) -> list[str]:
        """Return the names of the sheets that people see, in their order."""
        return [name for name, sheet in self._sheets.items() if sheet.sheet_state == "visible"]

    def not_read(self, read: str) -> list[str]:
        """Return the names of the other sheets that hold something."""
        return [name for name in self._sheets if name != read and self._part(name).filled]

    def sheet(self, name: str) -> Sheet:
        """Read one sheet; raises Invalid."""
        part = self._part(name)
        try:
            empty_cell = self._openpyxl.cell.read_only.EMPTY_CELL
            rows = _shown_rows(self._rows(self._sheets[name], part), part.unknown_by_row(), empty_cell)
            read = tuple(_bounded(_Merged(part.merges).filled(rows)))
        except Invalid:
            raise
        except Exception as error:
            raise Invalid("manifest_unreadable", field="manifest") from error
        return Sheet(name, read, tuple(_remarks(part, read)))

    def _part(self, name: str) -> Part:
        # The path that openpyxl found in the package: what was not gone through is not read.
        path = str(self._sheets[name]._worksheet_path).lstrip("/")
        if path not in self._parts:
            raise Invalid("manifest_unreadable", field="manifest")
        return self._parts[path]

    def _rows(self, sheet: Any, part: Part) -> Iterator[Sequence[Any]]:
        sheet.reset_dimensions()  # some programs write a wrong size, which would cut rows off
        if not part.last_row:
            return iter(())
        width = min(part.last_column, MOST_COLUMNS)
        if part.rows * width > _MOST_AREA:
            refuse_size()
        rows: Iterator[Sequence[Any]] = sheet.iter_rows(max_row=part.last_row, max_col=width)
        return rows


def _bounded(rows: Iterable[SheetRow]) -> Iterator[SheetRow]:
    """Yield the rows as long as all that they say is no more text than a workbook may hold.

    One text can stand in every cell (a shared one, or of merged cells) and be read for each of them.
    """
    told = 0
    for row in rows:
        told += sum(map(len, row.cells))
        if told > LIMIT_BYTES:
            refuse_size()
        yield row


def _shown_rows(
    rows: Iterable[Sequence[Any]], unknown: Mapping[int, frozenset[int]], empty_cell: Any
) -> Iterator[SheetRow]:
    """Yield the rows that hold something; a sheet may have a million that do not."""
    gap: Sequence[Any] | None = None  # openpyxl gives the same one for every row that is missing
    for line, cells in enumerate(rows, start=1):
        places = unknown.get(line, frozenset())
        if cells is gap or (not places and all(cell is empty_cell for cell in cells)):
            gap = cells
            continue
        told = ["" if cell is empty_cell else shown(cell.value, cell) for cell in cells]
        while told and not told[-1]:
            told.pop()
        if told or places:
            yield SheetRow(line, tuple(told), places)


def shown(value: Any, cell: Any = None) -> str:
    """Return a value as people see it: 1001 for 1001.0, 2026-03-05 for a day, 001 for 1 in the format 000."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int):
        pattern = getattr(cell, "number_format", None) if cell is not None else None
        return numbered(value, pattern) if pattern and pattern != "General" else str(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


_FORMAT_PARTS = re.compile(r'"([^"]*)"|\\(.)|_.|\*.|\[(?:\$[^\]]*|[A-Za-z]+\d*)\]|([0#?]+)|([-() /:.])')


def numbered(value: int, pattern: str) -> str:
    """Return a whole number in a format of places and fixed text, such as 000 or "DK"0000; else its digits.

    A format that groups thousands, has decimals, percents or exponents is for amounts: there the number is
    meant, and not how it looks.
    """
    sections = pattern.split(";")
    section = sections[0]
    places: list[str | int] = []  # text, or how many digits stand here (at least the zeros)
    zeros: list[int] = []
    at = 0
    while at < len(section):
        found = _FORMAT_PARTS.match(section, at)
        if found is None or (found[4] == "." and zeros):
            return str(value)
        if found[3]:
            places.append(len(found[3]))
            zeros.append(found[3].count("0"))
        elif found[1] or found[2] or found[4]:
            places.append(found[1] or found[2] or found[4])
        at = found.end()
    width, least = sum(part for part in places if isinstance(part, int)), sum(zeros)
    if not least or value < 0:
        return str(value)
    digits = str(value).zfill(least)
    digits = digits.rjust(width) if len(digits) < width else digits
    # What has more digits than places stands at the first place, as in a spreadsheet.
    spare, written, first = len(digits) - width, [], True
    for part in places:
        if isinstance(part, str):
            written.append(part)
            continue
        take = part + (spare if first else 0)
        written.append(digits[:take])
        digits, first = digits[take:], False
    return "".join(written).strip()


class _Merged:
    """Gives the value of merged cells to each row that they span, in their first column."""

    def __init__(self, merges: Sequence[tuple[int, int, int, int]]) -> None:
        self._from: dict[int, list[tuple[int, int]]] = {}
        for first_row, first_column, last_row, _last_column in merges:
            if last_row > first_row:
                self._from.setdefault(first_row, []).append((first_column - 1, last_row))

    def filled(self, rows: Iterator[SheetRow]) -> Iterator[SheetRow]:
        """Yield the rows with the values that they share."""
        going: dict[int, tuple[int, str, bool]] = {}
        for row in rows:
            cells, unknown = list(row.cells), set(row.unknown)
            for place, (last_row, value, is_unknown) in list(going.items()):
                if row.line > last_row:
                    del going[place]
                elif place >= len(cells) or not cells[place]:
                    cells += [""] * (place + 1 - len(cells))
                    cells[place] = value
                    unknown |= {place} if is_unknown else set()
            for place, last_row in self._from.get(row.line, ()):
                if place < len(cells):
                    going[place] = (last_row, cells[place], place in row.unknown)
            yield SheetRow(row.line, tuple(cells), frozenset(unknown))


def _remarks(part: Part, rows: Sequence[SheetRow]) -> Iterator[Remark]:
    spanned = sum(last - first for first, _c, last, _d in part.merges if last > first)
    if spanned:
        yield Remark("merged_filled", spanned, {"areas": sum(m[2] > m[0] for m in part.merges)})
    filled = {row.line for row in rows if any(row.cells)}
    hidden = [line for line in part.hidden_rows if line in filled]
    if hidden:
        yield Remark("hidden_rows", len(hidden), {"lines": _some(hidden)})
    columns = [n for n in part.hidden_columns if n <= part.last_column]
    columns = [n for n in columns if any(len(row.cells) >= n and row.cells[n - 1] for row in rows)]
    if columns:
        yield Remark("hidden_columns", len(columns), {"columns": _some([letters(n) for n in columns])})
    if part.last_column > MOST_COLUMNS:
        values = {"column": letters(MOST_COLUMNS)}
        yield Remark("columns_not_read", part.last_column - MOST_COLUMNS, values)


def _some(names: Sequence[object]) -> str:
    said = ", ".join(str(name) for name in names[:_NAMES_SAID])
    return f"{said} …" if len(names) > _NAMES_SAID else said


def letters(column: int) -> str:
    """Return what a column is called: A for 1, AA for 27."""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
