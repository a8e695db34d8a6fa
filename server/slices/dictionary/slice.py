"""The dictionary that staff teach the search."""

from __future__ import annotations

import library.dictionary.tables
from library.core.permits import Role
from server.slices.dictionary import api, routes
from server.slices.dictionary.contexts import DictionaryPage
from server.slices.dictionary.sentences import SENTENCES
from server.slices.dictionary.words import WORDS
from server.web.language.i18n import N_
from server.web.limits.bodies import Body
from server.web.navigation import NavigationEntry, staff
from server.web.slice import Slice

SLICE = Slice(
    name="dictionary",
    routers=(routes.router, api.router),
    pages=(DictionaryPage,),
    sentences=SENTENCES,
    words=WORDS,
    navigation=(
        NavigationEntry(place="personal", rank=20, url="/vocabulary", label=N_("词库"), shown_to=staff),
    ),
    # Ten thousand lines, and each character written in three bytes.
    bodies={"POST /vocabulary/paste": Body(2 * 1024 * 1024, Role.STAFF)},
    tables=(library.dictionary.tables,),
)
