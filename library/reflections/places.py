"""Where sounds of reflections lie in the object store."""

from __future__ import annotations

PREFIX = "reflections/"


def folder_of(sound_id: str) -> str:
    """Return the folder of a sound."""
    return f"{PREFIX}{sound_id}"


def raw_key(sound_id: str) -> str:
    """Return the key of a sound as it came; it goes once it was made into what is played."""
    return f"{folder_of(sound_id)}/raw"


def sound_key(sound_id: str) -> str:
    """Return the key of what is played."""
    return f"{folder_of(sound_id)}/sound.m4a"
