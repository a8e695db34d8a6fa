"""我的学习: one's own page, history, favourites, notes, the API."""

from __future__ import annotations

import library.marks.tables
from library.core.permits import Viewer
from server.slices.marks import api, own
from server.slices.marks.contexts import FavouritesPage, HistoryPage, LearningPage, NotesPage
from server.slices.marks.sentences import SENTENCES
from server.web.language.i18n import N_
from server.web.navigation import NavigationEntry
from server.web.slice import Slice


def people(viewer: Viewer) -> bool:
    """Show an entry to whoever has an account."""
    return viewer.signed_in


SLICE = Slice(
    name="marks",
    routers=(own.router, api.router),
    pages=(LearningPage, HistoryPage, FavouritesPage, NotesPage),
    sentences=SENTENCES,
    navigation=(
        NavigationEntry(place="personal", rank=18, url="/my-learning", label=N_("我的学习"), shown_to=people),
    ),
    tables=(library.marks.tables,),
)
