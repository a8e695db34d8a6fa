"""Lists of organisations as people bring them, .xlsx or .csv: which column is which. Pure: bytes to rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from library.core.lists.columns import Columns, Line
from library.core.lists.listed import Listed, as_typed, read_list
from library.organisation.importing import Known, Row
from library.organisation.rules import NodeKind

HEADINGS = ("编码", "名称", "上级", "类别", "简称", "成立日期")
"""Those of an export, in its order."""

EXAMPLES = (
    ("330523", "安吉县委", "", "党委", "", ""),
    ("330523-102", "天荒坪镇党委", "安吉县委", "党委", "天荒坪镇", "1998-07-01"),
    ("330523-102-1", "余村党总支", "330523-102", "党总支", "", ""),
    ("A-017", "余村第一党支部", "天荒坪镇党委 / 余村党总支", "党支部", "余村一支部", "2010-03-05"),
    ("A-018", "余村第二党支部", "330523-102-1", "", "", ""),
    ("", "第一党小组", "A-017", "党小组", "", ""),
)
"""A filled row of every kind, for the list that people start with."""

MOST_CELLS = 620_000
"""Of a workbook: 100,000 nodes with all columns and some to spare."""

# Among them those of the nationwide collection of 2017 (全国党员信息库, 党组织信息采集表).
COLUMNS = Columns(
    {
        "code": ("code", "编码", "党组织编码", "党组织代码", "组织代码", "代码", "编号"),
        "name": ("name", "名称", "党组织名称", "党组织全称", "组织名称", "全称", "党支部", "党组织"),
        "parent": (
            "parent",
            "上级",
            "上级党组织",
            "上级党组织名称",
            "上级组织",
            "上级编码",
            "隶属",
            "隶属党组织",
        ),
        "kind": ("kind", "类型", "类别", "党组织类别", "党组织类型", "组织类别"),
        "short_name": ("shortname", "short", "简称", "党组织简称"),
        "since": ("since", "成立日期", "成立时间", "建立日期", "党组织建立日期", "批准建立日期"),
    },
    required=("name",),
    days=frozenset({"since"}),
    most_cells=MOST_CELLS,
)


def read_organisations(data: bytes, file_name: str) -> Listed[Row]:
    """Read a list by its suffix; raises Invalid (manifest_...) when it cannot be read as a whole."""
    return read_list(data, file_name, COLUMNS, _row)


def _row(line: Line) -> Row:
    cells = {name: as_typed(cell) for name, cell in line.cells.items()}
    return Row(line.line, cells.pop("name"), **cells)


def exported(
    known: Iterable[Known], above: Sequence[str], kind_word: Callable[[NodeKind], str]
) -> Iterator[tuple[str, ...]]:
    """Yield the open nodes as HEADINGS says, what is above first; the parent is its path of names.

    `above` are the names of those above the first.
    """
    paths: dict[str | None, str] = {}
    for node in known:
        over = paths.get(node.parent_id, " / ".join(above))
        paths[node.id] = f"{over} / {node.name}" if over else node.name
        if not node.closed:
            since = node.since.isoformat() if node.since else ""
            yield node.code or "", node.name, over, kind_word(node.kind), node.short_name, since
