"""Pages of what was published of a lesson, and of what waits to be."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Path, Query
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.catalog import queries as catalog
from library.catalog.permits import Action, may
from library.review import actions as review
from library.versions import actions
from library.versions.actions import Saved
from server.slices.versions.desk import VersionDeskDep
from server.web.deps import Reading
from server.web.limits.fields import BlockForm, WordQuery
from server.web.parts import RefusedForm

router = APIRouter(include_in_schema=False)

Number = Annotated[int, Path(ge=1, lt=2**31)]
Seen = Annotated[int, Form(ge=0, lt=2**31)]


@router.get("/lessons/{lesson_id}/versions")
def versions(desk: VersionDeskDep, session: Reading, lesson_id: str) -> Response:
    """Everything that was published of a lesson, and every decision, with who and why."""
    return desk.versions(session, lesson_id)


@router.get("/lessons/{lesson_id}/versions/{n}")
def version(
    desk: VersionDeskDep,
    session: Reading,
    lesson_id: str,
    n: Number,
    against: Annotated[int | None, Query(ge=0, lt=2**31)] = None,
    words: WordQuery = "",
) -> Response:
    """One version to read, and how it differs from another."""
    return desk.version(session, lesson_id, n, against, words == "yes")


@router.post("/lessons/{lesson_id}/versions/{n}/restore")
def restore(desk: VersionDeskDep, lesson_id: str, n: Number, seen: Seen) -> Response:
    """Take an old version up as the draft (owner, staff)."""

    def act(session: Session) -> str:
        lesson = catalog.lesson_for(session, desk.viewer, lesson_id, Action.EDIT)
        honours = may(desk.viewer, Action.HONOUR, catalog.facts(lesson))
        saved = actions.restore(
            session, lesson, n, desk.viewer.person_id, desk.clock(), seen=seen, honours=honours
        )
        return "version_taken_up" if saved is Saved.DRAFT else "draft_same"

    def again(session: Session, refused: RefusedForm, status: int) -> Response:
        return desk.version(session, lesson_id, n, None, refused=refused, status=status)

    return desk.change(act, again, "restore", f"/lessons/{lesson_id}/draft")


@router.get("/lessons/{lesson_id}/draft")
def draft(desk: VersionDeskDep, session: Reading, lesson_id: str) -> Response:
    """What waits to be published of a lesson, beside what viewers see."""
    return desk.draft(session, lesson_id)


@router.post("/lessons/{lesson_id}/draft/publish")
def publish(desk: VersionDeskDep, lesson_id: str, seen: Seen, note: BlockForm = "") -> Response:
    """Let a draft be what viewers see (who publishes)."""

    def act(session: Session) -> str:
        review.publish(session, desk.viewer, lesson_id, note, desk.clock(), seen=seen)
        return "draft_published"

    def again(session: Session, refused: RefusedForm, status: int) -> Response:
        return desk.draft(session, lesson_id, refused, status)

    return desk.change(act, again, "publish", f"/lessons/{lesson_id}", note=note)


@router.post("/lessons/{lesson_id}/draft/discard")
def discard(desk: VersionDeskDep, lesson_id: str, seen: Seen) -> Response:
    """Give a draft up (owner, staff)."""

    def act(session: Session) -> str:
        lesson = catalog.lesson_for(session, desk.viewer, lesson_id, Action.EDIT)
        actions.discard(session, lesson, desk.viewer.person_id, desk.clock(), seen=seen)
        return "draft_discarded"

    def again(session: Session, refused: RefusedForm, status: int) -> Response:
        return desk.draft(session, lesson_id, refused, status)

    return desk.change(act, again, "discard", f"/lessons/{lesson_id}")
