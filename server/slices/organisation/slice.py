"""The organisation tree: its page, its forms, its API."""

from __future__ import annotations

import library.organisation.tables
from server.slices.organisation import api, routes
from server.slices.organisation.contexts import OrganisationPage
from server.slices.organisation.sentences import SENTENCES
from server.slices.organisation.words import WORDS
from server.web.language.i18n import N_
from server.web.navigation import NavigationEntry, staff
from server.web.slice import Slice

SLICE = Slice(
    name="organisation",
    routers=(routes.router, api.router),
    pages=(OrganisationPage,),
    sentences=SENTENCES,
    words=WORDS,
    navigation=(
        NavigationEntry(place="personal", rank=35, url="/organisation", label=N_("党组织"), shown_to=staff),
    ),
    tables=(library.organisation.tables,),
)
