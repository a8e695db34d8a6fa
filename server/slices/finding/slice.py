"""Searching, saved searches, and taking a search along."""

from __future__ import annotations

import library.searches.tables
from server.slices.finding import api, export, routes, saved_searches, stop_list
from server.slices.finding.contexts import FrequentPage, SearchesPage, SearchPage
from server.slices.finding.sentences import SENTENCES
from server.slices.finding.words import WORDS
from server.web.language.i18n import N_
from server.web.navigation import NavigationEntry, staff
from server.web.slice import Slice

SLICE = Slice(
    name="finding",
    routers=(
        routes.router,
        export.router,
        saved_searches.router,
        stop_list.router,
        api.router,
        stop_list.api,
    ),
    pages=(SearchPage, SearchesPage, FrequentPage),
    sentences=SENTENCES,
    words=WORDS,
    navigation=(
        NavigationEntry(place="personal", rank=10, url="/searches", label=N_("我的搜索"), shown_to=staff),
        NavigationEntry(
            place="personal", rank=25, url="/frequent-searches", label=N_("大家常搜的"), shown_to=staff
        ),
    ),
    tables=(library.searches.tables,),
)
