"""Who may see what and why, and roles that are handed over."""

from __future__ import annotations

from server.slices.rights import api, routes
from server.slices.rights.contexts import RolesPage, WhoPage
from server.slices.rights.sentences import SENTENCES
from server.slices.rights.words import WORDS
from server.web.slice import Slice

SLICE = Slice(
    name="rights",
    routers=(routes.router, api.router),
    pages=(WhoPage, RolesPage),
    sentences=SENTENCES,
    words=WORDS,
)
