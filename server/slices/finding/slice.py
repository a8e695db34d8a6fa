"""Searching, saved searches, and taking a search along."""

from __future__ import annotations

import library.searches.tables
from server.slices.finding import api, export, routes, saved_searches
from server.slices.finding.contexts import SearchesPage, SearchPage
from server.slices.finding.sentences import SENTENCES
from server.slices.finding.words import WORDS
from server.web.language.i18n import N_
from server.web.navigation import NavigationEntry, staff
from server.web.slice import Slice

SLICE = Slice(
    name="finding",
    routers=(routes.router, export.router, saved_searches.router, api.router),
    pages=(SearchPage, SearchesPage),
    sentences=SENTENCES,
    words=WORDS,
    navigation=(
        NavigationEntry(place="personal", rank=10, url="/searches", label=N_("我的搜索"), shown_to=staff),
    ),
    tables=(library.searches.tables,),
)
