"""Reflections: who may read them, and how long their sounds may be."""

from __future__ import annotations

from pydantic import Field
from pydantic_settings import BaseSettings


class ReflectionSettings(BaseSettings):
    """Reflections: who may read them, and how long their sounds may be."""

    reflections_public: bool = Field(
        default=False,
        description="Whether a branch may publish a reflection for everybody, without an account.",
    )
    reflection_sound_max_min: float = Field(
        default=10.0,
        ge=0,
        le=60,
        description="Minutes that the sound of a reflection may have; 0: texts only.",
    )
