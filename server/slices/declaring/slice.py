"""申报与审核: declarations on pages and under /api/v1."""

from __future__ import annotations

import library.declaring.tables
from library.core.permits import Viewer
from library.core.rights import Act, somewhere
from library.declaring.queries import COUNTED_MOST, number_waiting
from server.slices.declaring import api, levels, queue, routes
from server.slices.declaring.contexts import (
    BulkPage,
    DeclarationPage,
    DeclarationsPage,
    DeclarePage,
    LevelsPage,
)
from server.slices.declaring.sentences import SENTENCES
from server.slices.declaring.words import WORDS
from server.web.language.i18n import N_
from server.web.navigation import NavigationEntry, reviewers
from server.web.slice import Slice


def arrangers(viewer: Viewer) -> bool:
    """Show an entry to those who say which levels review."""
    return somewhere(viewer, Act.DECLARATION_ARRANGE)


SLICE = Slice(
    name="declaring",
    routers=(queue.router, levels.router, routes.router, api.router, api.levels_router),
    pages=(DeclarationsPage, BulkPage, DeclarationPage, DeclarePage, LevelsPage),
    sentences=SENTENCES,
    words=WORDS,
    navigation=(
        NavigationEntry(
            place="main",
            rank=51,
            url="/declarations",
            label=N_("审核"),
            shown_to=reviewers,
            number=number_waiting,
            most=COUNTED_MOST,
        ),
        NavigationEntry(place="personal", rank=36, url="/levels", label=N_("审核层级"), shown_to=arrangers),
    ),
    tables=(library.declaring.tables,),
)
