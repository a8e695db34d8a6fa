"""What a machine hears in recordings."""

from __future__ import annotations

import library.hearing.tables
from server.slices.hearing import api, routes
from server.slices.hearing.sentences import SENTENCES
from server.slices.hearing.words import WORDS
from server.web.slice import Slice

SLICE = Slice(
    name="hearing",
    routers=(routes.router, routes.own_router, api.router, api.own_router),
    sentences=SENTENCES,
    words=WORDS,
    tables=(library.hearing.tables,),
)
