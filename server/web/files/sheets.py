"""Workbooks and CSV files, also of what people wrote: text stays text and runs nothing."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from io import BytesIO, StringIO
from typing import Any

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"

Value = str | int | float | date | timedelta | None
"""What a cell may hold; a timedelta is a length of time."""

# XML 1.0 knows neither control characters nor halves of surrogate pairs; an Excel cell holds 32,767 letters.
_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MOST_LETTERS = 32_000
# What a spreadsheet would calculate if somebody typed it; Chinese ones take the wide signs too.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@dataclass(frozen=True)
class Link:
    """An address that a cell shows and opens."""

    url: str


@dataclass(frozen=True)
class Formula:
    """What a cell calculates, "=..." as spreadsheets read it in every language. Of our own making only:
    nothing that somebody typed stands in it."""

    text: str


@dataclass(frozen=True)
class Sheet:
    """One sheet: what it is about, headings, rows.

    Of `about` the first line is a title. `widths` are those of the columns, in letters. `freeze` keeps the
    headings in sight. Long texts run over several lines in the headings or in the rows that are to wrap.
    """

    name: str
    headings: Sequence[str]
    rows: Iterable[Sequence[Value | Link | Formula]]
    widths: Sequence[int]
    about: Sequence[str] = ()
    freeze: bool = False
    wrap_headings: bool = False
    wrap_rows: bool = False


def workbook(sheets: Iterable[Sheet]) -> bytes:
    """Return the workbook that holds `sheets`."""
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    for sheet in sheets:
        _Writer(book.create_sheet(sheet.name)).write(sheet)
    file = BytesIO()
    book.save(file)
    return file.getvalue()


class _Writer:
    """Writes one sheet of an openpyxl workbook that is only written."""

    def __init__(self, target: Any) -> None:
        from openpyxl.cell import WriteOnlyCell
        from openpyxl.styles import Alignment, Font

        self._target, self._new_cell = target, WriteOnlyCell
        self._title, self._bold = Font(bold=True, size=14), Font(bold=True)
        self._link = Font(color="0563C1", underline="single")
        self._wrapped = Alignment(wrap_text=True, vertical="top")

    def write(self, sheet: Sheet) -> None:
        """Write all of it; what is said of the sheet itself must come before its first row."""
        from openpyxl.utils import get_column_letter

        for n, width in enumerate(sheet.widths, start=1):
            self._target.column_dimensions[get_column_letter(n)].width = width
        above = len(sheet.about) + 1 if sheet.about else 0
        if sheet.freeze:
            self._target.freeze_panes = f"A{above + 2}"
        for n, line in enumerate(sheet.about):
            self._target.append([self._text(line, self._title if n == 0 else None)])
        if above:
            self._target.append([])
        self._append(
            [self._text(heading, self._bold) for heading in sheet.headings], wrap=sheet.wrap_headings
        )
        for row in sheet.rows:
            self._append([self._cell(value) for value in row], wrap=sheet.wrap_rows)

    def _append(self, cells: Sequence[Any], *, wrap: bool) -> None:
        if wrap:
            for cell in cells:
                cell.alignment = self._wrapped
        self._target.append(cells)

    def _text(self, text: str, font: Any = None) -> Any:
        """A cell that holds `text` and is never taken for a formula, a number or an error."""
        kept = _NOT_XML.sub("", text)[:_MOST_LETTERS]
        cell = self._new_cell(self._target, kept)
        cell.data_type = "s"  # openpyxl makes a formula of what begins with "="
        if kept.startswith(_FORMULA):
            # Excel then takes it for text also after somebody has edited it.
            cell.quotePrefix = True
        if font is not None:
            cell.font = font
        return cell

    def _cell(self, value: Value | Link | Formula) -> Any:
        """A cell of whatever kind; None leaves it empty."""
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, Link):
            link = self._text(value.url, self._link)
            link.hyperlink = link.value
            return link
        if isinstance(value, Formula):
            cell = self._new_cell(self._target, value.text)
            cell.number_format = "0.00"
            return cell
        cell = self._new_cell(self._target, value)
        if isinstance(value, date):
            cell.number_format = "yyyy-mm-dd"
        elif isinstance(value, timedelta):
            cell.number_format = "[h]:mm:ss"
        elif isinstance(value, float):
            cell.number_format = "0.0"
        return cell


def csv_text(rows: Iterable[Sequence[Value]]) -> bytes:
    """Return rows as CSV (RFC 4180) in UTF-8 with the mark by which Excel knows it.

    A text that a spreadsheet would calculate gets an apostrophe in front; numbers stay numbers.
    """
    out = StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    for row in rows:
        writer.writerow([_field(value) for value in row])
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8", "replace")


def _field(value: Value) -> str | int | float:
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, int | float):
        return value
    if isinstance(value, timedelta):
        minutes, seconds = divmod(int(value.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02d}:{seconds:02d}"
    if isinstance(value, date):
        return value.isoformat()
    # One line each: a line break inside a field is where simple readers stop.
    kept = " ".join(_NOT_XML.sub("", value).split())[:_MOST_LETTERS]
    return f"'{kept}" if value.startswith(_FORMULA) or kept.startswith(_FORMULA) else kept
