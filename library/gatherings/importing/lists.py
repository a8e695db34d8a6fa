"""A year of records as branches keep them, .xlsx or .csv: which column is which, and what a cell says.
Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from library.core.days import parse_date
from library.core.errors import Invalid
from library.core.lists.columns import Columns, Line
from library.core.lists.listed import Listed, read_list
from library.core.text import clean_line

COLUMNS = Columns(
    {
        "kind": ("kind", "类型", "会议类型", "活动类型", "会议名称", "类别", "形式", "学习形式"),
        "branch": ("branch", "node", "党组织", "支部", "党支部", "所在支部", "单位", "组织单位"),
        "group": ("group", "学习小组", "小组"),
        "title": ("title", "主题", "议题", "会议主题", "会议议题", "学习主题", "内容", "会议内容", "标题"),
        "when": ("time", "date", "when", "时间", "日期", "会议时间", "活动时间", "开会时间", "学习时间"),
        "starts": ("start", "starts", "开始", "开始时间"),
        "ends": ("end", "ends", "结束", "结束时间"),
        "place": ("place", "地点", "会议地点", "活动地点", "会场"),
        "chair": ("chair", "主持", "主持人"),
        "recorder": ("recorder", "记录", "记录人", "记录员"),
        "present": (
            "present",
            "到会",
            "到会人员",
            "参加人员",
            "参会人员",
            "出席人员",
            "实到人员",
            "参加",
            "出席",
        ),
        "late": ("late", "迟到", "迟到人员"),
        "absent": (
            "absent",
            "缺席",
            "缺席人员",
            "缺席人员及原因",
            "缺席及原因",
            "请假人员",
            "请假",
            "未到人员",
        ),
        "made_up": ("madeup", "补学", "补学人员"),
        "guests": ("guests", "列席", "列席人员"),
        "agenda": ("agenda", "议程", "会议议程"),
    },
    required=("kind",),
    days=frozenset({"when"}),
)


@dataclass(frozen=True)
class Row:
    """One gathering of a list, as written; "" for what it does not say."""

    line: int
    kind: str
    branch: str = ""
    group: str = ""
    title: str = ""
    when: str = ""
    starts: str = ""
    ends: str = ""
    place: str = ""
    chair: str = ""
    recorder: str = ""
    present: str = ""
    late: str = ""
    absent: str = ""
    made_up: str = ""
    guests: str = ""
    agenda: str = ""


def read_records(data: bytes, file_name: str) -> Listed[Row]:
    """Read a list by its suffix; raises Invalid (manifest_...) when it cannot be read as a whole."""
    return read_list(data, file_name, COLUMNS, _row)


def _row(line: Line) -> Row:
    return Row(line.line, **{name: line.cells.get(name) or "" for name in COLUMNS.headings})


# ------------------------------------------------------------------ when

_HOUR = re.compile(
    r"(上午|早上|中午|下午|晚上|晚|夜)?\s*(\d{1,2})\s*(?:[:：](\d{2})(?::\d{2})?|[点时](?:(\d{1,2})分|(半))?)"
)
_NIGHT = frozenset({"下午", "晚上", "晚", "夜"})
USUAL_START, USUAL_LENGTH = time(9), timedelta(hours=1)
"""Where a list says no hour, or no end; whoever brings the list is told."""


@dataclass(frozen=True)
class When:
    """From when to when; `guessed` names what the list did not say: "starts", "ends"."""

    starts_at: datetime
    ends_at: datetime
    guessed: tuple[str, ...] = ()


def read_when(row: Row, zone: tzinfo) -> When:
    """Read when a gathering was: 2026-03-05 19:30-21:00, 2026年3月5日下午3点至4点半, or in columns apart.

    Raises Invalid("listed_when").
    """
    day, rest = _day(row.when)
    hours = [*_hours(rest)] if not row.starts else []
    hours += _hours(row.starts) + (_hours(row.ends) if row.starts or row.ends else [])
    guessed = [] if hours else ["starts"]
    starts_at = datetime.combine(day, hours[0] if hours else USUAL_START, zone)
    if len(hours) > 1:
        ends_at = datetime.combine(day, hours[-1], zone)
        if ends_at <= starts_at:
            raise Invalid(
                "listed_when", field="when", text=f"{row.when} {row.starts} {row.ends}".strip()[:40]
            )
    else:
        guessed.append("ends")
        ends_at = starts_at + USUAL_LENGTH
    return When(starts_at.astimezone(UTC), ends_at.astimezone(UTC), tuple(guessed))


def _day(text: str) -> tuple[date, str]:
    typed = clean_line(text)
    match = re.match(r"\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?", typed)
    try:
        day = parse_date(re.sub(r"\s", "", match[0]), "when") if match else None
    except Invalid:
        day = None
    if match is None or day is None:
        raise Invalid("listed_when", field="when", text=typed[:40])
    return day, typed[match.end() :]


def _hours(text: str) -> list[time]:
    found, night = [], False
    for match in _HOUR.finditer(text):
        part, hour, minute, minute_said, half = match.groups()
        night = part in _NIGHT if part else night
        number = int(hour) + (12 if night and int(hour) < 12 else 0)
        minutes = 30 if half else int(minute or minute_said or 0)
        if number > 23 or minutes > 59:
            raise Invalid("listed_when", field="when", text=text[:40])
        found.append(time(number, minutes))
    return found


# ------------------------------------------------------------------ who

_OUTSIDE = re.compile(r"[、,，;；\n/]|\s{1,}")
_BRACKETS = str.maketrans({"(": "（", ")": "）", "【": "（", "】": "）", "[": "（", "]": "）"})
_SIGN = r"[\u4e00-\u9fff]"
_APART = re.compile(rf"(?<!{_SIGN})({_SIGN})\s+({_SIGN})(?!{_SIGN})")
_EVERYBODY = frozenset({"全体", "全体党员", "全部", "全员", "全部到会", "全体到会", "all", "无缺席"})
_NOBODY = frozenset({"无", "没有", "/", "-", "—", "0", "none"})


@dataclass(frozen=True)
class Named:
    """Somebody whom a cell names, and the reason behind the name, "" for none."""

    name: str
    reason: str = ""


def says_everybody(cell: str) -> bool:
    """Tell whether a cell says that all were there."""
    return clean_line(cell).rstrip("。") in _EVERYBODY


def read_names(cell: str) -> tuple[Named, ...]:
    """Read names with reasons behind them: 张三（出差）、李四：病假；王五. Two characters of a name may stand
    apart (王 芳)."""
    if clean_line(cell).rstrip("。") in _NOBODY | _EVERYBODY:
        return ()
    text = re.sub(
        r"(?<![\u4e00-\u9fff])([\u4e00-\u9fff])\s+([\u4e00-\u9fff])(?![\u4e00-\u9fff])", r"\1\2", cell
    )
    found = []
    for part in _parts(text.translate(_BRACKETS)):
        name, _open, rest = part.partition("（")
        reason = rest.rstrip("）")
        if not reason:
            name, _colon, reason = name.replace(":", "：").partition("：")
        name, reason = clean_line(name).rstrip("。等"), clean_line(reason)
        if name:
            found.append(Named(name, reason))
    return tuple(dict.fromkeys(found))


def _parts(text: str) -> list[str]:
    """Cut at what stands between names, but not inside of brackets."""
    parts, depth, part = [], 0, ""
    for letter in text:
        depth += (letter == "（") - (letter == "）" and depth > 0)
        if depth == 0 and _OUTSIDE.fullmatch(letter):
            parts.append(part)
            part = ""
        else:
            part += letter
    return [one for one in [*parts, part] if one.strip()]
