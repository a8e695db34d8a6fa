"""The slices of the server: a folder per noun, each with its one object, and here the list of them all.

Nothing is loaded before it is asked for: a command that says one line needs what slices say about codes
(``phrases``), but none of their routes and pages.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from server.web.language.phrases import Phrases, Spoken, together
from server.web.language.sentences import SENTENCES as SHARED

if TYPE_CHECKING:
    from server.web.slice import Slice

    SLICES: tuple[Slice, ...]
    """All slices. Their routers are asked in this order, and the API's documentation lists them in it."""


def __getattr__(name: str) -> object:
    """Load the slices when they are asked for."""
    if name == "SLICES":
        return _slices()
    raise AttributeError(name)


@cache
def _slices() -> tuple[Slice, ...]:
    from server.slices.access.slice import SLICE as ACCESS
    from server.slices.dictionary.slice import SLICE as DICTIONARY
    from server.slices.finding.slice import SLICE as FINDING
    from server.slices.intake.slice import SLICE as INTAKE
    from server.slices.lessons.slice import SLICE as LESSONS
    from server.slices.people.slice import SLICE as PEOPLE
    from server.slices.review.slice import SLICE as REVIEW
    from server.slices.statistics.slice import SLICE as STATISTICS
    from server.slices.system.slice import SLICE as SYSTEM
    from server.slices.watching.slice import SLICE as WATCHING

    return (
        SYSTEM,
        WATCHING,
        FINDING,
        INTAKE,
        LESSONS,
        REVIEW,
        STATISTICS,
        ACCESS,
        PEOPLE,
        DICTIONARY,
    )


def phrases() -> Phrases:
    """Return what all slices say about codes, as ``gather(SLICES)`` has it, without loading the slices."""
    from server.slices.access import sentences as access
    from server.slices.dictionary import sentences as dictionary
    from server.slices.dictionary import words as dictionary_words
    from server.slices.finding import sentences as finding
    from server.slices.finding import words as finding_words
    from server.slices.intake import sentences as intake
    from server.slices.intake import words as intake_words
    from server.slices.lessons import sentences as lessons
    from server.slices.lessons import words as lessons_words
    from server.slices.people import sentences as people
    from server.slices.people import words as people_words
    from server.slices.review import sentences as review
    from server.slices.review import words as review_words
    from server.slices.statistics import sentences as statistics
    from server.slices.statistics import words as statistics_words
    from server.slices.watching import sentences as watching
    from server.slices.watching import words as watching_words

    return together(
        (
            Spoken("everybody", SHARED),
            Spoken("watching", watching.SENTENCES, words=watching_words.WORDS),
            Spoken("finding", finding.SENTENCES, words=finding_words.WORDS),
            Spoken("intake", intake.SENTENCES, intake.TOLD_APART, intake_words.WORDS),
            Spoken("lessons", lessons.SENTENCES, words=lessons_words.WORDS),
            Spoken("review", review.SENTENCES, words=review_words.WORDS),
            Spoken("statistics", statistics.SENTENCES, words=statistics_words.WORDS),
            Spoken("access", access.SENTENCES),
            Spoken("people", people.SENTENCES, words=people_words.WORDS),
            Spoken("dictionary", dictionary.SENTENCES, words=dictionary_words.WORDS),
        )
    )
