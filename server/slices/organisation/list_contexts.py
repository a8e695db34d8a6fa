"""Contexts of lists of organisations on their way in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from server.slices.organisation.contexts import NodeLink
from server.web.lists.shown import ListView
from server.web.parts import Context, Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeListPage(Context):
    """GET /organisation/{id}/list: bring a list of what is below a node (who administers it).

    Form: POST /organisation/{id}/list (file). `refused`: why not.
    """

    template: ClassVar[str] = "organisation/list.html"
    node: NodeLink
    refused: Reason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeListRow:
    """What becomes of a row: `above` is the path to what it lies below, as the list says where it is wrong;
    changes as (what, before, after), which ones it may be about, why it is wrong."""

    line: int
    name: str
    above: str = ""
    code: str = ""
    kind: str = ""
    changes: tuple[tuple[str, str, str], ...] = ()
    candidates: tuple[NodeLink, ...] = ()
    decided: str = ""
    reason: Reason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeListJobPage(Context):
    """GET /organisation/lists/job/{id}?show=&page=: how far a list is, and what becomes of its rows.

    Forms: POST /organisation/lists/job/{id}/decide (row-<line> = another, leave, same:<node id>),
    POST /organisation/lists/job/{id}/apply (), POST /organisation/lists/job/{id}/forget ().
    """

    template: ClassVar[str] = "organisation/list_job.html"
    node: NodeLink
    job: ListView
    rows: tuple[NodeListRow, ...] = ()
