"""How it stands with backups: what doctor and the system page say; pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from library.core.clock import CHINA
from server.keeping.state import Outcome, State

_LATE_AFTER = 3
"""So many times the time between two backups may pass before it is said that they have stopped."""


@dataclass(frozen=True)
class Standing:
    """One thing that is well or not: a code with values, put into a sentence at the rim."""

    name: Literal["backup", "restore_test"]
    status: Literal["ok", "warn", "bad"]
    code: str
    values: dict[str, Any] = field(default_factory=dict)


def standings(
    state: State, folder: Path | None, every: timedelta, test_every: timedelta, now: datetime
) -> Iterator[Standing]:
    """Yield how it stands with the backups of the worker, and of whoever makes them by hand.

    `folder` is that of the settings, None when the worker makes none.
    """
    yield _backup(state, folder, every, now)
    if state.good_backup is not None or folder is not None:
        yield _test(state, test_every, now)


def _backup(state: State, folder: Path | None, every: timedelta, now: datetime) -> Standing:
    last, good = state.backup, state.good_backup
    if last is not None and last.code:
        return Standing("backup", "bad", last.code, last.values)
    if good is None:
        if folder is None:
            return Standing("backup", "warn", "backup_unset")
        return Standing("backup", "warn", "backup_never", {"folder": str(folder)})
    values = {"at": _said(good), "files": good.files}
    if folder is not None and now - good.at > _LATE_AFTER * every:
        return Standing("backup", "bad", "backup_late", values)
    if folder is None:
        return Standing("backup", "warn", "backup_by_hand", values)
    return Standing("backup", "ok", "backup_fine", values)


def _test(state: State, every: timedelta, now: datetime) -> Standing:
    test = state.test
    if test is None:
        return Standing("restore_test", "warn", "restore_test_never")
    if test.code:
        return Standing("restore_test", "bad", test.code, test.values)
    values = {"at": _said(test), "name": test.name}
    if every and now - test.at > 2 * every:
        return Standing("restore_test", "warn", "restore_test_late", values)
    return Standing("restore_test", "ok", "restore_test_fine", values)


def _said(outcome: Outcome) -> str:
    return f"{outcome.at.astimezone(CHINA):%Y-%m-%d %H:%M}"
