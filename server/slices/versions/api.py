"""What was published of a lesson, and what waits to be, under /api/v1."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from library.catalog import queries as catalog
from library.catalog.permits import Action, may
from library.core.errors import NotFound
from library.review import actions as review
from library.versions import actions, queries
from library.versions.actions import Saved
from library.versions.queries import Version, Waiting
from library.versions.rules import Origin
from server.web.deps import ClockDep, Reading, WhoDep, Writing
from server.web.limits.fields import BlockText

router = APIRouter(prefix="/api/v1", tags=["review"])

Number = Annotated[int, Path(ge=1, lt=2**31)]
SeenQuery = Annotated[int | None, Query(ge=0, lt=2**31)]


class VersionOut(BaseModel):
    """A version that was published; `who` is "" for the machine and for whoever is gone."""

    n: int
    at: datetime
    who: str
    origin: Origin
    why: str


class OneVersionOut(VersionOut):
    """A version with everything that viewers saw of it."""

    snapshot: dict[str, Any]


class VersionsOut(BaseModel):
    """The versions of a lesson that were published, newest first."""

    versions: list[VersionOut]


class DraftOut(BaseModel):
    """What waits to be published: the fields that are to be other than what viewers see. Of what stands
    beside them `cover` is the lesson's ("" for the usual picture), `posters` are clips with theirs,
    `materials_in`, `materials_out`, `honours_in` and `honours_out` the ids of what comes and goes.

    `words` is the number of the transcript that waits, if one does. `seen` goes back where the draft is
    published or given up, `fields_seen` where its fields are changed (`draft_seen`) or an old version is
    taken up: then nobody publishes or overwrites what they have not seen.
    """

    values: dict[str, str | list[str]]
    words: int | None
    seen: int
    fields_seen: int
    based_on: int
    restored: int | None
    who: str
    begun_at: datetime
    changed_at: datetime


class RestoredOut(BaseModel):
    """What waits now; null where viewers see that old version already."""

    draft: DraftOut | None


class PublishDraft(BaseModel):
    """Why a draft is published, and which was seen (DraftOut.seen)."""

    note: BlockText = ""
    seen: int | None = Field(default=None, ge=0, lt=2**31)


def _version(one: Version) -> VersionOut:
    return VersionOut(n=one.n, at=one.at, who=one.who, origin=one.origin, why=one.why)


def _draft(waiting: Waiting, seen: int, fields_seen: int) -> DraftOut:
    return DraftOut(
        values={
            name: value if isinstance(value, str) else list(value) for name, value in waiting.values.items()
        },
        words=waiting.words,
        seen=seen,
        fields_seen=fields_seen,
        based_on=waiting.based_on,
        restored=waiting.restored,
        who=waiting.who,
        begun_at=waiting.begun_at,
        changed_at=waiting.changed_at,
    )


@router.get("/lessons/{lesson_id}/versions")
def list_versions(session: Reading, who: WhoDep, lesson_id: str) -> VersionsOut:
    """The versions of a lesson that were published (its owner, who publishes)."""
    lesson = catalog.lesson_for(session, who.viewer, lesson_id, Action.VERSIONS)
    return VersionsOut(versions=[_version(one) for one in queries.versions(session, lesson.id)])


@router.get("/lessons/{lesson_id}/versions/{n}")
def get_version(session: Reading, who: WhoDep, lesson_id: str, n: Number) -> OneVersionOut:
    """One version, and everything that viewers saw of it (its owner, who publishes)."""
    lesson = catalog.lesson_for(session, who.viewer, lesson_id, Action.VERSIONS)
    version, snapshot = queries.version(session, lesson.id, n)
    return OneVersionOut(**_version(version).model_dump(), snapshot=snapshot.to_json())


@router.post("/lessons/{lesson_id}/versions/{n}/restore")
def restore_version(
    session: Writing, who: WhoDep, clock: ClockDep, lesson_id: str, n: Number, seen: SeenQuery = None
) -> RestoredOut:
    """Take what people had typed of an old version, its cover and its materials up as the draft (its owner,
    the staff); its honours where you may give them."""
    lesson = catalog.lesson_for(session, who.viewer, lesson_id, Action.EDIT)
    honours = may(who.viewer, Action.HONOUR, catalog.facts(lesson))
    saved = actions.restore(session, lesson, n, who.viewer.person_id, clock(), seen=seen, honours=honours)
    return RestoredOut(draft=_waiting(session, lesson_id) if saved is Saved.DRAFT else None)


@router.get("/lessons/{lesson_id}/draft")
def get_draft(session: Reading, who: WhoDep, lesson_id: str) -> DraftOut:
    """What waits to be published of a lesson (its owner, who publishes)."""
    lesson = catalog.lesson_for(session, who.viewer, lesson_id, Action.VERSIONS)
    return _waiting(session, lesson.id)


def _waiting(session: Session, lesson_id: str) -> DraftOut:
    waiting = queries.draft(session, lesson_id)
    if waiting is None:
        raise NotFound("draft_none")
    seen = queries.standing_whole(session, lesson_id)
    return _draft(waiting, seen, queries.standing(session, lesson_id))


@router.post("/lessons/{lesson_id}/draft/publish")
def publish_draft(
    session: Writing, who: WhoDep, clock: ClockDep, lesson_id: str, body: PublishDraft
) -> VersionOut:
    """Let the draft of a lesson be what viewers see (who publishes); the version that came of it."""
    catalog.lesson_for(session, who.viewer, lesson_id, Action.PUBLISH)
    if queries.draft(session, lesson_id) is None:
        raise NotFound("draft_none")
    review.publish(session, who.viewer, lesson_id, body.note, clock(), seen=body.seen)
    return _version(queries.versions(session, lesson_id)[0])


@router.delete("/lessons/{lesson_id}/draft", status_code=204)
def discard_draft(
    session: Writing, who: WhoDep, clock: ClockDep, lesson_id: str, seen: SeenQuery = None
) -> None:
    """Give the draft of a lesson up (its owner, the staff)."""
    lesson = catalog.lesson_for(session, who.viewer, lesson_id, Action.EDIT)
    actions.discard(session, lesson, who.viewer.person_id, clock(), seen=seen)
