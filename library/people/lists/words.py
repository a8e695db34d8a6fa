"""What people write in lists for what somebody is to the party, for a guest, for 班子成员. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from library.core.days import parse_date
from library.core.errors import Invalid
from library.core.permits import MemberState
from library.core.text import name_key

_STATES: Mapping[MemberState, tuple[str, ...]] = {
    MemberState.FULL: ("full", "正式", "正式党员", "中共党员", "党员"),
    MemberState.PROBATIONARY: ("probationary", "预备", "预备党员", "中共预备党员"),
    MemberState.ACTIVIST: ("activist", "积极分子", "入党积极分子", "发展对象"),
    MemberState.MASSES: ("masses", "群众", "入党申请人", "共青团员"),
}
_GUESTS = ("guest", "流动", "挂靠", "流动党员", "挂靠党员", "是", "yes")
_HOMES = ("home", "在册", "本支部", "组织关系在此", "否", "no", "")


def state_called(text: str) -> MemberState | None:
    """Return what people call so, in Chinese or English, None for ""; raises Invalid("unknown_state")."""
    wanted = name_key(text)
    if not wanted:
        return None
    for state, words in _STATES.items():
        if wanted in words:
            return state
    raise Invalid("unknown_state", field="state", text=text.strip()[:40])


def is_guest(text: str) -> bool:
    """Tell whether a cell says that somebody is a guest (流动、挂靠); raises Invalid("unknown_kind")."""
    wanted = name_key(text)
    if wanted in _GUESTS:
        return True
    if wanted in _HOMES:
        return False
    raise Invalid("unknown_kind", field="kind", text=text.strip()[:40])


_YES = ("是", "yes", "y", "true", "班子成员", "党委班子成员", "支委", "支委会成员")
_NO = ("否", "不是", "no", "n", "false", "无", "非班子成员")
_POST = re.compile(
    r"(?:党委|党工委|党总支|总支|党支部|支部|支委会)?(?:第一|专职)?"
    r"(?:书记|副书记|(?:组织|宣传|纪检|纪律检查|统战|青年|妇女|群工|生活|学习|保密|保卫)?委员)"
)
_BETWEEN = re.compile(r"[、，,;；/\\\s]+")


@dataclass(frozen=True)
class OnCommittee:
    """What a cell says of a committee (班子成员): whether somebody is a member, perhaps since when."""

    is_member: bool
    since: date | None = None


def committee_said(text: str) -> OnCommittee | None:
    """Return what a cell says: 是, 否, or the day from which on; None for "".

    Raises Invalid("unknown_committee").
    """
    wanted = name_key(text)
    if not wanted:
        return None
    if wanted in _YES or is_post(text):
        return OnCommittee(True)
    if wanted in _NO:
        return OnCommittee(False)
    try:
        return OnCommittee(True, parse_date(text))
    except Invalid:
        raise Invalid("unknown_committee", field="committee", text=text.strip()[:40]) from None


def is_post(text: str) -> bool:
    """Tell whether one of the posts (职务) in a cell is one of a party committee: 书记, 组织委员; those
    of other bodies and jobs (村委会主任, 团支部书记) are not."""
    return any(_POST.fullmatch(one) for one in _BETWEEN.split(text.strip()))
