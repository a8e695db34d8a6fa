"""The kinds of gatherings, and when somebody is late."""

from __future__ import annotations

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings

from library.gatherings.kinds import extended


class GatheringSettings(BaseSettings):
    """The kinds of gatherings, and when somebody is late."""

    gathering_kinds: tuple[str, ...] = Field(
        default=(),
        description="Kinds of gatherings beside the usual ones, or other names for those: "
        '["movie=红色观影=Film evening=evening=everybody"]; "training=" takes one away. '
        "Forms: gathered, evening, practice; who is asked: members, everybody, named.",
    )
    gathering_late_min: int = Field(
        default=10,
        ge=0,
        le=240,
        description="Minutes after the beginning of a gathering from which whoever comes is late.",
    )

    @field_validator("gathering_kinds")
    @classmethod
    def _kinds_are_known(cls, lines: tuple[str, ...]) -> tuple[str, ...]:
        """Refuse what `extended` cannot read, at the start and not at the first gathering."""
        extended(lines)
        return lines
