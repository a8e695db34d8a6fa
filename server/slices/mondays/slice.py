"""每周学习: the week of a branch, and the branches of whoever looks after them."""

from __future__ import annotations

from library.core.permits import Viewer
from library.core.rights import Act, somewhere
from server.slices.mondays import routes
from server.slices.mondays.contexts import MondayPage, MondaySheet, MondaysPage
from server.slices.mondays.words import WORDS
from server.web.language.i18n import N_
from server.web.navigation import NavigationEntry
from server.web.slice import Slice


def keepers_of_weeks(viewer: Viewer) -> bool:
    """Show an entry to those who look after branches."""
    return somewhere(viewer, Act.WEEK_PLAN)


SLICE = Slice(
    name="mondays",
    routers=(routes.router,),
    pages=(MondaysPage, MondayPage, MondaySheet),
    words=WORDS,
    navigation=(
        NavigationEntry(
            place="personal", rank=33, url="/mondays", label=N_("各支部本周学习"), shown_to=keepers_of_weeks
        ),
    ),
)
