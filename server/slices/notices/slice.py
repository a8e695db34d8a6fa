"""消息: the bell, what came, what is wanted, the API."""

from __future__ import annotations

import library.notices.tables
from library.core.permits import Viewer
from library.notices import queries
from server.slices.notices import api, push, routes
from server.slices.notices.contexts import NoticeChoicesPage, NoticesPage
from server.slices.notices.sentences import SENTENCES
from server.slices.notices.words import WORDS
from server.web.language.i18n import N_
from server.web.navigation import NavigationEntry
from server.web.slice import Slice


def people(viewer: Viewer) -> bool:
    """Show an entry to whoever has an account."""
    return viewer.signed_in


SLICE = Slice(
    name="notices",
    routers=(routes.router, push.router, api.router),
    pages=(NoticesPage, NoticeChoicesPage),
    sentences=SENTENCES,
    words=WORDS,
    navigation=(
        NavigationEntry(
            place="bell",
            rank=1,
            url="/notices",
            label=N_("消息"),
            shown_to=people,
            number=queries.number_unread,
        ),
    ),
    tables=(library.notices.tables,),
)
