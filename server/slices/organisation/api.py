"""The organisation tree under /api/v1."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel
from sqlalchemy.orm import Session

from library.catalog import audiences
from library.core.permits import Role
from library.organisation import actions, queries
from library.organisation.actions import NodeDetails
from library.organisation.rules import ChangeKind, NodeKind
from library.organisation.tables import Node
from library.people.belonging import reorganising
from server.slices.organisation.desk import arranged, found_links, meant, placed
from server.web.deps import ClockDep, Reading, Staff, Writing
from server.web.limits.fields import LineQuery, LineText, WordText

router = APIRouter(prefix="/api/v1/organisation", tags=["organisation"])


class NodeRefOut(BaseModel):
    """A node by its name; `path` are the names from the root to it, `below` how many open ones follow."""

    id: str
    name: str
    kind: NodeKind
    code: str | None
    path: list[str]
    closed: bool


class NodeOut(NodeRefOut):
    """A node of the organisation tree; `inside` counts all open nodes below it."""

    short_name: str
    since: date | None
    closed_at: datetime | None
    merged_into: str | None
    inside: int


class ChildOut(BaseModel):
    """A node right below another; `below` is how many open ones lie right below it."""

    id: str
    name: str
    kind: NodeKind
    code: str | None
    below: int


class ChildrenOut(BaseModel):
    """One page of what lies right below a node, by name."""

    total: int
    page: int
    nodes: list[ChildOut]


class FoundOut(BaseModel):
    """What was found, at most fifty."""

    nodes: list[NodeRefOut]


class ChangeOut(BaseModel):
    """What became of a node; `before` and `after` hold the values that changed."""

    kind: ChangeKind
    at: datetime
    before: dict[str, object]
    after: dict[str, object]


class HistoryOut(BaseModel):
    """What became of a node, the newest first."""

    changes: list[ChangeOut]


class NodeIn(BaseModel):
    """What a node is called and what it is; without a kind its name tells."""

    name: LineText
    short_name: LineText = ""
    kind: NodeKind | None = None
    code: WordText = ""
    since: date | None = None

    def details(self) -> NodeDetails:
        """Return it as the library takes it."""
        return NodeDetails(self.name, self.short_name, self.kind, self.code, self.since)


class WhereIn(BaseModel):
    """Another node, by its code, its name or its path of names ("天荒坪镇党委 / 余村党支部")."""

    to: LineText


def _node(session: Session, node: Node) -> NodeOut:
    above = queries.chains(session, [node])[node.id]
    return NodeOut(
        id=node.id,
        name=node.name,
        kind=node.kind,
        code=node.code,
        path=[*(one.name for one in above), node.name],
        closed=node.closed_at is not None,
        short_name=node.short_name,
        since=node.since,
        closed_at=node.closed_at,
        merged_into=node.merged_into_id,
        inside=queries.count_inside(session, node.id),
    )


@router.get("/nodes")
def find_nodes(session: Reading, who: Staff, q: LineQuery) -> FoundOut:
    """The nodes you staff whose name, short name, pinyin or code hold `q`."""
    found = queries.find(session, queries.outermost(who.viewer, Role.STAFF), q)
    return FoundOut(
        nodes=[
            NodeRefOut(
                id=link.id,
                name=link.name,
                kind=link.kind,
                code=link.code or None,
                path=[*link.above, link.name],
                closed=link.closed,
            )
            for link in found_links(session, found)
        ]
    )


@router.get("/nodes/{node_id}")
def get_node(session: Reading, who: Staff, node_id: str) -> NodeOut:
    """A node; `root` is the topmost of those you staff."""
    wanted = queries.outermost(who.viewer, Role.STAFF)[0] if node_id == "root" else node_id
    return _node(session, queries.node_for(session, who.viewer, wanted))


@router.get("/nodes/{node_id}/children")
def list_children(
    session: Reading,
    who: Staff,
    node_id: str,
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
    closed: bool = False,
) -> ChildrenOut:
    """What lies right below a node, a hundred a page; with `closed` the closed ones."""
    node = queries.node_for(session, who.viewer, node_id)
    shown = queries.children(session, node.id, page, closed=closed)
    rows = [
        ChildOut(
            id=row.node.id,
            name=row.node.name,
            kind=row.node.kind,
            code=row.node.code,
            below=row.open_children,
        )
        for row in shown.items
    ]
    return ChildrenOut(total=shown.total, page=shown.number, nodes=rows)


@router.get("/nodes/{node_id}/history")
def list_history(session: Reading, who: Staff, node_id: str) -> HistoryOut:
    """What became of a node."""
    node = queries.node_for(session, who.viewer, node_id)
    return HistoryOut(
        changes=[
            ChangeOut(kind=row.kind, at=row.at, before=row.before, after=row.after)
            for row in queries.history(session, node.id)
        ]
    )


@router.post("/nodes/{node_id}/children", status_code=201)
def add_child(session: Writing, who: Staff, clock: ClockDep, node_id: str, body: NodeIn) -> NodeOut:
    """Add a node below another (who administers it)."""
    parent = arranged(session, who.viewer, node_id)
    return _node(session, actions.add_node(session, parent, body.details(), clock(), who.viewer.person_id))


@router.put("/nodes/{node_id}")
def put_node(session: Writing, who: Staff, clock: ClockDep, node_id: str, body: NodeIn) -> NodeOut:
    """Give a node another name, kind, code or founding day (who administers it)."""
    node = arranged(session, who.viewer, node_id)
    actions.change_details(session, node, body.details(), clock(), who.viewer.person_id)
    return _node(session, node)


@router.post("/nodes/{node_id}/move")
def move_node(session: Writing, who: Staff, clock: ClockDep, node_id: str, body: WhereIn) -> NodeOut:
    """Put a node, with all below it, below another (who administers what is above both)."""
    node, parent = placed(session, who.viewer, node_id), meant(session, who.viewer, body.to)
    actions.move(session, node, parent, clock(), who.viewer.person_id)
    return _node(session, node)


@router.post("/nodes/{node_id}/merge")
def merge_node(session: Writing, who: Staff, clock: ClockDep, node_id: str, body: WhereIn) -> NodeOut:
    """Let another node take over this one; the answer is the one that took over."""
    node, into = placed(session, who.viewer, node_id), meant(session, who.viewer, body.to)
    audiences.merge(session, node, into, clock(), who.viewer.person_id)
    return _node(session, into)


@router.post("/nodes/{node_id}/close")
def close_node(session: Writing, who: Staff, clock: ClockDep, node_id: str) -> NodeOut:
    """Close a node; all that it has stays."""
    node = placed(session, who.viewer, node_id)
    reorganising.close(session, node, clock(), who.viewer.person_id)
    return _node(session, node)


@router.post("/nodes/{node_id}/reopen")
def reopen_node(session: Writing, who: Staff, clock: ClockDep, node_id: str) -> NodeOut:
    """Open a closed node again."""
    node = placed(session, who.viewer, node_id)
    actions.reopen(session, node, clock(), who.viewer.person_id)
    return _node(session, node)
