"""How a secretary lets a branch in."""

from __future__ import annotations

from library.access.coming_in.queries import number_to_answer
from library.core.permits import Role, Viewer
from server.slices.invitations import api, routes
from server.slices.invitations.contexts import InvitationsPage, PosterPage, ResetPage, SheetPage
from server.slices.invitations.sentences import SENTENCES
from server.web.language.i18n import N_
from server.web.navigation import NavigationEntry
from server.web.slice import Slice


def _secretaries(viewer: Viewer) -> bool:
    return viewer.has(Role.SECRETARY)


SLICE = Slice(
    name="invitations",
    routers=(routes.router, api.router),
    pages=(InvitationsPage, SheetPage, ResetPage, PosterPage),
    sentences=SENTENCES,
    navigation=(
        NavigationEntry(
            place="main",
            rank=62,
            url="/invitations",
            label=N_("邀请"),
            shown_to=_secretaries,
            number=number_to_answer,
        ),
    ),
)
