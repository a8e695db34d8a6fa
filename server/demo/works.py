"""What is done with the demonstration's lessons beside watching: a series, a site, calls, declarations,
questions, and what one member keeps. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from library.calls.rules import Criterion


@dataclass(frozen=True)
class DemoSeries:
    """A series by its title, with the keys of its lessons in order."""

    title: str
    text: str
    lessons: tuple[str, ...]


SERIES = (
    DemoSeries(
        "身边的法",
        "宪法日前后学的三课：先认识宪法，再看孩子怎样受保护，最后看检察院的窗口怎样办一件小事。",
        ("xianfa-xuanchuan", "weichengnianren-baohu", "jiancha-weimin"),
    ),
    DemoSeries("初心与作风", "从一封家书到一个红薯，讲的都是怎样做人。", ("hongse-jiashu", "lianjie-zilv")),
)


@dataclass(frozen=True)
class DemoSite:
    """A site where the lesson with a key was held."""

    name: str
    place: str
    text: str
    lesson: str


SITE = DemoSite(
    "东桥村议事亭",
    "东桥镇东桥村村口",
    "村里议大事的地方，亭子里挂着三十年的会议记录。可容纳四十人，有电源，下雨可以改在文化礼堂。",
    "xiangcun-zhenxing",
)


@dataclass(frozen=True)
class DemoCall:
    """A call: days after today on which it opens, closes, is judged and told; what was entered (key of the
    lesson, category); and how its judges scored each work, by user name, none for one that is still open."""

    title: str
    text: str
    days: tuple[int, int, int, int]
    categories: tuple[str, ...]
    entered: tuple[tuple[str, str], ...]
    scores: tuple[tuple[str, tuple[tuple[int, int, int], ...]], ...] = ()
    prizes: str = ""


CRITERIA = (Criterion("内容", 50), Criterion("讲授", 30), Criterion("制作", 20))
CALLS: Sequence[DemoCall] = (
    DemoCall(
        "青禾县第一届微党课征集",
        "十分钟以内，讲一件身边的事，说清一个道理。县直机关、乡镇、村和学校都可以报送。",
        (-60, -40, -30, -25),
        ("lecture", "testimony", "onsite"),
        (("hongse-jiashu", "testimony"), ("xiangcun-zhenxing", "lecture"), ("xianfa-xuanchuan", "lecture")),
        (
            ("auditor", ((92, 90, 86), (88, 84, 80), (85, 86, 82))),
            ("town-reviewer", ((94, 91, 84), (90, 82, 81), (84, 80, 85))),
        ),
        "亲历讲述：\n一等奖 1\n讲授：\n一等奖 1\n二等奖 1",
    ),
    DemoCall(
        "“我身边的党员”微党课征集",
        "请讲一位身边的党员：不求完人，只求真事。录像横着拍、竖着拍都可以，手机就行。",
        (-10, 20, 30, 40),
        ("testimony", "onsite", "film"),
        (("jiancha-weimin", "testimony"),),
    ),
)


@dataclass(frozen=True)
class DemoDeclaration:
    """A lesson sent up so many days ago; `said` is what the reviewer remarks at the second `at_s`, "" for
    nothing; `approved` whether it went through, None while it waits."""

    lesson: str
    days_ago: int
    approved: bool | None = None
    said: str = ""
    at_s: float | None = None


DECLARATIONS = (
    DemoDeclaration("xianfa-xuanchuan", 12, approved=True),
    DemoDeclaration(
        "hongse-jiashu", 4, approved=False, said="这里的年份请再核对一下，并注明出处。", at_s=24.0
    ),
    DemoDeclaration("sanhui-yike", 1),
)


@dataclass(frozen=True)
class DemoQuestion:
    """What somebody asks at a second of a lesson's first clip so many days ago, and what is answered."""

    lesson: str
    who: str
    at_s: float
    days_ago: int
    text: str
    answer: str = ""
    published: bool = True


QUESTIONS = (
    DemoQuestion(
        "xiangcun-zhenxing",
        "member",
        40.0,
        6,
        "我们村的茶园道路，账目怎样公开大家才看得懂？",
        "把钱分成三栏写：从哪里来，花在哪里，还剩多少。每栏不超过五行，贴在人人路过的地方，再在会上念一遍。",
    ),
    DemoQuestion(
        "xianfa-xuanchuan",
        "secretary",
        30.0,
        9,
        "给小学生讲宪法，有没有更简单的例子？",
        "可以从班规讲起：班规大家一起定，谁都要守，班长也一样。课后材料我发到支部。",
        published=False,
    ),
    DemoQuestion("weichengnianren-baohu", "member", 55.0, 1, "孩子在网上被人辱骂，应该先找谁？"),
)


@dataclass(frozen=True)
class DemoPlace:
    """Where the member stopped in a lesson's first clip, as a part of its length, so many hours ago."""

    lesson: str
    part: float
    hours_ago: int


MEMBER = "member"
PLACES = (
    DemoPlace("xianfa-xuanchuan", 1.0, 70),
    DemoPlace("hongse-jiashu", 0.4, 26),
    DemoPlace("jiancha-weimin", 0.55, 3),
)
KEPT = ("xiangcun-zhenxing", "hongse-jiashu")
NOTES = (
    ("hongse-jiashu", 32.0, "“只要主义真”——下次主题党日念这一段。"),
    ("xiangcun-zhenxing", 48.0, "账要分三栏。"),
)
