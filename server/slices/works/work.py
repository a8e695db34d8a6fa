"""What belongs to a lesson: honours that the staff note, materials that its lecturer adds."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, File, UploadFile
from starlette.responses import Response

from library.catalog.permits import Action
from library.core.text import required_line
from library.versions import belongings
from library.versions.actions import Saved
from library.works import files, honours, sites
from library.works.files import Stored
from library.works.formats import CERTIFICATES, FileFormat
from library.works.rules import (
    AWARD_MAX,
    CERTIFICATE_MAX_BYTES,
    MATERIAL_MAX_BYTES,
    honour_level,
    honour_year,
)
from server.slices.works.receiving import ReceivingDep
from server.slices.works.work_desk import WorkDeskDep
from server.web.deps import DatabaseDep, Reading
from server.web.limits.fields import LineForm, WordForm

router = APIRouter(include_in_schema=False)

Brought = Annotated[UploadFile | None, File()]


@router.get("/lessons/{lesson_id}/works")
def work(desk: WorkDeskDep, session: Reading, lesson_id: str) -> Response:
    """What belongs to a lesson, for those who work on it."""
    return desk.page(session, lesson_id)


@router.post("/lessons/{lesson_id}/honours")
def grant(
    desk: WorkDeskDep,
    db: DatabaseDep,
    receiving: ReceivingDep,
    lesson_id: str,
    award: LineForm = "",
    level: WordForm = "",
    year: WordForm = "",
    body: LineForm = "",
    file: Brought = None,
) -> Response:
    """Note an honour, perhaps with its certificate (the staff)."""
    title = desk.check(lesson_id, Action.HONOUR)

    def act() -> Saved:
        required_line(award, "award", AWARD_MAX)  # before a file is looked into
        what = honours.Awarded(award, honour_level(level), honour_year(year, desk.this_year), body)
        stored: Stored | None = None
        if file is not None and (file.filename or file.size):
            stored = receiving.take(
                file,
                lesson_id,
                most_bytes=CERTIFICATE_MAX_BYTES,
                accepted=CERTIFICATES,
                refusal="certificate_type",
                otherwise=title,
            )
        kept = False
        try:
            with db.write() as session:
                row, saved = belongings.grant(
                    session, desk.viewer, lesson_id, what, desk.clock(), certified=stored is not None
                )
                if stored is not None and row.certificate is None:
                    files.add_certificate(session, desk.viewer, row, stored, desk.clock())
                    kept = True
        except BaseException:
            kept = False
            raise
        finally:
            if stored is not None and not kept:
                receiving.give_back(lesson_id, stored.id)
        return saved

    typed = {"award": award, "level": level, "year": year, "body": body}
    return desk.change(lesson_id, act, "honour", "honour_noted", **typed)


@router.post("/lessons/{lesson_id}/honours/{honour_id}/remove")
def take_back(
    desk: WorkDeskDep, db: DatabaseDep, lesson_id: str, honour_id: str, back: WordForm = ""
) -> Response:
    """Take an honour away that was noted by mistake, or let it stay after all (the staff)."""

    def act() -> Saved:
        with db.write() as session:
            return belongings.take_back(
                session, desk.viewer, lesson_id, honour_id, desk.clock(), back=back == "yes"
            )

    return desk.change(lesson_id, act, "honours", "saved")


@router.post("/lessons/{lesson_id}/site")
def hold_at(desk: WorkDeskDep, db: DatabaseDep, lesson_id: str, site: LineForm = "") -> Response:
    """Note where a lesson was held (its owner, the staff)."""

    def act() -> None:
        with db.write() as session:
            sites.hold_at(session, desk.viewer, lesson_id, site)

    return desk.change(lesson_id, act, "site", "saved", site=site)


@router.post("/lessons/{lesson_id}/materials")
def add(
    desk: WorkDeskDep, db: DatabaseDep, receiving: ReceivingDep, lesson_id: str, file: Brought = None
) -> Response:
    """Add a material (its owner, the staff)."""
    title = desk.check(lesson_id, Action.EDIT)

    def act() -> Saved:
        with db.read() as session:
            belongings.check_room(session, desk.viewer, lesson_id)
        stored = receiving.take(
            file,
            lesson_id,
            most_bytes=MATERIAL_MAX_BYTES,
            accepted=frozenset(FileFormat),
            refusal="material_type",
            otherwise=title,
        )
        kept = False
        try:
            with db.write() as session:
                row, saved = belongings.add_material(session, desk.viewer, lesson_id, stored, desk.clock())
                mine = row.id == stored.id
            kept = mine
        finally:
            if not kept:
                receiving.give_back(lesson_id, stored.id)
        return saved

    return desk.change(lesson_id, act, "material", "material_added")


@router.post("/lessons/{lesson_id}/materials/{file_id}/remove")
def remove(desk: WorkDeskDep, db: DatabaseDep, lesson_id: str, file_id: str, back: WordForm = "") -> Response:
    """Take a material away, or let it stay after all (its owner, the staff)."""

    def act() -> Saved:
        with db.write() as session:
            return belongings.remove_material(
                session, desk.viewer, lesson_id, file_id, desk.clock(), back=back == "yes"
            )

    return desk.change(lesson_id, act, "materials", "deleted")
