"""The demonstration's county: one county, six towns, forty branches, six hundred people. Pure.

County, towns, villages and people are made up by dice that always fall the same way, so that the same people
are there after every start.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from library.core.permits import MemberState
from library.organisation.rules import NodeKind

PEOPLE = 600
NAME, SHORT_NAME = "中共青禾县委", "青禾县委"
COUNTY = "QH"
"""The code of the county's committee, which is the root."""

_ORGANS = (
    ("QH01", "青禾县直属机关工委", NodeKind.COMMITTEE, COUNTY),
    ("QH0101", "青禾县人民检察院党总支", NodeKind.GENERAL_BRANCH, "QH01"),
    ("QH010101", "青禾县人民检察院第一党支部", NodeKind.BRANCH, "QH0101"),
    ("QH010102", "青禾县人民检察院第二党支部", NodeKind.BRANCH, "QH0101"),
    ("QH0102", "青禾县委组织部机关党支部", NodeKind.BRANCH, "QH01"),
    ("QH0103", "青禾县委党校党支部", NodeKind.BRANCH, "QH01"),
    ("QH0104", "青禾县融媒体中心党支部", NodeKind.BRANCH, "QH01"),
    ("QH0105", "青禾县人民医院党支部", NodeKind.BRANCH, "QH01"),
    ("QH0106", "青禾县实验小学党支部", NodeKind.BRANCH, "QH01"),
    ("QH0107", "青禾县自然资源局党支部", NodeKind.BRANCH, "QH01"),
)
_TOWNS: Sequence[tuple[str, Sequence[str]]] = (
    ("东桥镇", ("机关", "东桥村", "桥头村", "塘下村", "中心小学", "东桥竹业")),
    ("南坪镇", ("机关", "南坪村", "上坪村", "岭脚村", "老街社区", "中心小学")),
    ("石湾镇", ("机关", "石湾村", "沙洲村", "渡口村", "石湾船厂")),
    ("柳溪镇", ("机关", "柳溪村", "溪口村", "前山村", "卫生院")),
    ("白茶镇", ("机关", "白茶村", "茶园村", "后坞村", "白茶合作社")),
    ("竹海乡", ("机关", "竹海村", "大竹村", "横岭村", "石门村")),
)
_NAMED_BY_TOWN = ("机关", "中心小学", "卫生院")
_FAMILY = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶余潘"
)
_TWO = (
    "建国建华国强志强志明永康永明爱民卫东红军海燕海波春梅雪梅秀英秀兰桂花桂芳玉兰玉珍丽娟丽华晓东晓燕"
    "小芳文斌文静国平国梁家和家豪俊杰浩然子涵雨晴慧敏立新新民少华振华兴旺德胜长青松林根生水根阿明美英"
    "月娥凤英淑芬佳怡思远思齐欣怡梓豪"
)
_GIVEN: tuple[str, ...] = (
    *(_TWO[n : n + 2] for n in range(0, len(_TWO), 2)),
    *"明强伟芳敏静磊勇杰涛燕平刚斌琳霞",
)
_GROUPS_IN = "东桥镇"
GROUPS = 13
"""Learning groups of the town that has most of them."""


@dataclass(frozen=True)
class DemoNode:
    """A node: its code, name and kind, and the code of what is above it."""

    code: str
    name: str
    kind: NodeKind
    above: str


@dataclass(frozen=True)
class DemoPerson:
    """Somebody: account and name, the code of the branch that is their home, what they are since which day.

    `guest_at` is the code of the branch in which they are a guest, "" for none; `frail` those who are not
    counted as due; `group` the number of their learning group from 1 on, 0 for none.
    """

    username: str
    name: str
    branch: str
    state: MemberState
    since: date
    guest_at: str = ""
    frail: bool = False
    group: int = 0


def nodes() -> tuple[DemoNode, ...]:
    """Return all nodes below the county, what is above first."""
    return tuple(_nodes())


def _nodes() -> Iterator[DemoNode]:
    for code, name, kind, above in _ORGANS:
        yield DemoNode(code, name, kind, above)
    for n, (town, places) in enumerate(_TOWNS, start=2):
        code = f"{COUNTY}{n:02}"
        yield DemoNode(code, f"{town}党委", NodeKind.COMMITTEE, COUNTY)
        for m, place in enumerate(places, start=1):
            of_town = town if place in _NAMED_BY_TOWN else ""
            name = f"{of_town}{place}党支部"
            yield DemoNode(f"{code}{m:02}", name, NodeKind.BRANCH, code)


def branches() -> tuple[str, ...]:
    """Return the codes of the branches."""
    return tuple(node.code for node in nodes() if node.kind is NodeKind.BRANCH)


def towns() -> Mapping[str, str]:
    """Return the codes of the towns' committees by the towns' names."""
    return {town: f"{COUNTY}{n:02}" for n, (town, _places) in enumerate(_TOWNS, start=2)}


@cache
def people() -> tuple[DemoPerson, ...]:
    """Return everybody, branch by branch: PEOPLE in all."""
    dice = random.Random("青禾")  # noqa: S311 - nothing to guess here
    codes = branches()
    sizes = [dice.randint(9, 20) for _ in codes]
    while sum(sizes) != PEOPLE:
        n = dice.randrange(len(sizes))
        sizes[n] = min(24, max(6, sizes[n] + (1 if sum(sizes) < PEOPLE else -1)))
    found: list[DemoPerson] = []
    for code, size in zip(codes, sizes, strict=True):
        found += [_person(dice, len(found) + n + 1, code) for n in range(size)]
    return tuple(found)


COMMITTEE_SINCE = "2024-01-15"


def on_committee() -> frozenset[str]:
    """Return the accounts of the members of committees: two of each branch who are in it longest."""
    found: dict[str, list[str]] = {}
    for one in sorted(people(), key=lambda one: (one.since, one.username)):
        seats = found.setdefault(one.branch, [])
        if one.state is MemberState.FULL and one.since.isoformat() < COMMITTEE_SINCE and len(seats) < 2:
            seats.append(one.username)
    return frozenset(one for seats in found.values() for one in seats)


def _person(dice: random.Random, number: int, branch: str) -> DemoPerson:
    since = date(1985, 7, 1) + timedelta(days=dice.randrange(40 * 365))
    state = dice.choices(list(MemberState), (86, 5, 6, 3))[0]
    if state is not MemberState.FULL:
        since = date(2025, 7, 1) + timedelta(days=dice.randrange(400))
    elsewhere = [code for code in branches() if code != branch]
    in_town = branch.startswith(towns()[_GROUPS_IN])
    return DemoPerson(
        username=f"qh{number:04}",
        name=_name(dice),
        branch=branch,
        state=state,
        since=since,
        guest_at=dice.choice(elsewhere) if dice.random() < 0.03 else "",
        frail=since.year < 1992 and dice.random() < 0.4,
        group=dice.randint(1, GROUPS) if in_town and dice.random() < 0.8 else 0,
    )


def _name(dice: random.Random) -> str:
    return f"{dice.choice(_FAMILY)}{dice.choice(_GIVEN)}"


def group_name(number: int) -> str:
    """Return what a learning group is called."""
    return f"{_GROUPS_IN}第{number}学习小组"


def kept_by() -> str:
    """Return the code of the town that keeps the learning groups."""
    return towns()[_GROUPS_IN]
