"""征集: calls, their works, judging, results, honours and certificates."""

from __future__ import annotations

import library.calls.tables
from library.calls.queries import number_to_judge
from library.core.permits import Viewer
from server.slices.calls import api, certificates, desk, judging, making_api, results, routes
from server.slices.calls.contexts import (
    CallDeskPage,
    CallFormPage,
    CallPage,
    CallsPage,
    CertificatePage,
    CertificateSheetPage,
    EnteringPage,
    JudgingPage,
    ResultsPage,
    ScorePage,
)
from server.slices.calls.sentences import SENTENCES
from server.slices.calls.words import WORDS
from server.web.language.i18n import N_
from server.web.navigation import NavigationEntry
from server.web.slice import Slice


def signed_in(viewer: Viewer) -> bool:
    """Show an entry to whoever has an account: a judge may be anybody."""
    return viewer.signed_in


SLICE = Slice(
    name="calls",
    routers=(
        desk.router,
        routes.router,
        judging.router,
        results.router,
        certificates.router,
        api.router,
        making_api.router,
    ),
    pages=(
        CallsPage,
        CallFormPage,
        CallPage,
        EnteringPage,
        CallDeskPage,
        JudgingPage,
        ScorePage,
        ResultsPage,
        CertificatePage,
        CertificateSheetPage,
    ),
    sentences=SENTENCES,
    words=WORDS,
    navigation=(
        NavigationEntry(
            place="personal",
            rank=36,
            url="/calls",
            label=N_("征集"),
            shown_to=signed_in,
            number=number_to_judge,
        ),
    ),
    tables=(library.calls.tables,),
)
