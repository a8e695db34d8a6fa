"""What takes space, what is at work, and whose parts this is made of."""

from __future__ import annotations

import library.upkeep.tables
from server.slices.upkeep import routes
from server.slices.upkeep.contexts import JobsPage, LicencePage, LicencesPage, StoragePage
from server.slices.upkeep.sentences import SENTENCES
from server.slices.upkeep.words import WORDS
from server.web.slice import Slice

SLICE = Slice(
    name="upkeep",
    tables=(library.upkeep.tables,),
    routers=(routes.router,),
    pages=(StoragePage, JobsPage, LicencesPage, LicencePage),
    sentences=SENTENCES,
    words=WORDS,
)
