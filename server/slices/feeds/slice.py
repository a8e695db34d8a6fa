"""订阅: calendars and feeds, and the page of their addresses."""

from __future__ import annotations

from library.core.permits import Viewer
from server.slices.feeds import feeds, gatherings, page, reflections
from server.slices.feeds.contexts import FeedsPage
from server.slices.feeds.sentences import SENTENCES
from server.slices.feeds.words import WORDS
from server.web.language.i18n import N_
from server.web.navigation import NavigationEntry
from server.web.slice import Slice


def people(viewer: Viewer) -> bool:
    """Show an entry to whoever has an account."""
    return viewer.signed_in


SLICE = Slice(
    name="feeds",
    routers=(page.router, feeds.router, gatherings.router, reflections.router),
    pages=(FeedsPage,),
    sentences=SENTENCES,
    words=WORDS,
    navigation=(
        NavigationEntry(
            place="personal", rank=60, url="/account/feeds", label=N_("订阅到日历和播客"), shown_to=people
        ),
    ),
)
