"""Noticing what administrators choose through other processes."""

from __future__ import annotations

from server.background.recurring import RecurringThread
from server.in_force import SettingsInForce

LOOK_EVERY_S = 1.0
"""How long a process may go by what was in force before."""
_AT_MOST_S = 60.0


class ChoicesThread(RecurringThread):
    """Asks for the number of changes every second, and for what was chosen when that is another."""

    failed = "what is chosen could not be looked at, it will be tried again"

    def __init__(self, in_force: SettingsInForce, every_s: float = LOOK_EVERY_S) -> None:
        super().__init__("choices", every_s, every_s, _AT_MOST_S)
        self._in_force = in_force

    def work(self) -> None:
        """Look once."""
        self._in_force.look()
