"""The slices of the server: a folder per noun, each with its one object, and here the list of them all."""

from __future__ import annotations

from server.slices import (
    access,
    dictionary,
    finding,
    intake,
    lessons,
    people,
    review,
    statistics,
    system,
    watching,
)
from server.web.slice import Slice

SLICES: tuple[Slice, ...] = (
    system.SLICE,
    watching.SLICE,
    finding.SLICE,
    intake.SLICE,
    lessons.SLICE,
    review.SLICE,
    statistics.SLICE,
    access.SLICE,
    people.SLICE,
    dictionary.SLICE,
)
"""All slices. Their routers are asked in this order, and the API's documentation lists them in it."""
