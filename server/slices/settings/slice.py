"""What the machine is told and what an administrator chooses, and how the site looks."""

from __future__ import annotations

import library.choices.tables
from library.choices.rules import EMBLEM_BYTES
from library.core.permits import Role
from server.slices.settings import api, routes
from server.slices.settings.contexts import BrandingPage, SettingsPage
from server.slices.settings.sentences import SENTENCES
from server.slices.settings.words import WORDS
from server.web.limits.bodies import Body
from server.web.slice import Slice

_FORM_BYTES = 64 * 1024
"""What stands around a file in a form."""

SLICE = Slice(
    name="settings",
    tables=(library.choices.tables,),
    routers=(routes.router, api.router),
    pages=(SettingsPage, BrandingPage),
    sentences=SENTENCES,
    words=WORDS,
    bodies={"POST /system/branding/emblem": Body(EMBLEM_BYTES + _FORM_BYTES, Role.ADMIN, streamed=True)},
)
