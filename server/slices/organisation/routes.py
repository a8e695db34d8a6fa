"""The organisation tree's page and its forms."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.catalog import audiences
from library.organisation import actions
from library.organisation.tables import Node
from library.people.belonging import reorganising
from server.slices.organisation.desk import DeskDep, NodeFormDep, arranged, meant, placed
from server.web.deps import Reading
from server.web.limits.fields import LineForm, LineQuery, WordQuery

router = APIRouter(include_in_schema=False)


@router.get("/organisation")
def organisation(
    desk: DeskDep,
    session: Reading,
    node: WordQuery = "",
    q: LineQuery = "",
    page: int = 1,
    closed: Annotated[str, Query(max_length=1)] = "",
) -> Response:
    """A node of the tree, those above it and right below it, and what is searched for."""
    return desk.page(session, node, page=page, closed=closed == "1", q=q)


@router.post("/organisation/{node_id}/add")
def add(desk: DeskDep, node_id: str, form: NodeFormDep) -> Response:
    """Add a node below another."""

    def act(session: Session) -> None:
        parent = arranged(session, desk.viewer, node_id)
        actions.add_node(session, parent, form.details(), desk.now(), desk.viewer.person_id)

    return desk.change(node_id, "add", act, "node_made", **form.typed)


@router.post("/organisation/{node_id}/details")
def change_details(desk: DeskDep, node_id: str, form: NodeFormDep) -> Response:
    """Give a node another name, kind, code or founding day."""

    def act(session: Session) -> None:
        node = arranged(session, desk.viewer, node_id)
        actions.change_details(session, node, form.details(), desk.now(), desk.viewer.person_id)

    return desk.change(node_id, "details", act, "node_saved", **form.typed)


@router.post("/organisation/{node_id}/move")
def move(desk: DeskDep, node_id: str, to: LineForm = "") -> Response:
    """Put a node below another, which is named by its code, its name or its path."""

    def act(session: Session) -> None:
        node = placed(session, desk.viewer, node_id)
        parent = meant(session, desk.viewer, to)
        actions.move(session, node, parent, desk.now(), desk.viewer.person_id)

    return desk.change(node_id, "move", act, "node_moved", to=to)


@router.post("/organisation/{node_id}/merge")
def merge(desk: DeskDep, node_id: str, to: LineForm = "") -> Response:
    """Let another node take over this one."""

    def act(session: Session) -> Node:
        node = placed(session, desk.viewer, node_id)
        into = meant(session, desk.viewer, to)
        audiences.merge(session, node, into, desk.now(), desk.viewer.person_id)
        return into

    return desk.change(node_id, "merge", act, "node_merged", to=to)


@router.post("/organisation/{node_id}/close")
def close(desk: DeskDep, node_id: str) -> Response:
    """Close a node."""

    def act(session: Session) -> None:
        reorganising.close(session, placed(session, desk.viewer, node_id), desk.now(), desk.viewer.person_id)

    return desk.change(node_id, "", act, "node_closed_done")


@router.post("/organisation/{node_id}/reopen")
def reopen(desk: DeskDep, node_id: str) -> Response:
    """Open a closed node again."""

    def act(session: Session) -> None:
        actions.reopen(session, placed(session, desk.viewer, node_id), desk.now(), desk.viewer.person_id)

    return desk.change(node_id, "", act, "node_reopened")
