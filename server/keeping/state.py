"""How the last backup and the last restore test went, in the data folder: for doctor and the system page."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from server.keeping.errors import KeepingFailed
from server.keeping.shelf import write_whole

_FILE = "keeping.json"
BACKUP, TEST = "backup", "test"


@dataclass(frozen=True)
class Outcome:
    """How something went: `code` with `values` says why it did not ("" when it did), `name` which backup."""

    at: datetime
    name: str = ""
    code: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    files: int = 0
    size_bytes: int = 0
    seconds: float = 0.0


@dataclass(frozen=True)
class State:
    """The last of each: `good_backup` is the last that was made, `backup` the last that was tried."""

    backup: Outcome | None = None
    good_backup: Outcome | None = None
    test: Outcome | None = None


def read(data: Path) -> State:
    """Return what is known; nothing when nothing has been done, or the file cannot be read."""
    try:
        said = json.loads((data / _FILE).read_text("utf-8"))
        return State(**{key: _outcome(value) for key, value in said.items() if value})
    except (OSError, ValueError, TypeError, KeyError):
        return State()


def note(data: Path, what: str, outcome: Outcome) -> None:
    """Note how a backup (`BACKUP`) or a restore test (`TEST`) went; raises OSError."""
    known = {key: value for key, value in asdict(read(data)).items() if value}
    known[what] = asdict(outcome)
    if what == BACKUP and outcome.name:
        known["good_backup"] = asdict(outcome)
    for value in known.values():
        value["at"] = value["at"].isoformat()
    write_whole(data / _FILE, json.dumps(known, ensure_ascii=False).encode())


def failed(error: Exception, at: datetime) -> Outcome:
    """Return the outcome of something that raised."""
    if isinstance(error, KeepingFailed):
        return Outcome(at, code=error.code, values=dict(error.values))
    first = str(getattr(error, "orig", None) or error).strip().splitlines()[:1]
    return Outcome(at, code="keeping_failed", values={"said": "".join(first)[:200] or type(error).__name__})


def _outcome(said: dict[str, Any]) -> Outcome:
    return Outcome(**{**said, "at": datetime.fromisoformat(said["at"])})
