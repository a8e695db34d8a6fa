"""The studio: a lesson's page for its lecturer, covers, who else corrects."""

from __future__ import annotations

import library.studio.tables
from library.core.permits import Role
from library.studio.rules import COVER_MAX_BYTES
from server.slices.studio import covers, editors, routes
from server.slices.studio.contexts import CoverPage, StudioPage
from server.slices.studio.sentences import SENTENCES
from server.slices.studio.words import WORDS
from server.web.limits.bodies import Body
from server.web.slice import Slice

_FORM_BYTES = 64 * 1024
"""What stands around a file in a form."""

SLICE = Slice(
    name="studio",
    routers=(routes.router, covers.router, editors.router),
    pages=(StudioPage, CoverPage),
    sentences=SENTENCES,
    words=WORDS,
    bodies={
        "POST /lessons/{lesson_id}/cover": Body(COVER_MAX_BYTES + _FORM_BYTES, Role.LECTURER, streamed=True)
    },
    tables=(library.studio.tables,),
)
