"""The page of a record, its paper, and the forms by which it is signed and added to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.core.clock import CHINA
from library.core.errors import Conflict, Forbidden, Invalid
from library.gatherings.showings import queries as showings
from library.organisation import queries as organisation
from library.records import actions, permits, photos, queries
from library.records.actions import Desk
from library.records.rules import ADDITION_MAX, LINE_MAX, SPEAKER_MAX, RecordState, SignerRole
from server.slices.screening.contexts import RecordPage, RecordPrintPage
from server.slices.screening.presenting import (
    DOCX,
    emblem_of,
    kind_of,
    line_views,
    paper_of,
    photo_views,
    record_view,
    to_read,
)
from server.web.deps import (
    ClockDep,
    DatabaseDep,
    InForceDep,
    PagesDep,
    Reading,
    RecordsDep,
    SettingsDep,
    SignedIn,
)
from server.web.errors import status_of
from server.web.limits.fields import BlockForm, WordForm
from server.web.pages import reason
from server.web.parts import RefusedForm

router = APIRouter(include_in_schema=False)

_REFUSALS = (Invalid, Conflict, Forbidden)


class RecordDesk:
    """Shows a record, and what was refused with what was typed."""

    def __init__(
        self,
        request: Request,
        who: SignedIn,
        pages: PagesDep,
        clock: ClockDep,
        db: DatabaseDep,
        settings: SettingsDep,
    ) -> None:
        self._request, self._who, self._pages, self._clock, self._db = request, who, pages, clock, db
        self._settings = settings

    def page(
        self, session: Session, gathering_id: str, refused: RefusedForm | None = None, status: int = 200
    ) -> Response:
        """Return the page of a record."""
        viewer = self._who.viewer
        reading, facts = to_read(session, viewer, gathering_id, self._settings)
        gathering = reading.gathering
        rooms = showings.rooms(session, gathering_id) if permits.may_show(viewer, facts) else ()
        content = reading.content
        there = [*content.present, *content.guests, *content.exempt]
        context = RecordPage(
            frame=self._pages.frame(self._request, session, self._who),
            record=record_view(reading, facts, viewer),
            gathering_state=gathering.state,
            node_id=gathering.node_id,
            lines=line_views(session, gathering_id),
            version=reading.version,
            digest=reading.digest,
            unresolved=reading.unresolved,
            may_write=permits.may_write(viewer, facts),
            may_see_book=permits.may_see_book(viewer, facts.path),
            year=gathering.starts_at.astimezone(CHINA).year,
            rooms=tuple((one.n, one.place) for one in rooms),
            names=tuple(dict.fromkeys([content.chair, *(one.name for one in there)])),
            limits=(SPEAKER_MAX, LINE_MAX, ADDITION_MAX),
            refused=refused,
        )
        return self._pages.respond(self._request, self._who, context, status)

    def change(
        self,
        gathering_id: str,
        form: str,
        act: Callable[[Session, Desk], str],
        **typed: str,
    ) -> Response:
        """Change something; `act` returns what is said of it. Then the page again."""
        try:
            with self._db.write() as session:
                gathering = queries.gathering(session, gathering_id)
                done = act(session, Desk(self._who.viewer, self._clock(), kind_of(gathering, self._settings)))
        except _REFUSALS as error:
            refused = RefusedForm(form=form, typed=typed, reason=reason(error))
            with self._db.read() as session:
                return self.page(session, gathering_id, refused, status_of(error))
        return self._pages.redirect(f"/gatherings/{gathering_id}/record", done)


RecordDeskDep = Annotated[RecordDesk, Depends()]


@router.get("/gatherings/{gathering_id}/record")
def record(desk: RecordDeskDep, session: Reading, gathering_id: str) -> Response:
    """The record of a gathering: what assembled itself, and what people write."""
    return desk.page(session, gathering_id)


@router.post("/gatherings/{gathering_id}/record/sign")
def sign(desk: RecordDeskDep, gathering_id: str, role: WordForm = "", digest: WordForm = "") -> Response:
    """Sign what was read; with the second signature it is closed."""

    def act(session: Session, at: Desk) -> str:
        state = actions.sign(session, at, gathering_id, _role(role), digest)
        return "record_locked_done" if state is RecordState.LOCKED else "record_signed_done"

    return desk.change(gathering_id, "sign", act)


@router.post("/gatherings/{gathering_id}/record/take-back")
def take_back(desk: RecordDeskDep, gathering_id: str, role: WordForm = "") -> Response:
    """Take one's signature back, so that the record can be written on."""

    def act(session: Session, at: Desk) -> str:
        actions.take_back(session, at, gathering_id, _role(role))
        return "record_taken_back"

    return desk.change(gathering_id, "sign", act)


@router.post("/gatherings/{gathering_id}/record/add")
def add(desk: RecordDeskDep, gathering_id: str, text: BlockForm = "") -> Response:
    """Add something to a record that is closed."""

    def act(session: Session, at: Desk) -> str:
        actions.add(session, at, gathering_id, text)
        return "record_added"

    return desk.change(gathering_id, "add", act, text=text)


@router.get("/gatherings/{gathering_id}/record/print")
def paper(
    request: Request,
    session: Reading,
    who: SignedIn,
    pages: PagesDep,
    settings: SettingsDep,
    gathering_id: str,
) -> Response:
    """The record as it is printed."""
    reading, facts = to_read(session, who.viewer, gathering_id, settings)
    context = RecordPrintPage(
        frame=pages.frame(request, session, who),
        record=replace(
            record_view(reading, facts, who.viewer), photos=photo_views(session, reading.gathering.id)
        ),
    )
    return pages.respond(request, who, context)


@router.get("/gatherings/{gathering_id}/record.docx")
def docx(
    db: DatabaseDep,
    who: SignedIn,
    records: RecordsDep,
    settings: SettingsDep,
    in_force: InForceDep,
    gathering_id: str,
) -> Response:
    """The record as a Word document, with the template of its node."""
    with db.read() as session:
        reading, _facts = to_read(session, who.viewer, gathering_id, settings)
        node = organisation.node(session, reading.gathering.node_id)
        found = queries.template_of(session, node)
        template = found[0].data if found else b""
        pictures = [(one.caption, one.data) for one in photos.of(session, gathering_id)]
        paper = paper_of(reading, pictures, emblem_of(session, in_force))
        name = f"{reading.content.began[:10]} {reading.content.title}"
    written = records.one(paper, template, person_id=who.viewer.person_id)
    return as_docx(written, name)


def as_docx(written: bytes, name: str) -> Response:
    """Return a Word document as a file to keep, called `name`."""
    quoted = quote(f"{' '.join(name.replace('/', ' ').split())}.docx", safe="")
    headers = {
        "content-disposition": f"attachment; filename=\"weike-record.docx\"; filename*=UTF-8''{quoted}",
        "cache-control": "no-store",
    }
    return Response(written, media_type=DOCX, headers=headers)


def _role(text: str) -> SignerRole:
    if text not in set(SignerRole):
        raise Invalid("record_role", field="role")
    return SignerRole(text)
