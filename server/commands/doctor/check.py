"""One line of what doctor finds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Status = Literal["ok", "warn", "bad"]


@dataclass(frozen=True)
class Check:
    """One line of the examination: `message` what was found, `todo` what to do; both marked with N_."""

    name: str
    status: Status
    message: str
    todo: str = ""
    values: dict[str, Any] = field(default_factory=dict)
