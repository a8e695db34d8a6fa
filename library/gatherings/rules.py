"""What a gathering may be, who is due, and what a mark on the roll means. Pure."""

from __future__ import annotations

from enum import StrEnum

TITLE_MAX = 80
PLACE_MAX = 80
AGENDA_MAX = 2_000
REASON_MAX = 120
KIND_MAX = 24
MOST_LESSONS = 20
MOST_ROOMS = 60


class GatheringState(StrEnum):
    """How far a gathering is."""

    PLANNED = "planned"
    OPEN = "open"
    """It began: the roll is frozen, people check in."""
    ENDED = "ended"
    CANCELLED = "cancelled"


class Due(StrEnum):
    """Whether somebody was due (应到) when the roll was frozen."""

    DUE = "due"
    EXEMPT = "exempt"
    GUEST = "guest"


class Mark(StrEnum):
    """What the roll says of somebody."""

    UNMARKED = "unmarked"
    PRESENT = "present"
    LATE = "late"
    LEFT_EARLY = "left_early"
    ABSENT = "absent"
    MADE_UP = "made_up"
    """补学: not there, learned it later; never the same as present."""


class How(StrEnum):
    """How a mark came about."""

    SECRETARY = "secretary"
    QR = "qr"
    DIGITS = "digits"
    IMPORT = "import"
