"""Manifests: the list of lessons an old library hands over, as .jsonl, .csv or .xlsx. Pure: bytes to rows.

What people's spreadsheets do is allowed for: Chinese headings, a title line above them, GB18030, tabs or
semicolons, numbers as keys, dates as dates, formulas, headings in two rows. What cannot be used becomes a
BadRow with its line and a code, and stops nothing.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from library.core.errors import Invalid
from library.core.text import clean_line, decode, name_key
from library.intake.lists.workbook import DAYS_1904, Workbook, shown
from transcode.remarks import Remark

SUFFIXES = (".jsonl", ".csv", ".xlsx")
KEY_MAX = 200
_HEADING_WITHIN = 10
_REQUIRED = ("key", "title")

_ALIASES: Mapping[str, tuple[str, ...]] = {
    "key": ("key", "id", "编号", "课程编号", "党课编号", "唯一编号", "标识"),
    "title": ("title", "标题", "题目", "课名", "课题", "党课标题", "课程标题", "课程名称", "名称"),
    "lecturer": ("lecturer", "讲师", "主讲", "主讲人", "授课人", "授课教师", "老师"),
    "date": ("date", "日期", "授课日期", "讲课日期", "上课日期", "时间", "授课时间"),
    "topics": ("topics", "topic", "专题", "主题", "标签", "分类", "类别"),
    "media": ("media", "file", "video", "视频", "录像", "媒体", "视频文件", "录像文件", "媒体文件", "文件"),
    "transcript": ("transcript", "字幕", "字幕文件", "文稿文件"),
    "transcript_text": ("transcript_text", "文稿", "正文", "全文", "文字稿", "讲稿", "内容"),
    "summary": ("summary", "简介", "摘要", "概要", "说明"),
}
_FORMULA_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!"})


@dataclass(frozen=True)
class Row:
    """One lesson of a manifest, as written. `line` is where it stands.

    None means that the manifest says nothing about the field, "" that it says there is none.
    """

    line: int
    key: str
    title: str
    lecturer: str | None = None
    date: str | None = None
    topics: str | None = None
    media: str | None = None
    transcript: str | None = None
    transcript_text: str | None = None
    summary: str | None = None


@dataclass(frozen=True)
class BadRow:
    """A line that is no lesson: where, whose key (if it could be read), and the code of why."""

    line: int
    key: str
    code: str
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Manifest:
    """What a manifest says: its rows in order, the headings of columns nobody knows, and what was repaired,
    guessed or left out in reading it."""

    rows: tuple[Row | BadRow, ...]
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


def parse_manifest(data: bytes, file_name: str) -> Manifest:
    """Read a manifest by its suffix; raises Invalid (manifest_...) when it cannot be read as a whole."""
    suffix = "." + file_name.rsplit(".", 1)[-1].lower()
    if suffix not in SUFFIXES:
        raise Invalid("manifest_type", field="manifest", suffix=suffix, known=", ".join(SUFFIXES))
    if suffix == ".xlsx":
        found = _xlsx(data)
    elif suffix == ".csv":
        found = _table(_csv(_decode(data)))
    else:
        found = _jsonl(_decode(data))
    if not found.rows:
        raise Invalid("manifest_empty", field="manifest")
    return replace(found, rows=tuple(_once(found.rows)))


def field_of(heading: str) -> str | None:
    """Return the field that a column's heading names, None for a column nobody knows."""
    plain = re.sub(r"\(.*?\)|[\s*:_\-]", "", name_key(heading))
    return _BY_HEADING.get(plain)


_BY_HEADING = {alias.replace("_", ""): name for name, aliases in _ALIASES.items() for alias in aliases}


def _once(rows: Iterable[Row | BadRow]) -> Iterator[Row | BadRow]:
    """Yield the rows; a key's second row is a bad one, because nobody knows which of the two is meant."""
    first: dict[str, int] = {}
    for row in rows:
        if isinstance(row, Row):
            if row.key in first:
                yield BadRow(row.line, row.key, "key_twice", {"field": "key", "line": first[row.key]})
                continue
            first[row.key] = row.line
        yield row


def _row(line: int, values: Mapping[str, str | None]) -> Row | BadRow:
    key = clean_line(values.get("key") or "")
    if not key:
        return BadRow(line, "", "empty", {"field": "key"})
    if len(key) > KEY_MAX:
        return BadRow(line, key[:KEY_MAX], "too_long", {"field": "key", "most": KEY_MAX, "length": len(key)})
    for name, value in values.items():
        if value is not None and value.strip() in _FORMULA_ERRORS:
            return BadRow(line, key, "formula_error", {"field": name, "found": value.strip()})
    return Row(line, key, values.get("title") or "", **{n: values.get(n) for n in _OPTIONAL})


_OPTIONAL = tuple(name for name in _ALIASES if name not in _REQUIRED)


# ---------------------------------------------------------------- tables: .csv and .xlsx


def _table(records: Iterable[_Record], days_off: int = 0) -> Manifest:
    """Find the headings among the first lines, then read each line under them.

    Headings may stand in two rows, a group's above its own. `days_off`: what is added to days that are
    written as numbers.
    """
    seen: list[_Record] = []
    lines = iter(records)
    for record in lines:
        above = seen[-1].cells if seen else ()
        seen.append(record)
        for headings in (record.cells, _two_rows(above, record.cells)):
            names = [field_of(cell) for cell in headings]
            if all(name in names for name in _REQUIRED):
                return _under(headings, lines, days_off)
        if len(seen) == _HEADING_WITHIN:
            break
    filled = [r for r in seen if any(cell.strip() for cell in r.cells)]
    if not filled:
        raise Invalid("manifest_empty", field="manifest")
    found = ", ".join(cell.strip() for cell in filled[0].cells if cell.strip())[:200]
    raise Invalid("manifest_columns", field="manifest", needed="key, title", found=found)


def _two_rows(above: Sequence[str], below: Sequence[str]) -> tuple[str, ...]:
    """Return the headings that two rows make: the lower one's, the upper one's where that says nothing."""
    width = max(len(above), len(below))
    upper, lower = ([*row, *[""] * (width - len(row))] for row in (above, below))
    return tuple(
        under if under.strip() and (field_of(under) or not field_of(over)) else over
        for over, under in zip(upper, lower, strict=True)
    )


def _is_heading(cells: Sequence[str], headings: Sequence[str]) -> bool:
    """Tell whether a row holds nothing but names of columns, as a second row of headings does.

    One name alone is a heading where it names what the first row only groups, and else what somebody typed.
    """
    said = [(place, field_of(cell)) for place, cell in enumerate(cells) if cell.strip()]
    if not said or any(name is None for _place, name in said):
        return False
    above = {place: field_of(heading) for place, heading in enumerate(headings)}
    return len(said) > 1 or above.get(said[0][0]) is None


def _under(headings: Sequence[str], lines: Iterator[_Record], days_off: int) -> Manifest:
    rows: list[Row | BadRow] = []
    repeated = 0
    columns = _Columns(headings, days_off)
    for record in lines:
        if not record.code and _is_heading(record.cells, columns.headings):
            repeated += 1
            if not rows:  # right below the first: it may name what that one only groups
                columns = _Columns(_two_rows(columns.headings, record.cells), days_off)
            continue
        row = columns.row(record)
        if row is not None:
            rows.append(row)
    remarks = (Remark("headings_again", repeated),) if repeated else ()
    return Manifest(tuple(rows), columns.ignored, remarks)


class _Columns:
    """Which column is which field, and what its rows say."""

    def __init__(self, headings: Sequence[str], days_off: int) -> None:
        self.headings = headings
        self._days_off = days_off
        self._places: dict[str, int] = {}
        ignored = []
        for place, heading in enumerate(headings):
            name = field_of(heading)
            if name is not None and name not in self._places:
                self._places[name] = place
            elif heading.strip():
                ignored.append(heading.strip())
        self.ignored = tuple(ignored)

    def row(self, record: _Record) -> Row | BadRow | None:
        """Return what a line says, None when it says nothing."""
        cells, width = record.cells, len(self.headings)
        key = clean_line(self._cell(cells, "key"))
        if record.code:
            return BadRow(record.line, key, record.code, {})
        unknown = [name for name, place in self._places.items() if place in record.unknown]
        if unknown:
            return BadRow(record.line, key, "formula_without_value", {"field": unknown[0]})
        if not any(cell.strip() for cell in cells):
            return None
        if any(cell.strip() for cell in cells[width:]):
            return BadRow(record.line, key, "too_many_cells", {"most": width, "count": len(cells)})
        return _row(record.line, {name: self._cell(cells, name) for name in self._places})

    def _cell(self, cells: Sequence[str], name: str) -> str:
        place = self._places[name]
        cell = cells[place] if place < len(cells) else ""
        if name == "date" and self._days_off and _DAY_NUMBER.fullmatch(cell.strip()):
            return str(int(float(cell)) + self._days_off)
        return cell


_DAY_NUMBER = re.compile(r"\d{5}(?:\.\d+)?")


def _decode(data: bytes) -> str:
    try:
        return decode(data)
    except UnicodeDecodeError:
        raise Invalid("manifest_unreadable", field="manifest") from None


def _csv(text: str) -> Iterator[_Record]:
    csv.field_size_limit(2**31 - 1)  # a lecture's whole text may stand in one cell
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
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


def _delimiter(text: str) -> str:
    """Return what parts the cells: the sign that makes most known headings in the first lines."""
    head = text.splitlines()[:_HEADING_WITHIN]

    def known(sign: str) -> int:
        return max(
            (sum(field_of(c.strip('" ')) is not None for c in line.split(sign)) for line in head), default=0
        )

    return max((",", "\t", ";"), key=known)


def _xlsx(data: bytes) -> Manifest:
    """Read the first sheet that people see and that has the headings; the others are named."""
    book = Workbook(data)
    refused: Invalid | None = None
    for name in book.visible():
        sheet = book.sheet(name)
        records = (_Record(row.line, row.cells, unknown=row.unknown) for row in sheet.rows)
        try:
            found = _table(records, DAYS_1904 if book.from_1904 else 0)
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


# ---------------------------------------------------------------- .jsonl


def _jsonl(text: str) -> Manifest:
    rows: list[Row | BadRow] = []
    ignored: dict[str, None] = {}
    for line, written in enumerate(text.split("\n"), start=1):
        if not written.strip():
            continue
        try:
            value = json.loads(written)
        except (ValueError, RecursionError):
            rows.append(BadRow(line, "", "not_json", {}))
            continue
        if not isinstance(value, dict):
            rows.append(BadRow(line, "", "not_json", {}))
            continue
        rows.append(_object(line, value, ignored))
    return Manifest(tuple(rows), tuple(ignored))


def _object(line: int, value: Mapping[str, Any], ignored: dict[str, None]) -> Row | BadRow:
    values: dict[str, str | None] = {}
    bad = ""
    for heading, said in value.items():
        name = field_of(heading)
        if name is None or name in values:
            ignored[heading] = None
        elif isinstance(said, dict):
            bad = bad or name
        elif isinstance(said, list):
            values[name] = "\n".join(shown(part) for part in said)
        else:
            values[name] = shown(said)
    if bad:
        return BadRow(line, clean_line(values.get("key") or ""), "not_text", {"field": bad})
    return _row(line, values)
