"""放映和会议记录: the big screen of a gathering, its record, and a year of them as a book."""

from __future__ import annotations

import library.records.tables
from library.core.permits import Role, Viewer
from library.core.rights import Act, somewhere
from library.records.picturing.drawing import PHOTO_BYTES
from library.records.rules import TEMPLATE_MAX_BYTES
from server.slices.screening import book, lines, photos, photos_api, record, screen
from server.slices.screening.contexts import (
    BookPage,
    BookPrintPage,
    PhotosPage,
    RecordPage,
    RecordPrintPage,
    ScreenPage,
    TemplatePage,
)
from server.slices.screening.sentences import SENTENCES
from server.slices.screening.words import WORDS
from server.web.language.i18n import N_
from server.web.limits.bodies import Body
from server.web.navigation import NavigationEntry
from server.web.slice import Slice

_FORM_BYTES = 64 * 1024
"""What stands around a file in a form."""


def keepers(viewer: Viewer) -> bool:
    """Show an entry to those who see the records of some node."""
    return somewhere(viewer, Act.RECORD_BOOK)


SLICE = Slice(
    name="screening",
    routers=(screen.router, record.router, lines.router, photos.router, photos_api.router, book.router),
    pages=(ScreenPage, RecordPage, RecordPrintPage, BookPage, BookPrintPage, TemplatePage, PhotosPage),
    sentences=SENTENCES,
    words=WORDS,
    navigation=(
        NavigationEntry(place="personal", rank=36, url="/records", label=N_("会议记录"), shown_to=keepers),
    ),
    bodies={
        **dict.fromkeys(
            ("POST /gatherings/{gathering_id}/photos", "POST /api/v1/gatherings/{gathering_id}/photos"),
            Body(PHOTO_BYTES + _FORM_BYTES, Role.MEMBER, streamed=True),
        ),
        "POST /records/{node_id}/template": Body(
            TEMPLATE_MAX_BYTES + _FORM_BYTES, Role.SECRETARY, streamed=True
        ),
    },
    tables=(library.records.tables,),
)
