"""What the demonstration's county learned together in two months: gatherings, and who was there. Pure.

Drawn by dice that always fall the same way. Monday lessons in the branches, evening schools of the learning
groups of one town, a theme day and a practice each month: as a town's school has it.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from library.gatherings.rules import Mark
from server.demo import county

WEEKS = 8
"""Weeks before the present one that have been learned; two months."""

_LEARNING = (
    *("QH010101", "QH010102", "QH0102", "QH0103"),
    *("QH0201", "QH0202", "QH0203", "QH0204", "QH0205", "QH0206"),
    *("QH0302", "QH0402", "QH0502", "QH0602", "QH0702"),
)
"""Branches that learn each Monday; the others plan nothing, as it is in life."""

_TOLD = ("出差", "在外务工", "身体不适", "值班", "照顾家人")
_MADE_UP = "看了课，交了学习笔记"


@dataclass(frozen=True)
class DemoGathering:
    """A gathering: `week` so many weeks after the present one, `begins` since the Monday's midnight.

    `node` is the code of whose it is, `group` the number of its learning group, 0 for none; `lesson` the key
    of what was shown, "" for nothing.
    """

    node: str
    week: int
    kind: str
    title: str
    begins: timedelta
    minutes: int
    place: str
    lesson: str = ""
    group: int = 0


@dataclass(frozen=True)
class DemoMark:
    """What the roll says of somebody; of who was late the minutes, of who was not there why."""

    mark: Mark
    minutes: int | None = None
    reason: str = ""


_MONDAYS = (
    ("学好党史，走好今天的路", "bainian-dangshi"),
    ("一封家书里的初心", "hongse-jiashu"),
    ("开好“三会一课”", "sanhui-yike"),
    ("乡村振兴五句话", "xiangcun-zhenxing"),
    ("廉洁自律从小处做起", "lianjie-zilv"),
    ("宪法在身边", "xianfa-xuanchuan"),
    ("守护未成年人", "weichengnianren-baohu"),
    ("检察为民办实事", "jiancha-weimin"),
)
_EVENINGS = ("反电信诈骗", "茶园冬季管护", "村务公开怎么看", "急救常识")


def gatherings() -> tuple[DemoGathering, ...]:
    """Return all gatherings, the oldest week first; those of the present week are planned only."""
    return tuple(sorted(_drawn(), key=lambda one: (one.week, one.begins, one.node, one.group)))


def _drawn() -> Iterator[DemoGathering]:
    for week in range(-WEEKS, 1):
        theme, lesson = _MONDAYS[week % len(_MONDAYS)]
        for node in _LEARNING:
            at = timedelta(hours=8) if node.startswith("QH01") else timedelta(hours=19)
            yield DemoGathering(node, week, "lesson", f"周一微党课：{theme}", at, 45, "会议室", lesson)
        if week % 2 == 0:
            for group in range(1, county.GROUPS + 1):
                title = f"夜校：{_EVENINGS[(week // 2) % len(_EVENINGS)]}"
                at = timedelta(days=2 + group % 3, hours=19)
                yield DemoGathering(county.kept_by(), week, "evening", title, at, 60, "文化礼堂", group=group)
        if week % 4 == 0:
            for node in _LEARNING[4:10]:
                day, practice = timedelta(days=4, hours=14), timedelta(days=5, hours=9)
                yield DemoGathering(node, week, "theme_day", "主题党日", day, 120, "党群服务中心")
                yield DemoGathering(node, week, "practice", "清理河道", practice, 150, "溪边")


def marks(one: DemoGathering, count: int) -> list[DemoMark]:
    """Return what the roll says of `count` people who were due, in its order; the same after every start."""
    dice = random.Random(f"{one.node}{one.week}{one.kind}{one.group}")  # noqa: S311 - nothing to guess here
    return [_mark(dice) for _ in range(count)]


def _mark(dice: random.Random) -> DemoMark:
    drawn = dice.random()
    if drawn < 0.82:
        return DemoMark(Mark.PRESENT)
    if drawn < 0.88:
        return DemoMark(Mark.LATE, minutes=dice.choice((12, 15, 20)))
    if drawn < 0.94:
        return DemoMark(Mark.ABSENT, reason=dice.choice(_TOLD))
    return DemoMark(Mark.MADE_UP, reason=_MADE_UP)


@dataclass(frozen=True)
class DemoReflection:
    """A reflection: of the writer with this number in a branch, so many weeks after the present one."""

    node: str
    week: int
    writer: int
    title: str
    text: str


REFLECTIONS = (
    DemoReflection(
        "QH0202",
        -6,
        1,
        "账本要摆在太阳底下",
        "这一课讲到村务公开，我想起我们村前年修水渠，账贴出来以后，来问的人反而少了。公开不是添麻烦，是省麻烦。"
        "下个月议茶园道路，我愿意把每一笔预算先念给大家听。",
    ),
    DemoReflection(
        "QH0202",
        -4,
        3,
        "奶奶留下的家书",
        "看完《一封家书里的初心》，回家翻出了奶奶收着的两封信。信纸都黄了，字还清楚：家里的事自己想办法，不要给公家添难处。"
        "这句话我抄在了本子第一页。",
    ),
    DemoReflection(
        "QH010101",
        -3,
        2,
        "办案也是讲课",
        "讲师说普法要讲到人心里去。上周办的一起未成年人案件，我把法条换成了孩子听得懂的话，家长当场就哭了。以后文书之外，"
        "我想多备一份“讲给当事人听”的说明。",
    ),
    DemoReflection(
        "QH0203",
        -2,
        2,
        "十分钟够不够",
        "起初觉得十分钟讲不了什么。可每周一次，一个月下来四件事都记住了，比以前一次听两个小时记得牢。建议把上坪村修桥的事也录成一课。",
    ),
)


@dataclass(frozen=True)
class DemoPractice:
    """Something that somebody of a branch did by themselves, so many weeks after the present one."""

    node: str
    week: int
    doer: int
    title: str
    place: str
    account: str


PRACTICES = (
    DemoPractice("QH0202", -5, 2, "帮独居老人收稻子", "东桥村三组", "和两位邻居用半天收完了一亩二分地。"),
    DemoPractice("QH0202", -3, 4, "给孩子们讲反诈", "村文化礼堂", "讲了三个本县的真事，来了十一个孩子。"),
    DemoPractice("QH0203", -1, 3, "修好了村口的路灯", "桥头村口", "换了两个灯头，夜里散学的孩子看得见路了。"),
)
GRADED = ("QH0201", "QH0202", "QH0203", "QH0204", "QH0205", "QH0206")
"""Branches of the town that grades each month."""
DISCUSSED = (
    "大家对照本支部的情况谈了体会，提到村口道路和村务公开栏两件事。",
    "会议认为，学了就要用；从自己手头的一件小事做起。",
)
RESOLVED = "下周由支部委员把公开栏的内容更新一次，下次会上通报。"
