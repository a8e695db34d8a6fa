"""学习档案: members' own records, the secretary's desk, the rules."""

from __future__ import annotations

import library.books.tables
import library.evidence.tables
from library.core.permits import Viewer
from server.slices.books import api, desk, own, routes, rules_desk
from server.slices.books.contexts import (
    BranchPage,
    ConfirmPage,
    HoursFormPage,
    HoursPage,
    LearningPage,
    PracticesPage,
    SheetPage,
    StudiesPage,
    StudyPage,
)
from server.slices.books.sentences import SENTENCES
from server.slices.books.words import WORDS
from server.web.language.i18n import N_
from server.web.navigation import NavigationEntry, keepers
from server.web.slice import Slice


def signed_in(viewer: Viewer) -> bool:
    """Show an entry to whoever has an account."""
    return viewer.signed_in


SLICE = Slice(
    name="books",
    routers=(routes.router, own.router, desk.router, rules_desk.router, api.router),
    pages=(
        LearningPage,
        SheetPage,
        StudiesPage,
        StudyPage,
        PracticesPage,
        BranchPage,
        ConfirmPage,
        HoursPage,
        HoursFormPage,
    ),
    sentences=SENTENCES,
    words=WORDS,
    navigation=(
        NavigationEntry(place="personal", rank=20, url="/learning", label=N_("学习档案"), shown_to=signed_in),
        NavigationEntry(
            place="personal", rank=35, url="/learning/branch", label=N_("支部学时账"), shown_to=keepers
        ),
    ),
    tables=(library.books.tables, library.evidence.tables),
)
