"""The ledger of deeds under /api/v1."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel

from library.audit import queries
from library.audit.origin import Program
from library.audit.rules import Deed
from server.slices.system.audit import AskedDep
from server.slices.system.ledger import Who, rows_of, wanted
from server.web.deps import Auditor, Reading
from server.web.routing.reading import reads

router = APIRouter(prefix="/api/v1/audit", tags=["audit"])


class WhoOut(BaseModel):
    """Who did it or had it done to them: a person, the machine, nobody knows whom, or somebody erased."""

    kind: Literal["person", "machine", "unknown", "erased"]
    name: str
    id: str


class ChangeOut(BaseModel):
    """A field that became other; both values are "" where they are personal or secret and not told."""

    field: str
    before: str
    after: str


class EntryOut(BaseModel):
    """A deed. `n` is its place in the hash chain, null for some seconds after it was written down."""

    at: datetime
    deed: Deed
    by: WhoOut
    of: WhoOut | None
    thing: str
    details: dict[str, str]
    changed: list[ChangeOut]
    program: Program
    address: str
    n: int | None


class SealOut(BaseModel):
    """The last day that is over: up to the place `through` the chain has `link`."""

    day: date
    through: int
    link: str


class LedgerOut(BaseModel):
    """One page of the ledger, the newest first; `warnings` says when there are more than are counted."""

    total: int
    page: int
    pages: int
    entries: list[EntryOut]
    seal: SealOut | None
    warnings: list[str]


def _who(one: Who) -> WhoOut:
    return WhoOut(kind=one.kind, name=one.name, id=one.id)


@router.get("", dependencies=[reads("ledger")])
def list_deeds(
    session: Reading,
    _who_asks: Auditor,
    asked: AskedDep,
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> LedgerOut:
    """Who did what to whom, when and from where (administrators and auditors of the whole organisation).

    `person` is a user name, `deed` a kind, `day` and `until` the first and the last Chinese day, `thing` the
    id of what it was done with, `address` from where.
    """
    found = queries.entries(session, wanted(session, asked), page)
    seal = queries.last_seal(session)
    return LedgerOut(
        total=found.total,
        page=found.number,
        pages=found.last,
        entries=[
            EntryOut(
                at=row.at,
                deed=Deed(row.deed),
                by=_who(row.by),
                of=None if row.of is None else _who(row.of),
                thing=row.thing,
                details=dict(row.details),
                changed=[ChangeOut(field=f, before=b, after=a) for f, b, a in row.changed],
                program=Program(row.program),
                address=row.address,
                n=row.n,
            )
            for row in rows_of(session, found.items)
        ],
        seal=None if seal is None else SealOut(day=seal.day, through=seal.through, link=seal.link),
        warnings=[f"only the newest {queries.MOST_SHOWN} are counted: name a day"]
        if queries.is_cut(found)
        else [],
    )
