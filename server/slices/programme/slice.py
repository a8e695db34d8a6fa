"""每周主题: the weeks, and the desk where they are planned."""

from __future__ import annotations

import library.programme.tables
from library.core.permits import Viewer
from library.core.rights import Act, somewhere
from server.slices.programme import api, desk, routes, together
from server.slices.programme.contexts import (
    PlanPage,
    ProgrammePage,
    TogetherDonePage,
    TogetherPage,
    TogetherPreview,
    WeekPage,
    WeeksPage,
)
from server.slices.programme.sentences import SENTENCES
from server.slices.programme.words import WORDS
from server.web.language.i18n import N_
from server.web.navigation import NavigationEntry, everybody
from server.web.slice import Slice


def planners(viewer: Viewer) -> bool:
    """Show an entry to those who plan the weeks of some node."""
    return somewhere(viewer, Act.WEEK_PLAN)


SLICE = Slice(
    name="programme",
    routers=(routes.router, together.router, desk.router, api.router),
    pages=(WeeksPage, WeekPage, ProgrammePage, PlanPage, TogetherPage, TogetherPreview, TogetherDonePage),
    sentences=SENTENCES,
    words=WORDS,
    navigation=(
        NavigationEntry(place="main", rank=15, url="/weeks", label=N_("每周主题"), shown_to=everybody),
        NavigationEntry(
            place="personal", rank=34, url="/programme", label=N_("安排每周主题"), shown_to=planners
        ),
    ),
    tables=(library.programme.tables,),
)
