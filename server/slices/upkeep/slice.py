"""What takes space, what is at work, and whose parts this is made of."""

from __future__ import annotations

import library.upkeep.tables
from server.slices.upkeep import api, backups, queue, routes, unfit
from server.slices.upkeep.contexts import (
    BackupsPage,
    JobsPage,
    LicencePage,
    LicencesPage,
    StoragePage,
    UnfitPage,
)
from server.slices.upkeep.sentences import SENTENCES
from server.slices.upkeep.words import WORDS
from server.web.slice import Slice

SLICE = Slice(
    name="upkeep",
    tables=(library.upkeep.tables,),
    routers=(routes.router, queue.router, unfit.router, backups.router, api.router),
    pages=(StoragePage, UnfitPage, JobsPage, BackupsPage, LicencesPage, LicencePage),
    sentences=SENTENCES,
    words=WORDS,
)
