"""减负: what no rule of grades may reward, found in a rule set and in what is entered by hand. Pure.

The law is 《整治形式主义为基层减负若干规定》 (2024) and
《政务移动互联网应用程序规范化管理办法》 (国办函〔2026〕12号).
The first line of defence is the language: it has no fact for log-ins, clicks, likes or minutes, so Weike
itself never counts them. The second: words and figures by which they could come in under another name.
Somebody determined can still find another word; what is entered has a person and a reason for that.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from itertools import pairwise
from typing import Any

from library.core.errors import Invalid
from library.grades.language import DEPTH_MAX, RuleSet, parse, read_json, wrong
from search import fold, syllables


class Burden(StrEnum):
    """A point of the 减负 profile; each can be switched off by itself, with its legal basis."""

    SIGN_INS = "sign_ins"
    """Log-ins, compulsory check-in (登录、打卡签到)."""
    CLICKS = "clicks"
    LIKES = "likes"
    """Likes and votes (点赞、投票)."""
    FORWARDS = "forwards"
    LENGTH = "length"
    """How long a text is (字数、篇幅)."""
    TIME = "time"
    """Minutes and online time as such (时长)."""
    USAGE = "usage"
    """Who installed or uses an app (安装、使用率)."""
    PHOTOS = "photos"
    """Photos, videos and tracks that somebody must give (拍照留痕、轨迹)."""
    RANKING = "ranking"
    """Ranking of persons, by points or by bands so small that they rank (排名、积分)."""


@dataclass(frozen=True)
class Finding:
    """A point that is touched, where (a path of keys), and by which words or figure."""

    point: Burden
    where: str
    text: str


MOST_BANDS = 5
LEAST_STEP_PERCENT = 5
"""Two bands lie at least so many hundredths of the whole range apart."""
LEAST_SHARE = (1, 10)
"""The smallest share that a quota may leave: a quota for one of twenty is a rank."""

_WORDS: Mapping[Burden, tuple[str, ...]] = {
    Burden.SIGN_INS: (
        *(
            "登录",
            "登陆",
            "登入",
            "签到",
            "打卡",
            "上线次数",
            "上线天数",
            "denglu",
            "login",
            "logon",
            "signin",
        ),
        *("signon", "checkin", "clockin"),
    ),
    Burden.CLICKS: (
        *(
            "点击",
            "浏览量",
            "浏览数",
            "浏览次数",
            "阅读量",
            "阅读数",
            "阅读次数",
            "访问量",
            "访问次数",
            "观看次数",
        ),
        *("观看量", "播放量", "播放次数", "刷课", "刷视频", "click", "pageview", "viewcount", "dianji"),
    ),
    Burden.LIKES: (
        *(
            "点赞",
            "赞数",
            "获赞",
            "集赞",
            "投票",
            "票数",
            "喜欢数",
            "收藏数",
            "dianzan",
            "thumbsup",
            "👍",
            "❤",
            "💗",
        ),
        "upvote",
    ),
    Burden.FORWARDS: (
        *(
            "转发",
            "转载",
            "转帖",
            "朋友圈",
            "评论数",
            "跟帖",
            "留言数",
            "分享次数",
            "分享数",
            "分享链接",
            "分享量",
        ),
        *("zhuanfa", "forward", "retweet", "repost"),
    ),
    Burden.LENGTH: (
        *(
            "字数",
            "篇幅",
            "字以上",
            "千字",
            "万字",
            "百字",
            "字符",
            "页数",
            "多少字",
            "wordcount",
            "numberofwords",
        ),
        "textlength",
    ),
    Burden.TIME: (
        *(
            "时长",
            "分钟",
            "小时",
            "学时",
            "钟头",
            "刻钟",
            "秒数",
            "秒钟",
            "在线",
            "挂机",
            "学习时间",
            "观看时间",
        ),
        *("minute", "second", "hour", "duration", "online", "watched"),
    ),
    Burden.USAGE: (
        *(
            "安装",
            "下载量",
            "下载率",
            "下载app",
            "装机",
            "使用率",
            "使用次数",
            "活跃",
            "激活",
            "注册率",
            "注册数",
        ),
        *("开通率", "客户端", "小程序", "关注公众号", "粉丝", "install", "download", "usage", "activeuser"),
    ),
    Burden.PHOTOS: (
        *(
            "照片",
            "拍照",
            "自拍",
            "截图",
            "截屏",
            "录像",
            "录屏",
            "留痕",
            "上传图片",
            "上传视频",
            "现场视频",
            "打卡图",
        ),
        *("定位", "轨迹", "paizhao", "photo", "selfie", "screenshot", "gps", "geolocation"),
    ),
    Burden.RANKING: (
        *(
            "排名",
            "名次",
            "排行",
            "排位",
            "榜单",
            "上榜",
            "红黑榜",
            "末位",
            "倒数",
            "冠军",
            "亚军",
            "季军",
            "状元",
            "积分",
        ),
        *("paiming", "ranking", "leaderboard", "toplist"),
    ),
}
_WHOLE: Mapping[Burden, frozenset[str]] = {
    Burden.SIGN_INS: frozenset({"logins", "visits"}),
    Burden.CLICKS: frozenset({"views", "view", "clicks", "plays"}),
    Burden.LIKES: frozenset({"like", "likes", "vote", "votes"}),
    Burden.FORWARDS: frozenset({"share", "shares", "comments"}),
    Burden.LENGTH: frozenset({"length", "words", "characters", "chars"}),
    Burden.TIME: frozenset({"time", "min", "mins", "sec", "secs", "s", "h"}),
    Burden.USAGE: frozenset({"app", "apps", "usage"}),
    Burden.PHOTOS: frozenset({"picture", "pictures", "image", "images", "video", "videos", "track"}),
    Burden.RANKING: frozenset({"rank", "ranks", "top", "best", "position"}),
}
"""English words that stand in others too: only where they are the whole of a word, or of what is said."""
_RANKS = re.compile(
    r"第[0-9一二三四五六七八九十百]+名|前[0-9一二三四五六七八九十百]+(?:名|$)|^no[0-9]+|top[0-9]+"
)
_SOUNDS: Mapping[Burden, tuple[str, ...]] = {
    Burden.SIGN_INS: ("deng lu",),
    Burden.LIKES: ("dian zan",),
    Burden.FORWARDS: ("zhuan fa",),
    Burden.RANKING: ("pai ming",),
}
"""Of what sounds like nothing else that somebody would say of a rule."""

_LOOKS = str.maketrans("авсԁеһіјкӏмопрԛѕтуԝхαβεικνορτυχıɡɑℓ", "abcdehijklmonpqstywxabeiknoptuxigal")
"""Cyrillic and Greek letters that look like Latin ones."""
_DIGITS = str.maketrans("013457@$", "oleastas")
_IN_REASONS: Mapping[Burden, tuple[str, ...]] = {
    Burden.TIME: ("时长", "在线", "挂机", "学习时间", "观看时间"),
    Burden.LENGTH: ("字数", "篇幅"),
    Burden.PHOTOS: ("拍照", "自拍", "截图", "截屏", "留痕", "轨迹"),
}
"""What a reason may not say, where it may say more than a name: four hours of voluntary work are a deed."""
_STRUCTURE = frozenset({"share"})
"""Words of the language itself that would be taken for others'."""


def findings(values: Mapping[str, Any], rules: RuleSet | None = None) -> list[Finding]:
    """Return all that a rule set's JSON values touch, in every key and every text, however deep."""
    found = [one for where, text in _texts(values, "") for one in in_text(text, where)]
    return [*found, *(_shape(rules) if rules is not None else _shape_of(values))]


def in_text(text: str, where: str, *, reason: bool = False) -> Iterator[Finding]:
    """Find what words touch, also spaced out, in other scripts' letters, in traditional characters, by sound;
    with `reason` what a sentence may not say."""
    variants = _variants(text)
    tokens = {_looks(one) for one in re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", text).casefold())}
    whole = tokens | variants
    sounds = _sounds(text)
    for point in Burden:
        words = _IN_REASONS.get(point, _WORDS[point]) if reason else _WORDS[point]
        hit = next((w for w in words if any(w in one for one in variants)), None)
        hit = hit or next((w for w in _SOUNDS.get(point, ()) if f" {w} " in sounds), None)
        if hit is None and not reason and not whole.isdisjoint(_WHOLE[point]) and text not in _STRUCTURE:
            hit = min(whole & _WHOLE[point])
        if hit is None and point is Burden.RANKING:
            match = next((m for one in variants if (m := _RANKS.search(one))), None)
            hit = match[0] if match else None
        if hit is not None:
            yield Finding(point, where, text[:40])


def _variants(text: str) -> frozenset[str]:
    """Return a text as it may be meant: without what stands between its letters, in one script."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    kept = _squeezed(plain)
    simple = _squeezed(_simplified(plain))
    leet = _squeezed(_looks(_simplified(plain)).translate(_DIGITS))
    return frozenset({kept, simple, _looks(simple), leet, leet.replace("l", "i")})


def _simplified(text: str) -> str:
    return fold(text)


def _squeezed(text: str) -> str:
    """Drop everything but letters, digits and pictures."""
    apart = unicodedata.normalize("NFKD", text)
    return "".join(c for c in apart if unicodedata.category(c)[0] in "LN" or unicodedata.category(c) == "So")


def _looks(text: str) -> str:
    return text.translate(_LOOKS)


def _sounds(text: str) -> str:
    han = "".join(c for c in _simplified(unicodedata.normalize("NFKC", text)) if "\u3400" <= c <= "\u9fff")
    if not han:
        return ""
    return " " + " ".join(sound[0] for _c, sound in syllables(han) if sound) + " "


def _texts(value: Any, where: str, depth: int = 0) -> Iterator[tuple[str, str]]:
    if depth > DEPTH_MAX:
        raise wrong("deep", where[:80])
    if isinstance(value, str):
        yield where, value
    elif isinstance(value, Mapping):
        for key, one in value.items():
            inner = f"{where}.{key}" if where else str(key)
            yield inner, str(key)
            yield from _texts(one, inner, depth + 1)
    elif isinstance(value, list | tuple):
        for n, one in enumerate(value):
            yield from _texts(one, f"{where}.{n}", depth + 1)


def _shape(rules: RuleSet) -> Iterator[Finding]:
    return _shape_of(rules.document())


def _shape_of(values: Mapping[str, Any]) -> Iterator[Finding]:
    """Find bands and quotas that rank. Works on what could not be read as a rule set as well."""
    bands = values.get("bands")
    if isinstance(bands, list):
        if len(bands) > MOST_BANDS:
            yield Finding(Burden.RANKING, "bands", str(len(bands)))
        for n, band in enumerate(bands):
            name = str(band.get("name", "")) if isinstance(band, Mapping) else ""
            if _squeezed(unicodedata.normalize("NFKC", name)).isdecimal():
                yield Finding(Burden.RANKING, f"bands.{n}.name", name[:40])
        yield from _steps(values, bands)
    quotas = values.get("quotas")
    for n, quota in enumerate(quotas if isinstance(quotas, list) else []):
        share = quota.get("of") if isinstance(quota, Mapping) else None
        if not isinstance(share, list | tuple) or [type(one) for one in share] != [int, int]:
            continue
        if share[0] * LEAST_SHARE[1] < share[1] * LEAST_SHARE[0]:
            yield Finding(Burden.RANKING, f"quotas.{n}", f"{share[0]}/{share[1]}")


def _steps(values: Mapping[str, Any], bands: Iterable[Any]) -> Iterator[Finding]:
    figures = [_number(one.get("at_least")) for one in bands if isinstance(one, Mapping)]
    known = [one for one in figures if one is not None]
    least, most = _number(values.get("floor", 0)), _number(values.get("ceiling", 100))
    if least is None or most is None or most <= least:
        return
    step = (most - least) * LEAST_STEP_PERCENT / 100
    ends = [most, *known]
    for n, (above, below) in enumerate(pairwise(ends)):
        # The lowest band begins at the floor and may be as small as it is.
        if above - below < step:
            yield Finding(Burden.RANKING, f"bands.{n}.at_least", f"{below}")


def _number(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


@dataclass(frozen=True)
class Verdict:
    """What the checker says: the rule set if it can be read, what it touches, and what of that is waived."""

    rules: RuleSet | None
    found: tuple[Finding, ...]
    waived: tuple[Finding, ...]


def check(text: str, waived: Collection[Burden] = ()) -> Verdict:
    """Read a rule set's JSON under the 减负 profile; raises Invalid (grades_rule_…) for what is no rule set
    and touches nothing either. What touches a point is found before what is merely written wrongly."""
    values = read_json(text)
    found = tuple(dict.fromkeys(findings(values)))
    held = tuple(one for one in found if one.point not in waived)
    free = tuple(one for one in found if one.point in waived)
    if held:
        return Verdict(None, held, free)
    return Verdict(parse(values), (), free)


def checked(text: str, waived: Collection[Burden] = ()) -> RuleSet:
    """Return the rule set that a JSON says; raises Invalid: grades_rule_…, grades_burden_…."""
    verdict = check(text, waived)
    if verdict.rules is None:
        raise burdened(verdict.found[0], "document")
    return verdict.rules


def check_text(text: str, field: str, waived: Collection[Burden] = ()) -> None:
    """Refuse a reason that touches a point; raises Invalid (grades_burden_…)."""
    for one in in_text(text, field, reason=True):
        if one.point not in waived:
            raise burdened(one, field)


def burdened(one: Finding, field: str) -> Invalid:
    """Return the refusal of a finding; its sentence quotes what the two texts say."""
    return Invalid(
        f"grades_burden_{one.point}", field=field, point=str(one.point), where=one.where, text=one.text
    )
