"""Contexts of the organisation tree."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from library.organisation.rules import ChangeKind, NodeKind
from server.web.parts import Context, Pager, RefusedForm


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeLink:
    """A node by its name. `above` are the names of those above it, root first, where a list needs them."""

    id: str
    name: str
    kind: NodeKind
    above: tuple[str, ...] = ()
    code: str = ""
    below: int = 0
    closed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeChangeRow:
    """What became of the node. `by` is who did it, "" for the command line and for whoever was erased.

    `told` are the values that changed, each with what it was and what it became, already in words.
    """

    kind: ChangeKind
    at: datetime
    by: str
    told: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeView:
    """The node that the page is about. `inside` counts all open nodes below it.

    `may_arrange`: rename it and add below it; `may_place`: move, merge, close, reopen it.
    """

    id: str
    name: str
    short_name: str
    kind: NodeKind
    code: str
    since: date | None
    inside: int
    closed_at: datetime | None = None
    merged_into: NodeLink | None = None
    may_arrange: bool = False
    may_place: bool = False

    @property
    def forms(self) -> frozenset[str]:
        """The forms that the page shows of it, named as `refused` names them."""
        arranging = {"add", "details"} if self.may_arrange else set()
        placing = {"move", "merge"} if self.may_place and self.closed_at is None else set()
        return frozenset(arranging | placing)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationPage(Context):
    """GET /organisation?node=&page=&closed=&q= (role staff): a node, those above it, those right below it.

    `above`: links that the viewer may open; `found` is what `q` found (None: nothing was searched for).
    Forms: POST /organisation/{id}/add (name, kind, code, short_name, since),
    POST /organisation/{id}/details (the same), POST /organisation/{id}/move (to),
    POST /organisation/{id}/merge (to), POST /organisation/{id}/close (), POST /organisation/{id}/reopen ().
    `to` is a code, a name, or a path of names. `refused`: a form that was not taken, named "add", "details",
    "move", "merge" or "".
    """

    template: ClassVar[str] = "organisation/organisation.html"
    node: NodeView
    above: tuple[NodeLink, ...]
    children: tuple[NodeLink, ...]
    pager: Pager
    closed: bool = False
    closed_children: int = 0
    kinds: tuple[NodeKind, ...] = tuple(NodeKind)
    changes: tuple[NodeChangeRow, ...] = ()
    q: str = ""
    found: tuple[NodeLink, ...] | None = None
    refused: RefusedForm | None = None
