"""Works on pages and under /api/v1."""

from __future__ import annotations

import library.works.tables
from library.core.permits import Role
from library.works.rules import CERTIFICATE_MAX_BYTES, MATERIAL_MAX_BYTES, PICTURE_MAX_BYTES
from server.slices.works import about, about_desk, api, downloads, series, sites, work
from server.slices.works.contexts import (
    AboutEditPage,
    AboutPage,
    SeriesListPage,
    SeriesPage,
    SitePage,
    SitesPage,
    WorkPage,
)
from server.slices.works.sentences import SENTENCES
from server.slices.works.words import WORDS
from server.web.language.i18n import N_
from server.web.limits.bodies import Body
from server.web.navigation import NavigationEntry, everybody
from server.web.slice import Slice

_FORM_BYTES = 64 * 1024
"""What stands around a file in a form."""

SLICE = Slice(
    name="works",
    routers=(
        series.router,
        sites.router,
        about_desk.router,
        about.router,
        work.router,
        downloads.router,
        api.router,
    ),
    pages=(SeriesListPage, SeriesPage, WorkPage, SitesPage, SitePage, AboutPage, AboutEditPage),
    sentences=SENTENCES,
    words=WORDS,
    navigation=(
        NavigationEntry(place="main", rank=22, url="/series", label=N_("系列"), shown_to=everybody),
        NavigationEntry(place="main", rank=24, url="/sites", label=N_("基地"), shown_to=everybody),
    ),
    bodies={
        "POST /lecturers/{lecturer_id}/about": Body(
            PICTURE_MAX_BYTES + _FORM_BYTES, Role.STAFF, streamed=True
        ),
        "POST /topics/{topic_id}/about": Body(PICTURE_MAX_BYTES + _FORM_BYTES, Role.STAFF, streamed=True),
        "POST /lessons/{lesson_id}/materials": Body(
            MATERIAL_MAX_BYTES + _FORM_BYTES, Role.LECTURER, streamed=True
        ),
        "POST /lessons/{lesson_id}/honours": Body(
            CERTIFICATE_MAX_BYTES + _FORM_BYTES, Role.STAFF, streamed=True
        ),
    },
    tables=(library.works.tables,),
)
