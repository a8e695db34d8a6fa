"""The desk of those who handle lessons."""

from __future__ import annotations

import library.handling.tables
from server.slices.desk import api, routes
from server.slices.desk.contexts import BatchPage, DeskPage, WeeksPage
from server.slices.desk.sentences import SENTENCES
from server.slices.desk.words import WORDS
from server.web.language.i18n import N_
from server.web.navigation import NavigationEntry, reviewers
from server.web.slice import Slice

SLICE = Slice(
    name="desk",
    tables=(library.handling.tables,),
    routers=(routes.router, api.router),
    pages=(DeskPage, WeeksPage, BatchPage),
    sentences=SENTENCES,
    words=WORDS,
    navigation=(
        NavigationEntry(place="personal", rank=52, url="/desk", label=N_("课程管理"), shown_to=reviewers),
    ),
)
