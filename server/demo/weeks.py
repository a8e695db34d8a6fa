"""The demonstration's weeks: what the county planned, and what a branch added to one of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from library.catalog import queries as catalog
from library.core.clock import local_day
from library.organisation import queries as organisation
from library.programme import actions, queries
from library.programme.actions import Desk
from library.programme.rules import Draft, Reading
from library.programme.weeks import week_of
from server.commands.administrator import machine

_CHARTER = Reading("《中国共产党章程》", "https://www.12371.cn/special/zggcdzc/")


@dataclass(frozen=True)
class DemoWeek:
    """A week so many after the present one: the code of the node that planned it, and what it is about."""

    weeks: int
    node: str
    theme: str
    text: str
    lessons: tuple[str, ...]
    reading: tuple[Reading, ...] = ()


WEEKS = (
    DemoWeek(-2, "QH", "学好党史，走好今天的路", "结合本支部的老故事谈一谈。", ("bainian-dangshi",)),
    DemoWeek(-1, "QH", "一封家书里的初心", "", ("hongse-jiashu",)),
    DemoWeek(
        0,
        "QH",
        "开好“三会一课”",
        "先看十分钟的课，再对照本支部这个月的会，想一想哪一次开得最实在。",
        ("sanhui-yike", "lianjie-zilv"),
        (_CHARTER, Reading("《中国共产党支部工作条例（试行）》第四章")),
    ),
    DemoWeek(0, "QH0202", "", "本村的事：茶园道路怎么修，周三晚上来议。", ("xiangcun-zhenxing",)),
    DemoWeek(1, "QH", "宪法在身边", "", ("xianfa-xuanchuan",)),
    DemoWeek(2, "QH", "守护未成年人", "", ("weichengnianren-baohu", "jiancha-weimin")),
)


def plan_weeks(session: Session, now: datetime) -> None:
    """Plan the weeks around the present one; what somebody planned already stays, lessons that are missing
    are left out."""
    this = week_of(local_day(now))
    for one in WEEKS:
        node, week = organisation.node_by_code(session, one.node), this.after(one.weeks)
        if node is None or queries.plan_of(session, node.id, week) is not None:
            continue
        found = [catalog.lesson_by_key(session, key) for key in one.lessons]
        ids = tuple(lesson.id for lesson in found if lesson is not None)
        draft = Draft(one.theme, one.text, one.reading, ids)
        actions.put(session, Desk(machine(session), node.id, now), week, draft)
