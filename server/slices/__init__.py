"""The slices of the server: a folder per noun, each with its one object, and here the list of them all.

What a slice brings stands under the same names in every folder: ``SLICE`` in slice.py, what it says in
sentences.py and words.py. Nothing is loaded before it is asked for: a command that says one line needs what
slices say about codes (``phrases``), but none of their routes and pages.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from server.web.language.phrases import Phrases, Spoken, together
from server.web.language.sentences import SENTENCES as SHARED

if TYPE_CHECKING:
    from server.web.slice import Slice

    SLICES: tuple[Slice, ...]
    """All slices. Their routers are asked in this order, and the API's documentation lists them in it."""

NOUNS = (
    "system",
    "watching",
    "finding",
    "intake",
    "hearing",
    "correcting",
    "studio",
    "lessons",
    "programme",
    "gatherings",
    "screening",
    "works",
    "reflections",
    "calls",
    "books",
    "grades",
    "review",
    "versions",
    "declaring",
    "statistics",
    "access",
    "people",
    "invitations",
    "organisation",
    "rights",
    "dictionary",
    "suggestions",
    "marks",
    "questions",
    "mondays",
    "swiping",
    "notices",
    "feeds",
    "offline",
    "sharing",
    "settings",
    "upkeep",
    "manual",
    "desk",
)
"""The folders of the slices, in the order of SLICES."""


def __getattr__(name: str) -> object:
    """Load the slices when they are asked for."""
    if name == "SLICES":
        return _slices()
    raise AttributeError(name)


@cache
def _slices() -> tuple[Slice, ...]:
    return tuple(import_module(f"{__name__}.{noun}.slice").SLICE for noun in NOUNS)


def phrases() -> Phrases:
    """Return what all slices say about codes, as ``gather(SLICES)`` has it, without loading the slices."""
    return together([Spoken("everybody", SHARED), *map(_spoken, NOUNS)])


def _spoken(noun: str) -> Spoken:
    sentences, words = _module(noun, "sentences"), _module(noun, "words")
    return Spoken(
        noun,
        getattr(sentences, "SENTENCES", {}),
        getattr(sentences, "TOLD_APART", {}),
        getattr(words, "WORDS", {}),
    )


def _module(noun: str, name: str) -> Any:
    """Return a module of a slice, or None where it has none of that name."""
    path = f"{__name__}.{noun}.{name}"
    return import_module(path) if find_spec(path) is not None else None
