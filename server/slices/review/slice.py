"""What waits for the staff."""

from __future__ import annotations

import library.review.tables
from server.slices.review import routes
from server.slices.review.contexts import ReviewPage
from server.slices.review.sentences import SENTENCES
from server.slices.review.words import WORDS
from server.web.language.i18n import N_
from server.web.navigation import NavigationEntry, reviewers
from server.web.slice import Slice

SLICE = Slice(
    name="review",
    routers=(routes.router,),
    pages=(ReviewPage,),
    sentences=SENTENCES,
    words=WORDS,
    navigation=(
        NavigationEntry(
            place="main",
            rank=50,
            url="/review",
            label=N_("待发布"),
            shown_to=reviewers,
            number=routes.number_waiting,
            most=routes.COUNTED_MOST,
        ),
    ),
    tables=(library.review.tables,),
)
