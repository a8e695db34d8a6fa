"""Manifests: the list of lessons an old library hands over, as .jsonl, .csv or .xlsx. Pure: bytes to rows.

Tables are read by `columns`. What cannot be used becomes a BadRow with its line and a code, and stops
nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from library.core.errors import Invalid
from library.core.lists.columns import BadLine, Columns, Line, Table, read_table
from library.core.lists.listed import suffix_of
from library.core.lists.workbook import shown
from library.core.text import clean_line, decode
from transcode.remarks import Remark

SUFFIXES = (".jsonl", ".csv", ".xlsx")
KEY_MAX = 200
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
    "genre": ("genre", "kind", "类型", "课型", "课程类型", "党课类型", "形式"),
    "series": ("series", "系列", "系列名称", "专栏", "系列课"),
    "episode": ("episode", "集", "集数", "第几集", "期数", "第几期"),
    "honours": ("honours", "honors", "awards", "荣誉", "获奖", "奖项", "获奖情况"),
    "materials": ("materials", "attachments", "材料", "附件", "配套材料", "课件"),
    "audience": ("audience", "受众", "观看范围", "谁可以看", "可见范围"),
    "summary": ("summary", "简介", "摘要", "概要", "说明"),
}
_COLUMNS = Columns(_ALIASES, _REQUIRED, days=frozenset({"date"}))
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
    genre: str | None = None
    audience: str | None = None
    series: str | None = None
    episode: str | None = None
    honours: str | None = None
    materials: str | None = None


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


def parse_manifest(data: bytes, file_name: str) -> Manifest:
    """Read a manifest by its suffix; raises Invalid (manifest_...) when it cannot be read as a whole."""
    suffix = suffix_of(file_name, SUFFIXES)
    found = _jsonl(_decode(data)) if suffix == ".jsonl" else _of_table(read_table(data, suffix, _COLUMNS))
    if not found.rows:
        raise Invalid("manifest_empty", field="manifest")
    return replace(found, rows=tuple(_once(found.rows)))


def field_of(heading: str) -> str | None:
    """Return the field that a column's heading names, None for a column nobody knows."""
    return _COLUMNS.field_of(heading)


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


def _of_table(table: Table) -> Manifest:
    return Manifest(tuple(map(_of_line, table.lines)), table.ignored, table.remarks)


def _of_line(line: Line | BadLine) -> Row | BadRow:
    if isinstance(line, BadLine):
        return BadRow(line.line, clean_line(line.cells.get("key", "")), line.code, line.values)
    return _row(line.line, line.cells)


def _decode(data: bytes) -> str:
    try:
        return decode(data)
    except UnicodeDecodeError:
        raise Invalid("manifest_unreadable", field="manifest") from None


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
