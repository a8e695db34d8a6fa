"""The ledger of deeds, as administrators and auditors see it and take it along."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.audit import queries
from library.audit.rules import Deed
from library.core.database import Database
from library.core.errors import Invalid
from library.core.paging import Page
from server.slices.system.contexts import AuditPage
from server.slices.system.ledger import Asked, AuditRow, rows_of, wanted
from server.slices.system.ledger_files import csv_file, workbook
from server.slices.system.words import WORDS
from server.web.deps import Auditor, DatabaseDep, PagesDep, Reading, SettingsDep, made_at_once
from server.web.files.exported import noted
from server.web.files.sheets import CSV, XLSX
from server.web.limits.fields import LineQuery, WordQuery
from server.web.pages import Pages, reason
from server.web.parts import Pager, Reason
from server.web.routing.reading import reads
from server.web.who import Who

router = APIRouter(include_in_schema=False)

HERE = "/system/audit"


def _asked(
    person: WordQuery = "",
    deed: WordQuery = "",
    day: WordQuery = "",
    until: WordQuery = "",
    thing: LineQuery = "",
    address: WordQuery = "",
) -> Asked:
    return Asked(person=person, deed=deed, day=day, until=until, thing=thing, address=address)


AskedDep = Annotated[Asked, Depends(made_at_once(_asked))]


@router.get(HERE, dependencies=[reads("ledger")])
def page(
    request: Request,
    session: Reading,
    who: Auditor,
    pages: PagesDep,
    settings: SettingsDep,
    asked: AskedDep,
    page: int = 1,
) -> Response:
    """Who did what to whom, when and from where: all of it, or what is asked for."""
    problem: Reason | None = None
    found: Page[object] = Page((), 1, queries.PAGE_SIZE, 0)
    rows: tuple[AuditRow, ...] = ()
    is_cut = False
    try:
        shown = queries.entries(session, wanted(session, asked), page)
        rows, found, is_cut = rows_of(session, shown.items), shown, queries.is_cut(shown)
    except Invalid as error:
        problem = reason(error)
    query, seal = urlencode(asked.given()), queries.last_seal(session)
    context = AuditPage(
        frame=pages.frame(request, session, who),
        rows=rows,
        deeds=tuple(one.value for one in Deed),
        known_values=frozenset(WORDS["deed_value"]),
        known_details=frozenset(WORDS["deed_detail"]),
        asked=asked,
        query=query,
        problem=problem,
        pager=Pager(page=found.number, pages=found.last, total=found.total, url=f"{HERE}?{query}"),
        keep_days=settings.audit_keep_days,
        is_cut=is_cut,
        most=queries.MOST_SHOWN,
        sealed=seal.day if seal is not None else None,
        link=seal.link if seal is not None else "",
    )
    return pages.respond(request, who, context, 422 if problem else 200)


@router.get(f"{HERE}/export.xlsx")
def export_xlsx(
    db: DatabaseDep, session: Reading, who: Auditor, pages: PagesDep, asked: AskedDep
) -> Response:
    """What is asked for, as a workbook."""
    return _export(db, session, who, pages, asked, "xlsx")


@router.get(f"{HERE}/export.csv")
def export_csv(db: DatabaseDep, session: Reading, who: Auditor, pages: PagesDep, asked: AskedDep) -> Response:
    """What is asked for, as CSV."""
    return _export(db, session, who, pages, asked, "csv")


def _export(db: Database, session: Session, who: Who, pages: Pages, asked: Asked, kind: str) -> Response:
    chosen = wanted(session, asked)
    catalogue = pages.renderer.catalogue(who.language)
    made = (workbook if kind == "xlsx" else csv_file)(session, chosen, catalogue)
    headers = {
        "content-disposition": f'attachment; filename="weike-audit.{kind}"',
        "cache-control": "private, no-store",
    }
    return Response(
        made,
        media_type=XLSX if kind == "xlsx" else CSV,
        headers=headers,
        background=noted(db, who, "audit", kind),
    )
