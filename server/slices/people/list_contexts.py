"""Contexts of lists of people on their way in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from server.web.lists.shown import ListView
from server.web.parts import Context, Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPage(Context):
    """GET /people/lists/new: bring a list. Form: POST /people/lists/new (file). `refused`: why not."""

    template: ClassVar[str] = "people/import.html"
    refused: Reason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SideRow:
    """One of two persons side by side: what the list says, or what is kept of somebody who is known."""

    id: str = ""
    name: str
    account: str
    branch: str
    state: str = ""
    since: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRow:
    """What becomes of a row: changes as (what, before, after), whom it may be about, why it is wrong."""

    line: int
    said: SideRow
    changes: tuple[tuple[str, str, str], ...] = ()
    candidates: tuple[SideRow, ...] = ()
    decided: str = ""
    reason: Reason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListJobPage(Context):
    """GET /people/lists/job/{id}?show=&page=: how far a list is, and what becomes of its rows.

    Forms: POST /people/lists/job/{id}/decide (row-<line> = another, leave, same:<person id>),
    POST /people/lists/job/{id}/apply (), POST /people/lists/job/{id}/forget ().
    """

    template: ClassVar[str] = "people/import_job.html"
    job: ListView
    rows: tuple[ListRow, ...] = ()
