"""Correcting what is said in a lesson."""

from __future__ import annotations

import library.correcting.tables
from library.core.permits import Role
from server.slices.correcting import compare, files, routes
from server.slices.correcting.contexts import ComparePage, WordsPage
from server.slices.correcting.sentences import SENTENCES
from server.web.limits.bodies import Body
from server.web.slice import Slice

SLICE = Slice(
    name="correcting",
    routers=(routes.router, compare.router, files.router),
    pages=(WordsPage, ComparePage),
    sentences=SENTENCES,
    # Some word exchanged in every line of three hours.
    bodies={f"PATCH {routes.LINES_PATH}": Body(1024 * 1024, Role.LECTURER)},
    tables=(library.correcting.tables,),
)
