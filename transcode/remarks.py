"""What a person should know of how a file was read: a code, how often, and the values of its sentence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Remark:
    """Something was left out, guessed, cut off or repaired; nothing of it is an error.

    `count`: how many cues, lines, tracks or cells it is about. `values`: what the sentence of `code` names.
    """

    code: str
    count: int = 1
    values: Mapping[str, str | int | float] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON keeps it."""
        value: dict[str, Any] = {"code": self.code, "count": self.count}
        return {**value, "values": dict(self.values)} if self.values else value

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Remark:
        """Return what `to_json` gave."""
        return cls(value["code"], value["count"], value.get("values", {}))


def codes(remarks: Iterable[Remark]) -> tuple[str, ...]:
    """Return the codes, each once, in their order."""
    return tuple(dict.fromkeys(remark.code for remark in remarks))
