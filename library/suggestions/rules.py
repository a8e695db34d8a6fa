"""What becomes of a suggestion: state x action -> state; how much is taken, and how it is looked up. Pure."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum

from library.core.errors import Conflict, Throttled

TEXT_MAX = 2_000
CONTACT_MAX = 200
ANSWER_MAX = 2_000
DONE_MAX = 200
PAGE_MAX = 200

AN_ADDRESS = 5
"""Suggestions that one address, or IPv6 /64, may hand in within ORIGIN_KEPT."""
IN_ALL = 100
"""Suggestions that are taken within ORIGIN_KEPT in all: many addresses together do not bury the desk."""
ORIGIN_KEPT = timedelta(hours=1)
"""So long the keyed hash of an address is kept beside a suggestion; then nobody can tell that two had one."""

RECEIPT_LENGTH = 12
_ALPHABET = "23456789abcdefghjkmnpqrstvwxyz"
"""Letters and digits that nobody mistakes for each other: it is copied by hand. 12 of 30 are 58 bits."""

_PAGE = re.compile(rf"/[A-Za-z0-9/_.-]{{0,{PAGE_MAX - 1}}}")


class SuggestionState(StrEnum):
    """Where a suggestion stands. Only a released one is public."""

    RECEIVED = "received"
    ANSWERED = "answered"
    RELEASED = "released"
    ASIDE = "aside"


class SuggestionAction(StrEnum):
    """What staff do with it."""

    ANSWER = "answer"
    RELEASE = "release"
    TAKE_BACK = "take_back"
    SET_ASIDE = "set_aside"
    REOPEN = "reopen"


_NEXT: Mapping[tuple[SuggestionState, SuggestionAction], SuggestionState] = {
    (SuggestionState.RECEIVED, SuggestionAction.ANSWER): SuggestionState.ANSWERED,
    (SuggestionState.RECEIVED, SuggestionAction.SET_ASIDE): SuggestionState.ASIDE,
    # An answer can be improved; a public one is improved in public.
    (SuggestionState.ANSWERED, SuggestionAction.ANSWER): SuggestionState.ANSWERED,
    (SuggestionState.RELEASED, SuggestionAction.ANSWER): SuggestionState.RELEASED,
    (SuggestionState.ANSWERED, SuggestionAction.RELEASE): SuggestionState.RELEASED,
    (SuggestionState.RELEASED, SuggestionAction.TAKE_BACK): SuggestionState.ANSWERED,
    (SuggestionState.ASIDE, SuggestionAction.REOPEN): SuggestionState.RECEIVED,
}


def following(state: SuggestionState, action: SuggestionAction) -> SuggestionState:
    """Return the state after an action; raises Conflict("suggestion_state") where it does not fit."""
    if (state, action) not in _NEXT:
        raise Conflict("suggestion_state", state=state.value)
    return _NEXT[state, action]


def actions_in(state: SuggestionState) -> frozenset[SuggestionAction]:
    """Return what can be done in a state."""
    return frozenset(action for known, action in _NEXT if known is state)


def check_room(from_here: int, in_all: int) -> None:
    """Raise Throttled where an address, or everybody together, has handed in its share of the last hour."""
    wait_s = int(ORIGIN_KEPT.total_seconds())
    if from_here >= AN_ADDRESS:
        raise Throttled("suggestions_from_here", most=AN_ADDRESS, wait_s=wait_s)
    if in_all >= IN_ALL:
        raise Throttled("suggestions_in_all", wait_s=wait_s)


def page_of(text: str) -> str:
    """Return the path of a page of this site that a suggestion is about, "" for what is none.

    The slash at its beginning may be left out, as the page's own form does.
    """
    path = text.strip().partition("?")[0].partition("#")[0]
    if path and not path.startswith("/"):
        path = f"/{path}"
    return path if _PAGE.fullmatch(path) and not path.startswith("//") else ""


def new_receipt() -> str:
    """Return a new receipt, "x3k9-p2mq-7rtd": who wrote without a name looks the answer up with it."""
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(RECEIPT_LENGTH))
    return "-".join(letters[n : n + 4] for n in range(0, RECEIPT_LENGTH, 4))


def receipt_hash(receipt: str) -> str:
    """Return what of a receipt is stored; capitals, spaces and other dashes do not matter."""
    plain = "".join(one for one in receipt.lower() if one in _ALPHABET)
    return hashlib.sha256(f"receipt|{plain}".encode()).hexdigest()[:32]
