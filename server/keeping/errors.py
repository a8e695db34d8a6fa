"""What can go wrong when a library is copied, brought back or moved."""

from __future__ import annotations

from typing import Any

FAILED, BAD_INPUT = 1, 2


class KeepingFailed(Exception):
    """It cannot be done: a code with values, made a sentence at the rim, and the exit code of commands."""

    def __init__(self, code: str, exit_code: int = FAILED, **values: Any) -> None:
        self.code, self.exit_code, self.values = code, exit_code, values
        super().__init__(f"{code} {values}" if values else code)
