"""刷课 on a page."""

from __future__ import annotations

from server.slices.swiping import routes
from server.slices.swiping.contexts import SwipePage
from server.slices.swiping.words import WORDS
from server.web.language.i18n import N_
from server.web.navigation import NavigationEntry, everybody
from server.web.slice import Slice

SLICE = Slice(
    name="swiping",
    routers=(routes.router,),
    pages=(SwipePage,),
    words=WORDS,
    navigation=(NavigationEntry(place="main", rank=12, url="/feed", label=N_("刷课"), shown_to=everybody),),
)
