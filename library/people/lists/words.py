"""What people write in lists for what somebody is to the party, and for a guest. Pure."""

from __future__ import annotations

from collections.abc import Mapping

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
