"""Cells of workbooks and fields of CSV files that hold what people wrote: text stays text, runs nothing."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from io import StringIO
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


class Cells:
    """Makes the cells of one sheet of an openpyxl workbook that is only written."""

    def __init__(self, sheet: Any) -> None:
        from openpyxl.cell import WriteOnlyCell

        self._sheet, self._cell = sheet, WriteOnlyCell

    def text(self, text: str, font: Any = None) -> Any:
        """A cell that holds `text` and is never taken for a formula, a number or an error."""
        kept = _NOT_XML.sub("", text)[:_MOST_LETTERS]
        cell = self._cell(self._sheet, kept)
        cell.data_type = "s"  # openpyxl makes a formula of what begins with "="
        if kept.startswith(_FORMULA):
            # Excel then takes it for text also after somebody has edited it.
            cell.quotePrefix = True
        if font is not None:
            cell.font = font
        return cell

    def value(self, value: Value) -> Any:
        """A cell of whatever kind; None leaves it empty."""
        if isinstance(value, str):
            return self.text(value)
        cell = self._cell(self._sheet, value)
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
