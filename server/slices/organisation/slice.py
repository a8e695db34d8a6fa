"""The organisation tree: its page, its forms, its API."""

from __future__ import annotations

import library.organisation.tables
from library.core.permits import Role
from server.slices.organisation import api, list_routes, routes
from server.slices.organisation.contexts import OrganisationPage
from server.slices.organisation.list_contexts import NodeListJobPage, NodeListPage
from server.slices.organisation.sentences import SENTENCES
from server.slices.organisation.words import WORDS
from server.web.language.i18n import N_
from server.web.limits.bodies import Body
from server.web.lists.shown import BODY_BYTES
from server.web.navigation import NavigationEntry, staff
from server.web.slice import Slice

SLICE = Slice(
    name="organisation",
    routers=(list_routes.router, routes.router, api.router),
    pages=(OrganisationPage, NodeListPage, NodeListJobPage),
    bodies={"POST /organisation/{node_id}/list": Body(BODY_BYTES, Role.ADMIN)},
    sentences=SENTENCES,
    words=WORDS,
    navigation=(
        NavigationEntry(place="personal", rank=35, url="/organisation", label=N_("党组织"), shown_to=staff),
    ),
    tables=(library.organisation.tables,),
)
