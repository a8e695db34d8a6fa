"""Versions of lessons: what was published, what waits to be."""

from __future__ import annotations

import library.versions.tables
from server.slices.versions import api, routes
from server.slices.versions.contexts import DraftPage, NoDraftPage, VersionPage, VersionsPage
from server.slices.versions.sentences import SENTENCES
from server.slices.versions.words import WORDS
from server.web.slice import Slice

SLICE = Slice(
    name="versions",
    routers=(routes.router, api.router),
    pages=(DraftPage, NoDraftPage, VersionsPage, VersionPage),
    sentences=SENTENCES,
    words=WORDS,
    tables=(library.versions.tables,),
)
