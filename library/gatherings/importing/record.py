"""A row of a list that was understood: whose gathering, when, who was there."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from library.gatherings.importing.lists import When
from library.gatherings.kinds import Kind
from library.gatherings.roll import Candidate
from library.gatherings.rules import Mark
from library.organisation.tables import Node
from transcode.remarks import Remark


@dataclass
class Record:
    """A row that was understood. `marks` are by person, `guests` the names of those without an account."""

    node: Node
    group_id: str | None
    kind: Kind
    when: When
    title: str
    place: str
    agenda: str
    chair_id: str | None = None
    recorder_id: str | None = None
    marks: dict[str, tuple[Mark, str]] = field(default_factory=dict)
    guests: list[str] = field(default_factory=list)
    told: list[Remark] = field(default_factory=list)
    candidates: dict[str, Candidate] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """By what it is known again: whose, of what kind, when it began."""
        parts = (self.node.id, self.group_id or "", self.kind.code, self.when.starts_at.isoformat())
        return made_id(*parts)


def made_id(*parts: str) -> str:
    """Return the name of what a list says: the same for the same list, so it is written once."""
    return hashlib.sha256(":".join(parts).encode()).hexdigest()[:16]
