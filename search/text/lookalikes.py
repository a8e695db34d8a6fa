"""Characters that are mistaken for each other because they look alike (廷 for 延): ``lookalikes.json``,
groups of which every two do. Written for this; those that also sound alike need not be in it."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources


@cache
def _groups() -> dict[str, str]:
    """The characters that look like each."""
    text = resources.files("search.text").joinpath("lookalikes.json").read_text(encoding="utf-8")
    found: dict[str, dict[str, None]] = {}
    for group in json.loads(text):
        for character in group:
            found.setdefault(character, {}).update(dict.fromkeys(group.replace(character, "")))
    return {character: "".join(others) for character, others in found.items()}


def same_look(character: str) -> str:
    """The other characters that look nearly like this one; "" for most."""
    return _groups().get(character, "")
