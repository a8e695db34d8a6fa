"""What a record says: values, and nothing that did not happen. Pure.

What nobody proved and nobody wrote stays empty here, and a blank on paper.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any


@dataclass(frozen=True)
class Named:
    """Somebody on the roll, with the reason where one was given."""

    name: str
    reason: str = ""


@dataclass(frozen=True)
class Shown:
    """A lesson that ran on the screen of a room, and for how long; `room` is "" where there is but one."""

    title: str
    seconds: int
    room: str = ""


@dataclass(frozen=True)
class Spoken:
    """A line that was written; `speaker` is "" for what nobody said."""

    speaker: str
    text: str


@dataclass(frozen=True, kw_only=True)
class RecordContent:
    """All that a record says. Moments are ISO 8601 in China's time, "" for what is not known.

    `due` counts who was due, `present` who of them was there (those late and those who left early too, who
    stand in their own lists as well); `unmarked` are those due of whom nobody said anything.
    """

    title: str
    kind: str
    node: str
    group: str = ""
    place: str = ""
    rooms: tuple[str, ...] = ()
    began: str = ""
    ended: str = ""
    planned: str = ""
    chair: str = ""
    recorder: str = ""
    due: int = 0
    present: tuple[Named, ...] = ()
    late: tuple[Named, ...] = ()
    left_early: tuple[Named, ...] = ()
    absent: tuple[Named, ...] = ()
    made_up: tuple[Named, ...] = ()
    unmarked: tuple[Named, ...] = ()
    exempt: tuple[Named, ...] = ()
    guests: tuple[Named, ...] = ()
    shown: tuple[Shown, ...] = ()
    agenda: tuple[str, ...] = ()
    discussion: tuple[Spoken, ...] = ()
    resolution: tuple[Spoken, ...] = ()

    @property
    def blank(self) -> bool:
        """Whether nobody wrote anything."""
        return not self.discussion and not self.resolution


_LISTS: Mapping[str, type[Named | Shown | Spoken]] = {
    **dict.fromkeys(
        ("present", "late", "left_early", "absent", "made_up", "unmarked", "exempt", "guests"), Named
    ),
    "shown": Shown,
    "discussion": Spoken,
    "resolution": Spoken,
}


def to_json(content: RecordContent) -> dict[str, Any]:
    """Return a record's content as a row keeps it."""
    kept: dict[str, Any] = json.loads(json.dumps(asdict(content), ensure_ascii=False))
    return kept


def from_json(kept: Mapping[str, Any]) -> RecordContent:
    """Return what `to_json` made."""
    known = {one.name for one in fields(RecordContent)}
    values: dict[str, Any] = {}
    for name, value in kept.items():
        if name in _LISTS:
            values[name] = tuple(_LISTS[name](**one) for one in value)
        elif name in known:
            values[name] = tuple(value) if isinstance(value, list) else value
    return RecordContent(**values)


def digest_of(content: RecordContent) -> str:
    """Return what stands for a record's content in its signatures."""
    said = json.dumps(to_json(content), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(said.encode()).hexdigest()


@dataclass(frozen=True)
class Change:
    """That something of a record is no longer as it was signed: which field."""

    field_name: str


def changes(signed: RecordContent, now: RecordContent) -> tuple[Change, ...]:
    """Return what of a signed record is otherwise by now, because a roll was corrected, say.

    Written lines are no part of it: they cannot change.
    """
    before, after = to_json(signed), to_json(now)
    return tuple(
        Change(one.name)
        for one in fields(RecordContent)
        if one.name not in ("discussion", "resolution") and before[one.name] != after[one.name]
    )
