"""Contexts of the system page and of the API's documentation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from server.slices.system.ledger import Asked, AuditRow
from server.web.parts import Context, Pager, Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingRow:
    """How it stands with one thing: `status` is ok, warn or bad, `said` is put into words."""

    name: str
    status: str
    said: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupFacts:
    """The last backup that was made, and the backup that was last tried out (None: none was)."""

    at: datetime
    name: str
    files: int
    size_bytes: int
    seconds: float
    tested_at: datetime | None = None
    tested_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemPage(Context):
    """GET /system (role admin): backups and restore tests; `folder` is where the worker makes them, "" for
    nowhere, `every_min` and `keep` how often and how many. `last` is the last one, None for none, `next_at`
    when the worker makes the next.
    """

    template: ClassVar[str] = "system/system.html"
    rows: tuple[StandingRow, ...]
    folder: str
    every_min: int
    keep: int
    last: BackupFacts | None = None
    next_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditPage(Context):
    """GET /system/audit?person=&deed=&day=&until=&thing=&address=&page= (who may read it): the ledger of
    deeds, the newest first.

    `asked` is what was asked for (`deed` one of `deeds`), `problem` what is wrong with it, `query` the same
    as an address says it, for the files. `known_values` and `known_details` are codes that have words.
    `is_cut`: of very many only the newest are paged through, `most`. `sealed` is the last day that is sealed,
    `link` its place in the chain.
    """

    template: ClassVar[str] = "system/audit.html"
    rows: tuple[AuditRow, ...]
    deeds: tuple[str, ...]
    known_values: frozenset[str]
    known_details: frozenset[str]
    asked: Asked
    query: str
    problem: Reason | None
    pager: Pager
    keep_days: int
    is_cut: bool = False
    most: int = 0
    sealed: date | None = None
    link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiDocsPage(Context):
    """GET /api/docs : swagger-ui from our own assets over the OpenAPI document at `openapi_url`."""

    template: ClassVar[str] = "system/api_docs.html"
    openapi_url: str
