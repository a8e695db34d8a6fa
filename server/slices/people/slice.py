"""The people of the branches one staffs."""

from __future__ import annotations

import library.people.name_tables
import library.people.tables
from library.core.permits import Role
from server.slices.people import (
    api,
    belonging_api,
    committee_api,
    exemptions_api,
    groups_api,
    list_routes,
    members_routes,
    person_routes,
    routes,
)
from server.slices.people.contexts import PeoplePage
from server.slices.people.list_contexts import ListJobPage, ListPage
from server.slices.people.person_contexts import MembersPage, PersonPage
from server.slices.people.sentences import SENTENCES
from server.slices.people.words import WORDS
from server.web.language.i18n import N_
from server.web.limits.bodies import Body
from server.web.lists.shown import BODY_BYTES
from server.web.navigation import NavigationEntry, keepers
from server.web.slice import Slice

SLICE = Slice(
    name="people",
    routers=(
        routes.router,
        members_routes.router,
        list_routes.router,
        person_routes.router,
        api.router,
        belonging_api.router,
        committee_api.router,
        exemptions_api.router,
        groups_api.router,
    ),
    pages=(PeoplePage, PersonPage, MembersPage, ListPage, ListJobPage),
    bodies={
        f"POST {path}": Body(BODY_BYTES, Role.SECRETARY)
        for path in ("/people/lists/new", "/api/v1/people/lists")
    },
    sentences=SENTENCES,
    words=WORDS,
    navigation=(NavigationEntry(place="main", rank=60, url="/people", label=N_("人员"), shown_to=keepers),),
    tables=(library.people.tables, library.people.name_tables),
)
