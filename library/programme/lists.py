"""A term's plan as people bring it, .xlsx or .csv: which column is which. Pure: bytes to rows."""

from __future__ import annotations

from dataclasses import dataclass

from library.core.errors import Invalid, WeikeError
from library.core.lists.columns import BadLine, Columns, read_table
from library.programme.importing import Row
from transcode.remarks import Remark

SUFFIXES = (".xlsx", ".csv")

COLUMNS = Columns(
    {
        "week": ("week", "date", "周", "周次", "日期", "哪一周", "星期", "时间"),
        "theme": ("theme", "主题", "每周主题", "学习主题", "标题"),
        "text": ("text", "说明", "内容", "学习内容", "简介"),
        "lessons": ("lessons", "lesson", "课程", "课", "党课", "视频"),
        "reading": ("reading", "阅读", "阅读材料", "阅读书目", "学习材料", "书目"),
        "release_at": ("release", "releaseat", "发布时间", "发布", "上线时间"),
        "mode": ("mode", "方式", "上级"),
    },
    required=("week",),
)


@dataclass(frozen=True)
class Listed:
    """What a list says: its rows, the lines that cannot be read and why, headings that nobody knows, and what
    was repaired or guessed in reading it."""

    rows: tuple[Row, ...]
    wrong: tuple[tuple[int, WeikeError], ...]
    ignored: tuple[str, ...]
    remarks: tuple[Remark, ...]


def read_weeks(data: bytes, file_name: str) -> Listed:
    """Read a list by its suffix; raises Invalid (manifest_...) when it cannot be read as a whole."""
    suffix = "." + file_name.rsplit(".", 1)[-1].lower()
    if suffix not in SUFFIXES:
        raise Invalid("manifest_type", field="manifest", suffix=suffix, known=", ".join(SUFFIXES))
    table = read_table(data, suffix, COLUMNS)
    rows, wrong = [], []
    for line in table.lines:
        if isinstance(line, BadLine):
            wrong.append((line.line, Invalid(line.code, **line.values)))
        else:
            cells = {name: line.cells.get(name) for name in COLUMNS.headings if name != "week"}
            rows.append(Row(line.line, line.cells["week"], **cells))
    return Listed(tuple(rows), tuple(wrong), table.ignored, table.remarks)
