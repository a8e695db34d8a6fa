"""A year of a node as one book: the list, paper, Word; and the template with which records are written."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, File, Request, UploadFile
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.core.clock import CHINA
from library.core.errors import Invalid, NotFound, Throttled, WeikeError
from library.core.permits import Role
from library.core.rights import Act
from library.organisation import queries as organisation
from library.organisation.tables import Node
from library.records import permits, queries, templates
from library.records.rules import TEMPLATE_MAX_BYTES
from library.records.writing.values import BOOK_EXAMPLE, EXAMPLE, Book, Picture, book_of, values_of
from server.slices.screening.contexts import BookPage, BookPrintPage, TemplatePage
from server.slices.screening.presenting import book_line, emblem_of, kind_of, paper_of, record_view
from server.slices.screening.record import as_docx
from server.web.deps import (
    ClockDep,
    DatabaseDep,
    InForceDep,
    PagesDep,
    Reading,
    RecordsDep,
    SettingsDep,
    SignedIn,
    need,
)
from server.web.errors import status_of
from server.web.limits.fields import WordForm, WordQuery
from server.web.pages import reason
from server.web.parts import RefusedForm
from server.web.who import Who

router = APIRouter(include_in_schema=False)

Keeper = Annotated[Who, need(Act.RECORD_BOOK)]

_FIRST_YEAR, _LAST_YEAR = 2000, 2100
_MOST_NODES = 200
_FEW = 6
BOOK = "book"
"""The kind of a template that writes a whole year; "" writes one record."""


def _node(session: Session, who: SignedIn, node_id: str) -> Node:
    """Return a node whose records the viewer may see; raises NotFound."""
    found = session.get(Node, node_id)
    if found is None or not permits.may_see_book(who.viewer, found.path):
        raise NotFound
    return found


def _known(year: int) -> int:
    """Return a year that there can be records of; raises NotFound."""
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise NotFound
    return year


def _year(text: str, now: datetime) -> int:
    """Return the year that is meant, else the present one."""
    this = now.astimezone(CHINA).year
    known = text.isascii() and text.isdecimal() and len(text) == 4
    return int(text) if known and _FIRST_YEAR <= int(text) <= _LAST_YEAR else this


@router.get("/records")
def book(
    request: Request,
    session: Reading,
    who: Keeper,
    pages: PagesDep,
    clock: ClockDep,
    settings: SettingsDep,
    node: WordQuery = "",
    year: WordQuery = "",
) -> Response:
    """The gatherings of a year, and how far the record of each is."""
    offered = organisation.nodes_under(session, who.viewer, Role.SECRETARY, _MOST_NODES + 1)
    if not node and not offered:
        raise NotFound
    its = _node(session, who, node or offered[0].id)
    wanted = _year(year, clock())
    found = queries.template_of(session, its)
    bound = queries.template_of(session, its, book=True)
    context = BookPage(
        frame=pages.frame(request, session, who),
        node_id=its.id,
        node=its.name,
        year=wanted,
        years=tuple(queries.years(session, its.id)) or (wanted,),
        nodes=tuple((one.id, one.name) for one in offered[:_MOST_NODES]),
        more_nodes=len(offered) > _MOST_NODES,
        lines=tuple(book_line(one, settings) for one in queries.year(session, its.id, wanted)),
        template_name=found[0].name if found else "",
        template_node=found[1].name if found and found[1].id != its.id else "",
        book_template_name=bound[0].name if bound else "",
        book_template_node=bound[1].name if bound and bound[1].id != its.id else "",
    )
    return pages.respond(request, who, context)


@router.get("/records/{node_id}/{year}/print")
def paper(
    request: Request,
    session: Reading,
    who: SignedIn,
    pages: PagesDep,
    settings: SettingsDep,
    node_id: str,
    year: int,
) -> Response:
    """A year as one book, to print: the list, then each record."""
    node = _node(session, who, node_id)
    held = queries.year(session, node.id, _known(year))
    records = []
    for one in held:
        facts = queries.facts_of(session, one.gathering, who.viewer)
        reading = queries.reading(session, one.gathering, kind_of(one.gathering, settings))
        records.append(record_view(reading, facts, who.viewer))
    context = BookPrintPage(
        frame=pages.frame(request, session, who),
        node_id=node.id,
        node=node.name,
        year=year,
        lines=tuple(book_line(one, settings) for one in held),
        records=tuple(records),
    )
    return pages.respond(request, who, context)


@router.get("/records/{node_id}/{year}/book.docx")
def docx(
    db: DatabaseDep,
    who: SignedIn,
    records: RecordsDep,
    settings: SettingsDep,
    in_force: InForceDep,
    node_id: str,
    year: int,
) -> Response:
    """A year as one Word document, with the template of its node."""
    with db.read() as session:
        node = _node(session, who, node_id)
        title = f"{node.name} {year} 年会议记录"
        papers = [
            paper_of(queries.reading(session, one.gathering, kind_of(one.gathering, settings)))
            for one in queries.year(session, node.id, _known(year))
        ]
        found = queries.template_of(session, node, book=True)
        template = found[0].data if found else b""
        made = Book(title, node.name, str(year), papers, emblem_of(session, in_force))
    return as_docx(records.book(made, template, person_id=who.viewer.person_id), title)


# ------------------------------------------------------------------ the template


def _keeper(session: Session, who: SignedIn, node_id: str) -> Node:
    found = session.get(Node, node_id)
    if found is None or not permits.may_keep_template(who.viewer, found.path):
        raise NotFound
    return found


def _template_page(
    request: Request,
    session: Session,
    who: SignedIn,
    pages: PagesDep,
    node_id: str,
    kind: str,
    refused: WeikeError | None = None,
) -> Response:
    node = _keeper(session, who, node_id)
    book = kind == BOOK
    found = queries.template_of(session, node, book=book)
    its = BOOK_EXAMPLE
    whole = book_of(its.title, its.papers, node=its.node, year=its.year, emblem=its.emblem)
    fields = tuple((name, _shown(value)) for name, value in (whole if book else values_of(EXAMPLE)).items())
    if book:
        one = values_of(EXAMPLE).items()
        fields += tuple((f"记.{name}", _shown(value)) for name, value in one if name not in ("照片", "标志"))
    context = TemplatePage(
        frame=pages.frame(request, session, who),
        kind=BOOK if book else "",
        node_id=node.id,
        node=node.name,
        name=found[0].name if found else "",
        from_node=found[1].name if found else "",
        own=bool(found and found[1].id == node.id),
        most_kb=TEMPLATE_MAX_BYTES // 1024,
        fields=fields,
        refused=RefusedForm(form="template", typed={}, reason=reason(refused)) if refused else None,
    )
    return pages.respond(request, who, context, status_of(refused) if refused else 200)


def _shown(value: object) -> str:
    if isinstance(value, Picture):
        return "（图片）"
    if isinstance(value, dict):
        return "……" if len(value) > _FEW else " / ".join(map(_shown, value.values()))
    if not isinstance(value, list):
        return str(value)
    return "；".join(" ".join(_shown(one).split()) for one in value[:_FEW])


@router.get("/records/{node_id}/template")
def template(
    request: Request,
    session: Reading,
    who: SignedIn,
    pages: PagesDep,
    node_id: str,
    kind: WordQuery = "",
) -> Response:
    """The template of a node (`kind` book: of the book of a year), and what one may name."""
    return _template_page(request, session, who, pages, node_id, kind)


@router.get("/records/{node_id}/template.docx")
def template_file(session: Reading, who: SignedIn, node_id: str, kind: WordQuery = "") -> Response:
    """The template in use, to be changed in Word."""
    from library.records.writing import shipped  # python-docx is loaded where it is used

    node = _keeper(session, who, node_id)
    book = kind == BOOK
    found = queries.template_of(session, node, book=book)
    usual = shipped.book if book else shipped.one
    return as_docx(found[0].data if found else usual(), "会议记录簿模板" if book else "会议记录模板")


@router.post("/records/{node_id}/template")
def put_template(
    request: Request,
    db: DatabaseDep,
    who: SignedIn,
    pages: PagesDep,
    clock: ClockDep,
    records: RecordsDep,
    node_id: str,
    file: Annotated[UploadFile | None, File()] = None,
    kind: WordForm = "",
) -> Response:
    """Give a node its own template: it is tried with an example first."""
    with db.read() as session:
        _keeper(session, who, node_id)
    try:
        data = file.file.read(TEMPLATE_MAX_BYTES + 1) if file is not None else b""
        if file is None or not data:
            raise Invalid("template_missing", field="file")
        if len(data) > TEMPLATE_MAX_BYTES:
            raise Invalid("template_size", field="file", most_kb=TEMPLATE_MAX_BYTES // 1024)
        records.check(data, book=kind == BOOK, person_id=who.viewer.person_id)
        with db.write() as session:
            node = _keeper(session, who, node_id)
            name, now = file.filename or "", clock()
            templates.put(session, who.viewer, node, name, data, now, book=kind == BOOK)
    except (Invalid, Throttled) as error:
        with db.read() as session:
            return _template_page(request, session, who, pages, node_id, kind, error)
    return pages.redirect(_path(node_id, kind), "template_kept")


@router.post("/records/{node_id}/template/remove")
def remove_template(
    db: DatabaseDep, who: SignedIn, pages: PagesDep, node_id: str, kind: WordForm = ""
) -> Response:
    """Take a node's own template away."""
    with db.write() as session:
        templates.remove(session, who.viewer, _keeper(session, who, node_id), book=kind == BOOK)
    return pages.redirect(_path(node_id, kind), "template_removed")


def _path(node_id: str, kind: str) -> str:
    return f"/records/{node_id}/template" + (f"?kind={BOOK}" if kind == BOOK else "")
