"""Lists of people as branches bring them, .xlsx or .csv: which column is which. Pure: bytes to rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from library.core.errors import Invalid, WeikeError
from library.core.lists.columns import BadLine, Columns, Table, read_table
from library.core.lists.listed import as_typed, suffix_of
from library.people.lists.id_numbers import holds_id_number
from library.people.lists.importing import Row
from library.people.lists.words import is_post
from transcode.remarks import Remark

HEADINGS = ("姓名", "账号", "党支部", "人员类别", "加入日期", "组织关系", "班子成员")
"""Those of an export, in its order."""

MOST_CELLS = 620_000
"""Of a workbook, those that are not empty: 60,000 people with ten columns, or an export of 100,000, of which
few are on a committee."""

# Among them those of the nationwide collection of 2017 (全国党员信息库, 党员信息采集表) that Weike keeps.
COLUMNS = Columns(
    {
        "name": ("name", "姓名", "党员姓名", "人员姓名"),
        "account": ("account", "username", "staffnumber", "账号", "帐号", "用户名", "工号", "职工号", "编号"),
        "branch": (
            *("branch", "node", "党支部", "支部", "所在支部", "所在党支部", "党支部名称", "党支部编码"),
            *("党组织", "所在党组织", "党组织名称", "党组织编码", "党组织代码", "组织关系所在党支部"),
        ),
        "state": ("state", "status", "状态", "人员类别", "党员类别", "人员类型", "类别", "政治面貌"),
        "since": (
            *("since", "joined", "加入日期", "加入时间", "加入支部日期", "转入日期"),
            *("进入当前党支部日期", "进入党支部日期"),
        ),
        "party_day": ("partyday", "入党日期", "入党时间", "加入党组织日期", "加入中共日期"),
        "kind": ("kind", "关系", "组织关系", "关系类别", "是否流动"),
        "committee": ("committee", "班子成员", "是否班子成员", "是否为班子成员"),
        "post": ("post", "职务", "党内职务", "党内职务名称"),
        "id_number": (
            *("idnumber", "idcard", "idno", "身份证", "身份证号", "身份证号码", "居民身份证号"),
            *("居民身份证号码", "公民身份号码", "公民身份证号", "公民身份证号码", "证件号", "证件号码"),
        ),
    },
    required=("name",),
    days=frozenset({"since", "party_day", "committee"}),
    most_cells=MOST_CELLS,
)


@dataclass(frozen=True)
class Listed:
    """What a list says: its rows, the lines that cannot be read (with the name there) and why, headings of
    what is not kept, and what was refused, guessed or repaired in reading it."""

    rows: tuple[Row, ...]
    wrong: tuple[tuple[int, str, WeikeError], ...]
    ignored: tuple[str, ...]
    remarks: tuple[Remark, ...]


def read_people(data: bytes, file_name: str) -> Listed:
    """Read a list by its suffix; raises Invalid (manifest_...) when it cannot be read as a whole."""
    suffix = suffix_of(file_name)
    try:
        table = read_table(data, suffix, COLUMNS)
    except Invalid as error:
        if holds_id_number(str(error.values.get("found", ""))):
            # A list without headings begins with somebody's number.
            raise Invalid(error.code, **{**error.values, "found": "…"}) from None
        raise
    rows: list[Row] = []
    wrong: list[tuple[int, str, WeikeError]] = []
    for line in table.lines:
        named = line.cells.get("name", "")
        shown = "" if holds_id_number(named) else named.strip()[:40]
        if isinstance(line, BadLine):
            wrong.append((line.line, shown, Invalid(line.code, **line.values)))
            continue
        refused = next((name for name in _KEPT if holds_id_number(line.cells.get(name, ""))), None)
        if refused is not None:
            wrong.append((line.line, shown, Invalid("id_number", field=refused)))
        else:
            rows.append(_row(line.line, line.cells))
    return Listed(tuple(rows), tuple(wrong), table.ignored, (*table.remarks, *_remarks(table)))


_KEPT = tuple(name for name in COLUMNS.headings if name != "id_number")


def _row(line: int, cells: Mapping[str, str]) -> Row:
    since = cells.get("since")
    if since is None:
        since = cells.get("party_day")
    committee, post = cells.get("committee") or "", cells.get("post") or ""
    return Row(
        line,
        as_typed(cells["name"]),
        as_typed(cells.get("account") or ""),
        as_typed(cells.get("branch") or ""),
        cells.get("state") or "",
        since or "",
        cells.get("kind") or "",
        committee if committee.strip() or not is_post(post) else post,
    )


def _remarks(table: Table) -> list[Remark]:
    said: set[str] = set()
    for line in table.lines:
        said |= line.cells.keys()
        break
    found = []
    if "id_number" in said:
        filled = sum(bool(line.cells.get("id_number", "").strip()) for line in table.lines)
        found.append(Remark("id_number_refused", max(1, filled)))
    if "party_day" in said:
        # It says since when somebody is in the party, not in this branch.
        code = "party_day_not_kept" if "since" in said else "party_day_taken"
        found.append(Remark(code, len(table.lines)))
    posts = [line.cells["post"] for line in table.lines if line.cells.get("post", "").strip()]
    if posts:
        taken = sum(map(is_post, posts))
        found += [Remark("post_taken", taken)] * bool(taken)
        found += [Remark("post_not_kept", len(posts) - taken)] * (taken < len(posts))
    return found
