"""Bringing recordings in: uploads, progress, cutting."""

from __future__ import annotations

import library.intake.tables
from library.core.permits import Role
from library.intake.rules import TRANSCRIPT_MAX_BYTES
from server.slices.intake import cut_editor, routes, track_choice, transcripts
from server.slices.intake.contexts import CutPage, MinePage, ProgressPage, TranscriptsPage, UploadPage
from server.slices.intake.sentences import SENTENCES, TOLD_APART
from server.slices.intake.uploads import upload_router
from server.slices.intake.words import WORDS
from server.web.language.i18n import N_
from server.web.limits.bodies import Body
from server.web.navigation import NavigationEntry, lecturers
from server.web.slice import Slice

_MULTIPART_BYTES = 64 * 1024
"""What stands around a file in a form."""
_TRANSCRIPT = Body(TRANSCRIPT_MAX_BYTES + _MULTIPART_BYTES, Role.LECTURER, streamed=True)
_CHUNK = Body(8 * 1024 * 1024 + _MULTIPART_BYTES, Role.LECTURER, streamed=True)
"""One chunk of tus, which is what proxies on the way let through."""
_CUTS = Body(256 * 1024, Role.LECTURER)

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
    bodies={
        "PATCH /tus/{uuid}": _CHUNK,
        "PUT /api/v1/lessons/{lesson_id}/transcript": _TRANSCRIPT,
        "POST /lessons/{lesson_id}/transcripts": _TRANSCRIPT,
        "PUT /api/v1/lessons/{lesson_id}/cuts": _CUTS,
    },
    tables=(library.intake.tables,),
)
