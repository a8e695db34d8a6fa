"""离线 on pages."""

from __future__ import annotations

from server.slices.offline import routes
from server.slices.offline.contexts import OfflinePage
from server.web.language.i18n import N_
from server.web.navigation import NavigationEntry, everybody
from server.web.slice import Slice

SLICE = Slice(
    name="offline",
    routers=(routes.router,),
    pages=(OfflinePage,),
    navigation=(
        NavigationEntry(place="personal", rank=62, url="/offline", label=N_("离线"), shown_to=everybody),
    ),
)
