"""What a template may name: a record in the words that stand on paper. Pure.

The names are Chinese, because those who make templates write them into Word. What is not known is "".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from library.core.clock import CHINA
from library.records.content import Named, RecordContent, Shown, Spoken
from library.records.rules import RecordState, Signature, SignerRole

SPEAKER, WORDS = "发言人", "内容"
NAME, AT = "姓名", "时间"
PICTURE, CAPTION = "图", "说明"
_PHOTO_CM, _EMBLEM_CM = 14.0, 2.2
BLANK = ""
PICTURE_N, WIDTH = "_picture", "_width_cm"
"""Where a picture stands among packed values."""


@dataclass(frozen=True)
class Paper:
    """A record with what stands below it."""

    content: RecordContent
    state: RecordState = RecordState.OPEN
    signatures: Mapping[SignerRole, Signature] | None = None
    additions: Sequence[tuple[str, str, datetime]] = ()
    """Text, name, moment."""
    photos: Sequence[tuple[str, bytes]] = ()
    """What stands under it, and a JPEG of ours; no part of what is signed."""
    emblem: bytes = b""
    """The site's picture (PNG), b"" for none."""


@dataclass(frozen=True)
class Picture:
    """A picture among values, `width_cm` wide on paper."""

    data: bytes
    width_cm: float


@dataclass(frozen=True)
class Book:
    """A year of a node as one document."""

    title: str
    node: str
    year: str
    papers: Sequence[Paper]
    emblem: bytes = b""


def values_of(paper: Paper) -> dict[str, Any]:
    """Return what a template may name of a record."""
    its = paper.content
    signed = paper.signatures or {}
    return {
        "名称": its.title,
        "类型": its.kind,
        "党组织": its.node,
        "学习小组": its.group,
        "日期": _day(its.began or its.planned),
        "时间": _span(its),
        "地点": its.place,
        "会场": "、".join(its.rooms),
        "主持人": its.chair,
        "记录人": its.recorder,
        "应到": its.due,
        "实到": len(its.present),
        "到会": _names(its.present),
        "迟到": _names(its.late),
        "早退": _names(its.left_early),
        "缺席": _names(its.absent),
        "补学": _names(its.made_up),
        "未记": _names(its.unmarked),
        "不计入应到": _names(its.exempt),
        "列席": _names(its.guests),
        "播放": [_shown(one) for one in its.shown],
        "议程": list(its.agenda),
        "讨论": [_spoken(one) for one in its.discussion],
        "决议": [_spoken(one) for one in its.resolution],
        "主持人签字": _signed(signed.get(SignerRole.CHAIR)),
        "记录人签字": _signed(signed.get(SignerRole.RECORDER)),
        "补充": [{WORDS: text, NAME: name, AT: _moment(at)} for text, name, at in paper.additions],
        "照片": [{PICTURE: Picture(data, _PHOTO_CM), CAPTION: caption} for caption, data in paper.photos],
        "标志": Picture(paper.emblem, _EMBLEM_CM) if paper.emblem else BLANK,
        "状态": state_words(paper.state, signed),
    }


def book_of(title: str, papers: Iterable[Paper], *, node: str, year: str, emblem: bytes) -> dict[str, Any]:
    """Return what the template of a book may name. Photos are not in it: a year of them is no document."""
    return {
        "书名": title,
        "党组织": node,
        "年份": year,
        "标志": Picture(emblem, _EMBLEM_CM) if emblem else BLANK,
        "全部": [values_of(replace(one, photos=(), emblem=b"")) for one in papers],
    }


def packable(values: Any, pictures: list[bytes]) -> Any:
    """Return values as JSON has them; pictures go into a list, and their numbers stand in their place."""
    if isinstance(values, Picture):
        pictures.append(values.data)
        return {PICTURE_N: len(pictures) - 1, WIDTH: values.width_cm}
    if isinstance(values, dict):
        return {name: packable(value, pictures) for name, value in values.items()}
    if isinstance(values, list):
        return [packable(value, pictures) for value in values]
    return values


def state_words(state: RecordState, signed: Mapping[SignerRole, object]) -> str:
    """Return how far a record is, as it stands on paper."""
    if state is RecordState.LOCKED:
        return "已签字"
    return "待签字（已有一人签）" if signed else "未签字"


_DOT = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c494441"
    "54789c63386060000002d401213a6837090000000049454e44ae426082"
)
"""A picture of one point (PNG)."""

EXAMPLE = Paper(
    RecordContent(
        title="十二月主题党日",
        kind="主题党日",
        node="余村党支部",
        group="第一学习小组",
        place="村部二楼会议室",
        rooms=("村部二楼会议室", "文化礼堂"),
        began="2026-12-07T19:00+08:00",
        ended="2026-12-07T20:30+08:00",
        planned="2026-12-07T19:00+08:00",
        chair="王建国",
        recorder="李秀英",
        due=4,
        present=(Named("王建国"), Named("李秀英"), Named("张明")),
        late=(Named("张明"),),
        left_early=(Named("李秀英"),),
        absent=(Named("赵强", "外出务工"),),
        made_up=(Named("赵强", "回来以后看了录像"),),
        unmarked=(Named("钱伟"),),
        exempt=(Named("孙大爷"),),
        guests=(Named("周老师"),),
        shown=(Shown("绿水青山就是金山银山", 1_500, "村部二楼会议室"),),
        agenda=("看微党课", "讨论", "表决"),
        discussion=(Spoken("王建国", "讲了三点意见。\n一是……"), Spoken("", "大家都同意。")),
        resolution=(Spoken("", "同意。"),),
    ),
    RecordState.LOCKED,
    {
        role: Signature("1", role, "1", "王建国", datetime(2026, 12, 7, 21, tzinfo=CHINA), "")
        for role in SignerRole
    },
    (("更正：地点为一楼。", "李秀英", datetime(2026, 12, 9, 9, tzinfo=CHINA)),),
    (("讨论", _DOT),),
    _DOT,
)
"""A record in which everything is filled in: with it a template is tried when it is given."""


BOOK_EXAMPLE = Book("余村党支部 2026 年会议记录", "余村党支部", "2026", (EXAMPLE, EXAMPLE), _DOT)
"""A year in which everything is filled in."""


def _names(some: Iterable[Named]) -> str:
    return "、".join(f"{one.name}（{one.reason}）" if one.reason else one.name for one in some)


def _shown(one: Shown) -> str:
    minutes, seconds = divmod(one.seconds, 60)
    lasted = f"{minutes}分{seconds:02}秒" if minutes else f"{seconds}秒"
    room = f"，{one.room}" if one.room else ""
    return f"《{one.title}》（{lasted}{room}）" if one.title else f"（已删除的课，{lasted}{room}）"


def _spoken(one: Spoken) -> dict[str, str]:
    return {SPEAKER: one.speaker, WORDS: one.text}


def _signed(one: Signature | None) -> str:
    return f"{one.name}　{_moment(one.at)}" if one else BLANK


def _moment(at: datetime) -> str:
    there = at.astimezone(CHINA)
    return f"{there.year}年{there.month}月{there.day}日 {there:%H:%M}"


def _day(iso: str) -> str:
    return _moment(datetime.fromisoformat(iso)).partition(" ")[0] if iso else BLANK


def _span(its: RecordContent) -> str:
    if not its.began:
        return BLANK
    begin = datetime.fromisoformat(its.began)
    if not its.ended:
        return _moment(begin)
    end = datetime.fromisoformat(its.ended)
    same = end.date() == begin.date()
    return f"{_moment(begin)}—{end:%H:%M}" if same else f"{_moment(begin)}—{_moment(end)}"
