"""A backup is tried out because somebody asked for it on the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import structlog

from library.upkeep.actions import Taken
from library.upkeep.rules import Task
from server.background.backing_up import restore_test_of
from server.background.looks.asked import EVERY_S, AskedThread, Failed
from server.keeping import state
from server.keeping.errors import KeepingFailed
from server.keeping.state import Outcome
from server.wiring import Ports

_SCRATCH = "restore-test-asked"
"""A folder of its own: the trial of the week may be under way beside it."""

log = structlog.get_logger()


class TryingThread(AskedThread):
    """Tries backups out when asked."""

    failed = "no backup could be tried out, it will be tried again"
    tasks = (Task.TRY,)

    def __init__(self, ports: Ports, folder: Path, first_after_s: float = EVERY_S) -> None:
        super().__init__("trying backups", ports, first_after_s)
        test = restore_test_of(ports.settings, ports.clock, folder, self.over)
        self._test = replace(test, scratch=ports.settings.work_folder / _SCRATCH)
        self._data = ports.settings.data

    def do(self, taken: Taken) -> Mapping[str, Any] | None:
        """Try the one that is asked for, or the newest."""
        try:
            tried = self._test.run(taken.about or None, lambda percent, _doing: self.tell(percent))
        except KeepingFailed as error:
            if error.code == "backup_stopped":
                return None
            outcome = state.failed(error, self._clock())
            # The page of the system shows the last one: of an older backup it would say something else.
            if self._is_newest(taken.about):
                state.note(self._data, state.TEST, replace(outcome, name=taken.about))
            raise Failed(error.code) from None
        outcome = tried.outcome(self._clock())
        if self._is_newest(tried.name):
            state.note(self._data, state.TEST, outcome)
        (log.error if outcome.code else log.info)("backup tried out", backup=tried.name, code=outcome.code)
        if outcome.code:
            raise Failed(outcome.code, _told(outcome, tried.faults))
        return _told(outcome, tried.faults)

    def _is_newest(self, name: str) -> bool:
        try:
            return name in ("", self._test.shelf.newest().name)
        except (KeepingFailed, OSError):
            return True


def _told(outcome: Outcome, faults: Mapping[str, tuple[str, ...]]) -> dict[str, Any]:
    return {
        "name": outcome.name,
        "files": outcome.files,
        "size_bytes": outcome.size_bytes,
        "seconds": outcome.seconds,
        **outcome.values,  # how many faults, and the first
        "faults": {code: len(names) for code, names in faults.items()},
    }
