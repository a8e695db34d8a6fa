"""Bringing recordings in: uploads, progress, cutting."""

from __future__ import annotations

import library.intake.tables
from server.slices.intake import cut_editor, routes, track_choice, transcripts
from server.slices.intake.contexts import CutPage, MinePage, ProgressPage, TranscriptsPage, UploadPage
from server.slices.intake.sentences import SENTENCES, TOLD_APART
from server.slices.intake.uploads import upload_router
from server.slices.intake.words import WORDS
from server.web.language.i18n import N_
from server.web.navigation import NavigationEntry, lecturers
from server.web.slice import Slice

SLICE = Slice(
    name="intake",
    routers=(routes.router, cut_editor.router, track_choice.router, transcripts.router),
    built_routers=(upload_router,),
    pages=(UploadPage, ProgressPage, CutPage, TranscriptsPage, MinePage),
    sentences=SENTENCES,
    told_apart=TOLD_APART,
    words=WORDS,
    navigation=(
        NavigationEntry(place="main", rank=30, url="/upload", label=N_("上传"), shown_to=lecturers),
        NavigationEntry(place="main", rank=40, url="/mine", label=N_("我的课程"), shown_to=lecturers),
    ),
    tables=(library.intake.tables,),
)
