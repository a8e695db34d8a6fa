"""A term's plan as people bring it, .xlsx or .csv: which column is which. Pure: bytes to rows."""

from __future__ import annotations

from library.core.lists.columns import Columns, Line
from library.core.lists.listed import Listed, read_list
from library.programme.importing import Row

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


def read_weeks(data: bytes, file_name: str) -> Listed[Row]:
    """Read a list by its suffix; raises Invalid (manifest_...) when it cannot be read as a whole."""
    return read_list(data, file_name, COLUMNS, _row)


def _row(line: Line) -> Row:
    cells = {name: line.cells.get(name) for name in COLUMNS.headings if name != "week"}
    return Row(line.line, line.cells["week"], **cells)
