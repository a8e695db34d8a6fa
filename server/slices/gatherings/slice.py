"""集中学习: gatherings, their rolls, and checking in."""

from __future__ import annotations

import library.gatherings.tables
from server.slices.gatherings.sentences import SENTENCES
from server.slices.gatherings.words import WORDS
from server.web.slice import Slice

SLICE = Slice(
    name="gatherings",
    sentences=SENTENCES,
    words=WORDS,
    tables=(library.gatherings.tables,),
)
