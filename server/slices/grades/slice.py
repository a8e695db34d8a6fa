"""评定: one's own grades, a branch's month and year, rule sets under 减负."""

from __future__ import annotations

import library.grades.tables
from library.core.permits import Viewer
from library.core.rights import Act, somewhere
from library.grades.queries import number_waiting
from server.slices.grades import api, desk, one, routes, ruling
from server.slices.grades.contexts import (
    GradePage,
    GradesDeskPage,
    GradesYearPage,
    OwnGradesPage,
    RulesFormPage,
    RulesPage,
    TrialPage,
)
from server.slices.grades.sentences import SENTENCES
from server.slices.grades.words import WORDS
from server.web.language.i18n import N_
from server.web.navigation import NavigationEntry
from server.web.slice import Slice


def members(viewer: Viewer) -> bool:
    """Show an entry to whoever has an account."""
    return viewer.signed_in


def keepers(viewer: Viewer) -> bool:
    """Show an entry to those who keep the grades of some node."""
    return somewhere(viewer, Act.GRADES_KEEP)


SLICE = Slice(
    name="grades",
    routers=(desk.router, ruling.router, one.router, routes.router, api.router),
    pages=(
        OwnGradesPage,
        GradesDeskPage,
        GradePage,
        RulesPage,
        RulesFormPage,
        TrialPage,
        GradesYearPage,
    ),
    sentences=SENTENCES,
    words=WORDS,
    navigation=(
        NavigationEntry(place="personal", rank=38, url="/grades", label=N_("我的评定"), shown_to=members),
        NavigationEntry(
            place="personal",
            rank=39,
            url="/grades/desk",
            label=N_("支部评定"),
            shown_to=keepers,
            number=number_waiting,
        ),
    ),
    tables=(library.grades.tables,),
)
