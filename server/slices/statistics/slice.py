"""What was watched, on pages and to take along."""

from __future__ import annotations

import library.plays.tables
from server.slices.statistics import api, routes
from server.slices.statistics.contexts import OverviewPage, StatsPage
from server.slices.statistics.sentences import SENTENCES
from server.slices.statistics.words import WORDS
from server.web.language.i18n import N_
from server.web.navigation import NavigationEntry, lecturers
from server.web.slice import Slice

SLICE = Slice(
    name="statistics",
    routers=(routes.router, api.router),
    pages=(StatsPage, OverviewPage),
    sentences=SENTENCES,
    words=WORDS,
    navigation=(NavigationEntry(place="main", rank=70, url="/stats", label=N_("统计"), shown_to=lecturers),),
    tables=(library.plays.tables,),
)
