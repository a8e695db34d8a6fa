"""The people of the branches one staffs."""

from __future__ import annotations

import library.organisation.tables
import library.people.tables
from server.slices.people import routes
from server.slices.people.contexts import PeoplePage
from server.slices.people.sentences import SENTENCES
from server.slices.people.words import WORDS
from server.web.language.i18n import N_
from server.web.navigation import NavigationEntry, staff
from server.web.slice import Slice

SLICE = Slice(
    name="people",
    routers=(routes.router,),
    pages=(PeoplePage,),
    sentences=SENTENCES,
    words=WORDS,
    navigation=(NavigationEntry(place="main", rank=60, url="/people", label=N_("人员"), shown_to=staff),),
    tables=(library.organisation.tables, library.people.tables),
)
