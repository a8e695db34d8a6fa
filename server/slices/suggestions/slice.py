"""意见建议: the public page, the staff's desk, the API."""

from __future__ import annotations

import library.suggestions.tables
from server.slices.suggestions import api, desk, routes
from server.slices.suggestions.contexts import SuggestionsDeskPage, SuggestionsPage
from server.slices.suggestions.sentences import SENTENCES
from server.slices.suggestions.words import WORDS
from server.web.language.i18n import N_
from server.web.navigation import NavigationEntry, staff
from server.web.slice import Slice

SLICE = Slice(
    name="suggestions",
    routers=(routes.router, desk.router, api.router),
    pages=(SuggestionsPage, SuggestionsDeskPage),
    sentences=SENTENCES,
    words=WORDS,
    navigation=(
        NavigationEntry(
            place="personal",
            rank=38,
            url="/suggestions/desk",
            label=N_("答复意见建议"),
            shown_to=staff,
        ),
    ),
    tables=(library.suggestions.tables,),
)
