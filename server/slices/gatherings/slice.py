"""集中学习: gatherings, their rolls, and checking in."""

from __future__ import annotations

import library.gatherings.tables
from library.core.permits import Viewer
from server.slices.gatherings import api, desk, kinds, kinds_api, rolling, routes
from server.slices.gatherings.contexts import (
    CodePage,
    GatheringPage,
    GatheringsPage,
    HerePage,
    KindsPage,
    PlanningPage,
    RollPage,
)
from server.slices.gatherings.sentences import SENTENCES
from server.slices.gatherings.words import WORDS
from server.web.language.i18n import N_
from server.web.navigation import NavigationEntry
from server.web.slice import Slice


def people(viewer: Viewer) -> bool:
    """Show an entry to whoever has an account."""
    return viewer.signed_in


SLICE = Slice(
    name="gatherings",
    routers=(kinds.router, kinds_api.router, desk.router, rolling.router, routes.router, api.router),
    pages=(GatheringsPage, GatheringPage, PlanningPage, RollPage, CodePage, HerePage, KindsPage),
    sentences=SENTENCES,
    words=WORDS,
    navigation=(
        NavigationEntry(
            place="personal", rank=20, url="/gatherings", label=N_("会议和集中学习"), shown_to=people
        ),
    ),
    tables=(library.gatherings.tables,),
)
