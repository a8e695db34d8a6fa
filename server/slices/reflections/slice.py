"""心得体会: the editor, the list, the secretary's desk, the API."""

from __future__ import annotations

from fastapi import APIRouter

import library.reflections.tables
from library.core.permits import Role, Viewer
from library.core.rights import Act, somewhere
from library.reflections.queries import MOST_WAITING, number_to_read
from library.reflections.rules import SOUND_MAX_BYTES
from server.slices.reflections import api, desk, reading, sounds, writing
from server.slices.reflections.contexts import (
    CheckPage,
    DeskPage,
    OwnReflectionsPage,
    PastePage,
    ReflectionPage,
    ReflectionsPage,
    WritePage,
)
from server.slices.reflections.sentences import SENTENCES
from server.slices.reflections.words import WORDS
from server.web.language.i18n import N_
from server.web.limits.bodies import Body
from server.web.navigation import NavigationEntry
from server.web.slice import Slice

_AROUND = 64 * 1024
"""A multipart form around its file."""
_TEXT_BYTES = 128 * 1024
"""The longest text with its quotes, three bytes a character and some of four."""


def writers(viewer: Viewer) -> bool:
    """Show an entry to whoever has an account."""
    return viewer.signed_in


def readers(viewer: Viewer) -> bool:
    """Show an entry to those who read what was sent to some node."""
    return somewhere(viewer, Act.REFLECTION_DECIDE)


def _together(*routers: APIRouter) -> APIRouter:
    """Return routers as one that answers in their order: what has a name comes before what has an id."""
    all_of_them = APIRouter()
    for one in routers:
        all_of_them.include_router(one)
    return all_of_them


SLICE = Slice(
    name="reflections",
    routers=(_together(writing.router, desk.router, sounds.router, reading.router), api.router),
    pages=(ReflectionsPage, ReflectionPage, OwnReflectionsPage, WritePage, CheckPage, DeskPage, PastePage),
    sentences=SENTENCES,
    words=WORDS,
    navigation=(
        NavigationEntry(
            place="personal", rank=20, url="/reflections/mine", label=N_("我的心得"), shown_to=writers
        ),
        NavigationEntry(
            place="personal",
            rank=35,
            url="/reflections/desk",
            label=N_("审阅心得"),
            shown_to=readers,
            number=number_to_read,
            most=MOST_WAITING,
        ),
    ),
    bodies={
        "POST /reflections/{reflection_id}/save": Body(_TEXT_BYTES, Role.MEMBER),
        "POST /reflections/{reflection_id}/quote": Body(_TEXT_BYTES, Role.MEMBER),
        "POST /reflections/{reflection_id}/unquote": Body(_TEXT_BYTES, Role.MEMBER),
        "POST /reflections/{reflection_id}/sound": Body(
            SOUND_MAX_BYTES + _AROUND, Role.MEMBER, streamed=True
        ),
        "PUT /api/v1/reflections/{reflection_id}": Body(_TEXT_BYTES, Role.MEMBER),
    },
    tables=(library.reflections.tables,),
)
