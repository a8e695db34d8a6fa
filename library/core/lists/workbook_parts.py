"""Going through the parts of a workbook before openpyxl reads them.

A bare XML parser tells what openpyxl does not while it streams: merged cells, what is hidden, whether there
are formulas. And a package from a stranger that would fill the memory is refused before anything is kept.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NoReturn

from library.core.errors import Invalid
from transcode.transcripts.careful_xml import parser_for
from transcode.transcripts.docx_package import BROKEN, check_packing, feed

LIMIT_BYTES = 64 * 2**20
"""Of all parts, unpacked: the text of a thousand lectures."""

MOST_CELLS = 200_000
"""Twenty thousand lessons with ten columns; openpyxl takes 10 to 20 microseconds for each."""

_ELEMENTS_A_CELL, _MOST_ELEMENTS = 6, 2_500_000
"""Of all parts: going through a million takes a second and a half, whatever is in them."""

_MOST_STYLE_ELEMENTS = 60_000
"""openpyxl makes an object of each: more take seconds."""

_MOST_CHARS = 200_000
"""In one cell; Excel's own limit is 32,767 (support.microsoft.com: Excel specifications and limits)."""

_MOST_DEPTH, _MOST_MERGES = 64, 50_000
MOST_COLUMNS, MOST_SHEETS = 256, 200
"""Of a sheet, and of a workbook: what is read."""

_CHUNK_BYTES = 64 * 1024
_BINARY = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tiff", ".emf", ".wmf", ".bin", ".vml")


@dataclass
class Part:
    """What going through a part told. Rows and columns count from 1; `filled`: cells that are not empty.

    `unknown`: cells with a formula whose result the file does not have.
    """

    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)
    rows: int = 0
    cells: int = 0
    filled: int = 0
    unknown: list[tuple[int, int]] = field(default_factory=list)
    last_row: int = 0
    last_column: int = 0

    def unknown_by_row(self) -> dict[int, frozenset[int]]:
        """Return, by row, at which places (from 0) formulas stand whose result the file does not have."""
        found: dict[int, set[int]] = {}
        for row, column in self.unknown:
            found.setdefault(row, set()).add(column - 1)
        return {row: frozenset(places) for row, places in found.items()}


def look_through(data: bytes, most_cells: int = MOST_CELLS) -> dict[str, Part]:
    """Return what the parts of a workbook tell, by their paths, without pictures.

    `most_cells`: so many that are not empty may each hold.
    Raises Invalid: manifest_unreadable, manifest_too_large.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            check_packing(package.infolist())
            named = _named(package)
            parts = [
                info
                for info in package.infolist()
                if not (info.filename.lower().endswith(_BINARY) and info.filename not in named)
            ]
            # What the directory says is what can be read of a part: a reader stops there.
            if sum(info.file_size for info in parts) > LIMIT_BYTES:
                refuse_size(most_cells)
            count = [0]
            filled = [info for info in parts if info.file_size]
            return {info.filename: _go_through(package, info, count, most_cells) for info in filled}
    except BROKEN as error:
        raise Invalid("manifest_unreadable", field="manifest") from error


def _named(package: zipfile.ZipFile) -> str:
    info = package.getinfo("[Content_Types].xml")
    return package.read(info).decode("utf-8", "replace") if info.file_size < 2**20 else refuse_size()


def refuse_size(most_cells: int = MOST_CELLS) -> NoReturn:
    """Raise Invalid("manifest_too_large") with the limits."""
    limits = {"limit_bytes": LIMIT_BYTES, "cells": most_cells}
    raise Invalid("manifest_too_large", field="manifest", **limits)


def _go_through(package: zipfile.ZipFile, info: zipfile.ZipInfo, count: list[int], most_cells: int) -> Part:
    reader = _Reader(count, most_cells, is_style="style" in info.filename.lower())
    parser = parser_for(reader, _refuse)
    with package.open(info) as part:
        feed(parser, iter(lambda: part.read(_CHUNK_BYTES), b""))
    return reader.part


def _refuse() -> NoReturn:
    raise Invalid("manifest_unreadable", field="manifest")


class _Reader:
    """Notes what a part tells while expat goes through it. `count`: elements so far, of all parts."""

    def __init__(self, count: list[int], most_cells: int, *, is_style: bool) -> None:
        self.part = Part()
        self._most_cells = most_cells
        self._most_elements = min(_ELEMENTS_A_CELL * most_cells, _MOST_ELEMENTS)
        self._count, self._is_style = count, is_style
        self._row, self._column, self._depth, self._chars, self._own = 0, 0, 0, 0, 0
        self._formula, self._result = False, False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        self._count[0] += 1
        self._own += 1
        self._depth += 1
        self._chars = 0
        too_many = (
            self._own > _MOST_STYLE_ELEMENTS if self._is_style else self._count[0] > self._most_elements
        )
        if too_many or self._depth > _MOST_DEPTH:
            refuse_size(self._most_cells)
        local = name.rpartition(":")[2]
        if local == "row":
            self._row = int(attributes.get("r") or self._row + 1)
            self._column = 0
            self.part.rows += 1
            if attributes.get("hidden") in ("1", "true"):
                self.part.hidden_rows.append(self._row)
        elif local == "c":
            self.part.cells += 1
            if self.part.cells > 2 * self._most_cells:
                refuse_size(self._most_cells)
            # A formula that gives no text has an empty result: that is known.
            self._formula, self._result = False, attributes.get("t") == "str"
            place = attributes.get("r")
            self._column = _place(place)[1] if place else self._column + 1
        elif local in ("v", "is", "f"):
            self.part.filled += local != "f"
            self._formula |= local == "f"
            self.part.last_row = max(self.part.last_row, self._row)
            self.part.last_column = max(self.part.last_column, self._column)
            if self.part.filled > self._most_cells:
                refuse_size(self._most_cells)
        elif local == "mergeCell":
            self._merge(attributes.get("ref", ""))
        elif local == "col" and attributes.get("hidden") in ("1", "true"):
            last = min(int(attributes.get("max", 0)), MOST_COLUMNS)
            self.part.hidden_columns += range(int(attributes.get("min", 1)), last + 1)

    def end(self, name: str) -> None:
        self._depth -= 1
        local = name.rpartition(":")[2]
        if local == "v":
            self._result |= self._chars > 0
        elif local == "c" and self._formula and not self._result:
            self.part.unknown.append((self._row, self._column))

    def text(self, data: str) -> None:
        self._chars += len(data)
        if self._chars > _MOST_CHARS:
            refuse_size(self._most_cells)

    def _merge(self, ref: str) -> None:
        first, _, last = ref.partition(":")
        if len(self.part.merges) >= _MOST_MERGES:
            refuse_size(self._most_cells)
        (row, column), (last_row, last_column) = _place(first), _place(last or first)
        if row and last_row >= row:
            self.part.merges.append((row, column, last_row, last_column))


def _place(name: str) -> tuple[int, int]:
    """Return (row, column) of a cell's name such as B12; zeros for what is none."""
    found = re.fullmatch(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})", name)
    if found is None:
        return 0, 0
    column = 0
    for letter in found[1].upper():
        column = 26 * column + ord(letter) - ord("A") + 1
    return int(found[2]), column
