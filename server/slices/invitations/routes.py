"""The secretary's page and its forms."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.access.coming_in import joining, queries, starting
from library.access.coming_in.starting import Sheet
from library.core.days import parse_date
from library.core.errors import Invalid, NotFound
from library.people.name_rules import NameKind
from server.slices.invitations.contexts import PosterPage, ResetPage, SheetPage
from server.slices.invitations.desk import Desk, DeskDep
from server.slices.invitations.workbook import workbook
from server.web.deps import DatabaseDep, PagesDep, Reading
from server.web.files.attachments import file_name
from server.web.files.exported import noted
from server.web.files.sheets import XLSX
from server.web.limits.fields import LineForm, LineQuery, WordForm
from server.web.routing.reading import reads
from server.web.shown.sharing import qr_path

router = APIRouter(include_in_schema=False)


@router.get("/invitations", dependencies=[reads("people_list")])
def invitations(desk: DeskDep, session: Reading, node: LineQuery = "") -> Response:
    """The people of a node, and how they come in."""
    return desk.page(session, node)


@router.post("/invitations/{node_id}/sheet")
def sheet(
    desk: DeskDep,
    db: DatabaseDep,
    pages: PagesDep,
    node_id: str,
    who: WordForm = "all",
    form: WordForm = "page",
) -> Response:
    """Make the cards of a branch, shown this once: as a page to print, or as a workbook."""

    def act(session: Session) -> Response:
        if who not in ("all", "new") or form not in ("page", "xlsx"):
            raise Invalid("unknown_choice", field="who")
        node = desk.node(session, node_id)
        by = desk.viewer.person_id
        made = starting.make_sheet(
            *(session, desk.viewer, node, desk.days, desk.clock()), by=by, new_only=who == "new"
        )
        if form == "xlsx":
            catalogue = pages.renderer.catalogue(desk.who.language)
            book = workbook(made, node.name, desk.address, catalogue)
            answer = _file(book, node.name)
            answer.background = noted(db, desk.who, "invitations", "xlsx", node.id)
            return answer
        return _sheet_page(desk, session, made, node_id, node.name)

    return desk.write(node_id, "sheet", act, who=who)


def _sheet_page(desk: Desk, session: Session, made: Sheet, node_id: str, node: str) -> Response:
    return desk.respond(
        session,
        SheetPage,
        node_id=node_id,
        node=node,
        cards=tuple(desk.card(card) for card in made.cards),
        expires_at=made.cards[0].expires_at,
        voided=made.voided,
        left_out=made.left_out,
        start_url=desk.start_url,
        local=desk.is_local,
    )


def _file(book: bytes, node: str) -> Response:
    name = quote(f"{file_name(node)}.xlsx", safe="")
    headers = {
        "content-disposition": f"attachment; filename=\"weike-invitations.xlsx\"; filename*=UTF-8''{name}",
        "cache-control": "no-store",
    }
    return Response(book, media_type=XLSX, headers=headers)


@router.post("/invitations/{node_id}/void")
def void(desk: DeskDep, node_id: str) -> Response:
    """Make the open first links of a node worthless."""

    def act(session: Session) -> str:
        starting.void(session, desk.viewer, desk.node(session, node_id), desk.clock())
        return "first_links_void"

    return desk.write(node_id, "", act)


@router.post("/invitations/{node_id}/code")
def make_code(desk: DeskDep, node_id: str, ends_on: WordForm = "") -> Response:
    """Give a branch another code."""

    def act(session: Session) -> str:
        day = parse_date(ends_on, "ends_on")
        if day is None:
            raise Invalid("empty", field="ends_on")
        joining.make_code(session, desk.viewer, desk.node(session, node_id), day, desk.clock())
        return "branch_code_made"

    return desk.write(node_id, "code", act, ends_on=ends_on)


@router.post("/invitations/{node_id}/code/revoke")
def revoke_code(desk: DeskDep, node_id: str) -> Response:
    """Take a branch's code back."""

    def act(session: Session) -> str:
        joining.revoke_code(session, desk.viewer, desk.node(session, node_id), desk.clock())
        return "branch_code_revoked"

    return desk.write(node_id, "", act)


@router.get("/invitations/{node_id}/poster")
def poster(desk: DeskDep, session: Reading, node_id: str) -> Response:
    """The branch's code to hang up."""
    node = desk.node(session, node_id)
    code = desk.code(session, node)
    if code is None:
        raise NotFound("join_code_ended")
    qr, size = qr_path(code.url)
    return desk.respond(
        session,
        PosterPage,
        node_id=node.id,
        node=node.name,
        code=code,
        qr=qr,
        size=size,
        start_url=desk.start_url,
        local=desk.is_local,
    )


@router.post("/invitations/requests/{request_id}/approve")
def approve(
    desk: DeskDep, request_id: str, node: WordForm = "", known: WordForm = "", username: LineForm = ""
) -> Response:
    """Take somebody in who asked."""

    def act(session: Session) -> str:
        joining.approve(session, desk.viewer, request_id, known or None, username, desk.clock())
        return "join_approved"

    return desk.write(node, f"requests/{request_id}", act, known=known, username=username)


@router.post("/invitations/requests/{request_id}/refuse")
def refuse(desk: DeskDep, request_id: str, node: WordForm = "") -> Response:
    """Take somebody not in."""

    def act(session: Session) -> str:
        joining.refuse(session, desk.viewer, request_id, desk.clock())
        return "join_refused"

    return desk.write(node, f"requests/{request_id}", act)


@router.post("/invitations/people/{person_id}/reset")
def reset(desk: DeskDep, person_id: str, node: WordForm = "") -> Response:
    """Make a code with which somebody who stands beside chooses a new password, shown this once."""

    def act(session: Session) -> Response:
        is_first = not queries.comer(session, desk.viewer, person_id).has_password
        card = starting.reset_code(session, desk.viewer, person_id, desk.clock())
        return desk.respond(
            session,
            ResetPage,
            node_id=node,
            card=desk.card(card),
            expires_at=card.expires_at,
            start_url=desk.start_url,
            is_first=is_first,
            local=desk.is_local,
        )

    return desk.write(node, f"people/{person_id}", act)


@router.post("/invitations/people/{person_id}/names")
def names(
    desk: DeskDep,
    person_id: str,
    node: WordForm = "",
    staff_number: LineForm = "",
    phone: LineForm = "",
    clear: WordForm = "",
) -> Response:
    """Let somebody sign in by a staff number or a phone number; what is left empty stays as it is."""
    typed = {NameKind.STAFF_NUMBER: staff_number, NameKind.PHONE: phone}

    def act(session: Session) -> str:
        wanted = {kind: text for kind, text in typed.items() if text.strip() or clear == "1"}
        starting.rename(session, desk.viewer, person_id, wanted, desk.clock())
        return "sign_in_names_saved"

    return desk.write(node, f"people/{person_id}", act, staff_number=staff_number, phone=phone)


@router.post("/invitations/people/{person_id}/sign-out")
def sign_out(desk: DeskDep, person_id: str, node: WordForm = "") -> Response:
    """End everything with which somebody is signed in."""

    def act(session: Session) -> str:
        starting.sign_out(session, desk.viewer, person_id)
        return "person_signed_out"

    return desk.write(node, f"people/{person_id}", act)
