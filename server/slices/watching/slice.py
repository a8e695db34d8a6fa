"""Watching a clip: pages, pictures, files to take along, beats."""

from __future__ import annotations

import library.plays.tables
from server.slices.watching import after, counting_rule, downloads, posters, routes
from server.slices.watching.contexts import ClipPage, CountingPage
from server.slices.watching.sentences import SENTENCES
from server.slices.watching.words import WORDS
from server.web.slice import Slice

SLICE = Slice(
    name="watching",
    routers=(posters.router, routes.router, counting_rule.router, downloads.router, after.router),
    pages=(ClipPage, CountingPage),
    sentences=SENTENCES,
    words=WORDS,
    tables=(library.plays.tables,),
)
