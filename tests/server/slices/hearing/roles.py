"""Who gets what answer from the routes of the slice hearing."""

from __future__ import annotations

from typing import Any

from library.catalog import queries as catalog
from library.catalog import transcript_queries as given
from library.catalog.permits import LessonState
from library.catalog.rules import CueLine, CueSource, TranscriptQuality
from library.catalog.transcript_versions import NewVersion
from library.hearing import actions
from library.intake.transcripts import taking
from library.intake.transcripts.aligning import Place, Places
from library.intake.transcripts.repairing import Repaired
from library.intake.transcripts.taking import Words
from tests.server.conftest import Shelf
from tests.server.role_table import EVERYBODY, OWNER_DOES, OWNER_SEES, Ask, Case, published

NOTHING_TO_HEAR = "404 404 409 404 409 409"
"""A lesson without a recording: who may ask is told so."""
NO_ANSWER = "404 404 204 404 204 204"
HEARD = CueLine(0.5, 3.0, "学习三会一课", source=CueSource.RECOGNISED, confidence=0.8)


def asked(form: bool = False) -> Ask:
    """Ask about a recognition that waits."""

    def ask(shelf: Shelf) -> dict[str, Any]:
        lesson = shelf.lesson(recording="ready").lesson
        ports = shelf.served.ports
        with ports.db.write() as session:
            actions.want(session, lesson, None, ports.clock())
        return {"lesson_id": lesson, **({"form": {}} if form else {})}

    return ask


def aligned(**said: Any) -> Ask:
    """Ask about a text that lies where it is said, and a line beyond it."""

    def ask(shelf: Shelf) -> dict[str, Any]:
        lesson_id = shelf.lesson().lesson
        ports = shelf.served.ports
        with ports.db.write() as session:
            lesson = catalog.lesson(session, lesson_id)
            words = Words(False, (CueLine(None, None, "同志们好"),))
            n = taking.take(session, lesson, words, ports.clock(), replace=True).version.n
            places = Places((Place(1.0, 2.0, 1.0),), (HEARD,))
            taking.place(session, lesson, n, places, ports.clock())
        return {"lesson_id": lesson_id, "n": n, **said}

    return ask


def repaired(**said: Any) -> Ask:
    """Ask about a recognised transcript in which a word was repaired."""

    def ask(shelf: Shelf) -> dict[str, Any]:
        lesson_id = shelf.lesson().lesson
        ports = shelf.served.ports
        repair = Repaired(0, 2, "三会议课", "三会一课", 1.0).to_json()
        new = NewVersion(TranscriptQuality.RECOGNISED, [HEARD], repairs=[repair])
        with ports.db.write() as session:
            lesson = catalog.lesson(session, lesson_id)
            n = taking.take_heard(session, lesson, None, new, ports.clock()).n
            assert given.version(session, lesson_id, n).repairs
        return {"lesson_id": lesson_id, "n": n, "k": 0, **said}

    return ask


def private(shelf: Shelf) -> dict[str, Any]:
    """Ask for what is said in a draft."""
    return {"lesson_id": shelf.lesson(LessonState.DRAFT).lesson}


LECTURERS_API = "401 403 200 200 200 200"

CASES = [
    Case("POST /account/speech", "401 403 303 303 303 303", lambda shelf: {"form": {"choice": "always"}}),
    Case("GET /api/v1/account/speech", LECTURERS_API),
    Case("PUT /api/v1/account/speech", LECTURERS_API, lambda shelf: {"json": {"choice": "on-request"}}),
    Case("GET /api/v1/lessons/{lesson_id}/transcript", OWNER_SEES, private),
    Case("GET /api/v1/lessons/{lesson_id}/transcript", EVERYBODY, published(), name="published"),
    Case("GET /api/v1/lessons/{lesson_id}/recognition", OWNER_SEES, asked()),
    Case("POST /api/v1/lessons/{lesson_id}/recognition", NOTHING_TO_HEAR, private),
    Case("POST /api/v1/lessons/{lesson_id}/recognition/cancel", OWNER_SEES, asked()),
    Case("POST /api/v1/lessons/{lesson_id}/transcripts/{n}/beyond", NO_ANSWER, aligned(json={"lines": [0]})),
    Case("POST /api/v1/lessons/{lesson_id}/transcripts/{n}/repairs/{k}/undo", NO_ANSWER, repaired(json={})),
    Case(
        "POST /lessons/{lesson_id}/recognition", NOTHING_TO_HEAR, lambda shelf: {**private(shelf), "form": {}}
    ),
    Case("POST /lessons/{lesson_id}/recognition/cancel", OWNER_DOES, asked(form=True)),
    Case("POST /lessons/{lesson_id}/transcripts/{n}/beyond", OWNER_DOES, aligned(form={"take": "all"})),
    Case("POST /lessons/{lesson_id}/transcripts/{n}/repairs/{k}/undo", OWNER_DOES, repaired(form={})),
]
