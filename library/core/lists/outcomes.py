"""What becomes of the rows of a list that is brought in, and what people say of a doubtful one."""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    """What becomes of a row."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    DOUBTFUL = "doubtful"
    WRONG = "wrong"


class Choice(StrEnum):
    """What somebody says of a doubtful row: it is one that is there, another one, or left out for now."""

    SAME = "same"
    ANOTHER = "another"
    LEAVE = "leave"
