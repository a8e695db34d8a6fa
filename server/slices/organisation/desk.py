"""One request of the staff at the organisation tree: a node and its surroundings, and what they change."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.core.days import parse_date
from library.core.errors import Conflict, Forbidden, Invalid, WeikeError
from library.core.permits import Role, Viewer, node_chain
from library.organisation import queries
from library.organisation.actions import NodeDetails
from library.organisation.permits import may_arrange, may_look, may_place
from library.organisation.rules import NodeKind
from library.organisation.tables import Node, NodeChange
from library.people import queries as people
from server.slices.organisation.contexts import NodeChangeRow, NodeLink, NodeView, OrganisationPage
from server.slices.organisation.words import WORDS
from server.web.deps import ClockDep, DatabaseDep, PagesDep, Staff
from server.web.errors import status_of
from server.web.language.i18n import Catalogue
from server.web.language.words import word
from server.web.limits.fields import LineForm, WordForm
from server.web.pages import pager, reason
from server.web.parts import RefusedForm

_REFUSALS = (Invalid, Conflict, Forbidden)
"""Raised at a form that the page offers, so the page comes back; what is not there at all is 404."""


class Desk:
    """Shows staff a part of the tree, and changes what they ask; a form not taken comes back as typed."""

    def __init__(
        self, request: Request, who: Staff, pages: PagesDep, clock: ClockDep, db: DatabaseDep
    ) -> None:
        self._request, self._who, self._pages, self._db = request, who, pages, db
        self._clock = clock

    @property
    def viewer(self) -> Viewer:
        """Who asks."""
        return self._who.viewer

    def now(self) -> datetime:
        """Return the time."""
        return self._clock()

    def change(
        self,
        node_id: str,
        form: str,
        act: Callable[[Session], Node | None],
        done: str,
        **typed: str,
    ) -> Response:
        """Change something of a node; then the page of it, or of the node that `act` returns."""
        try:
            with self._db.write() as session:
                shown = act(session)
                shown_id = shown.id if shown is not None else node_id
        except _REFUSALS as error:
            return self._refuse(error, node_id, form, typed)
        return self._pages.redirect(f"/organisation?node={shown_id}", done)

    def _refuse(self, error: WeikeError, node_id: str, form: str, typed: dict[str, str]) -> Response:
        refused = RefusedForm(form=form, typed=typed, reason=reason(error))
        with self._db.read() as session:
            return self.page(session, node_id, refused=refused, status=status_of(error))

    def page(
        self,
        session: Session,
        node_id: str = "",
        *,
        page: int = 1,
        closed: bool = False,
        q: str = "",
        refused: RefusedForm | None = None,
        status: int = 200,
    ) -> Response:
        """Return the page of a node; without one of the first that the viewer staffs. Raises NotFound."""
        within = queries.outermost(self.viewer, Role.STAFF)
        node = queries.node_for(session, self.viewer, node_id or within[0])
        shown = queries.children(session, node.id, page, closed=closed)
        above = queries.chains(session, [node])[node.id]
        view = self._view(session, node)
        if refused is not None and refused.form not in view.forms:
            # Somebody else has closed it meanwhile, or it was never theirs to change: said above them all.
            refused = replace(refused, form="")
        context = OrganisationPage(
            frame=self._pages.frame(self._request, session, self._who),
            node=view,
            above=tuple(link(one) for one in above if may_look(self.viewer, one.path)),
            children=tuple(link(row.node, below=row.open_children) for row in shown.items),
            pager=pager(shown, "/organisation", node=node.id, closed="1" if closed else ""),
            closed=closed,
            closed_children=0 if closed else queries.count_children(session, node.id, closed=True),
            changes=self._changes(session, queries.history(session, node.id)),
            q=q,
            found=self._found(session, within, q) if q.strip() else None,
            refused=refused,
        )
        return self._pages.respond(self._request, self._who, context, status)

    def _view(self, session: Session, node: Node) -> NodeView:
        into = node.merged_into_id
        return NodeView(
            id=node.id,
            name=node.name,
            short_name=node.short_name,
            kind=node.kind,
            code=node.code or "",
            since=node.since,
            inside=queries.count_inside(session, node.id),
            closed_at=node.closed_at,
            merged_into=link(queries.node(session, into)) if into else None,
            may_arrange=may_arrange(self.viewer, node.path) and node.closed_at is None,
            may_place=may_place(self.viewer, node.path),
        )

    def _found(self, session: Session, within: Collection[str], q: str) -> tuple[NodeLink, ...]:
        return found_links(session, queries.find(session, within, q))

    def _changes(self, session: Session, rows: Sequence[NodeChange]) -> tuple[NodeChangeRow, ...]:
        ids = {
            str(value)
            for row in rows
            for values in (row.before, row.after)
            for name, value in values.items()
            if name in ("parent", "into", "node") and value
        }
        nodes = queries.node_names(session, ids)
        names = people.names(session, {row.changed_by for row in rows if row.changed_by})
        catalogue = self._pages.renderer.catalogue(self._who.language)
        return tuple(
            NodeChangeRow(
                kind=row.kind,
                at=row.at,
                by=names.get(row.changed_by or "", ""),
                told=_told(row, nodes, catalogue),
            )
            for row in rows
        )


DeskDep = Annotated[Desk, Depends()]


def _told(row: NodeChange, nodes: dict[str, str], catalogue: Catalogue) -> tuple[tuple[str, str, str], ...]:
    def shown(name: str, value: object) -> str:
        if value is None or value == "":
            return ""
        if name == "kind":
            return word("node_kind", str(value), catalogue)
        return nodes.get(str(value), str(value)) if name in ("parent", "into", "node") else str(value)

    return tuple(
        (catalogue.say(said), shown(name, row.before.get(name)), shown(name, row.after.get(name)))
        for name, said in WORDS["node_value"].items()
        if name in row.before or name in row.after
    )


def link(node: Node, *, above: Sequence[str] = (), below: int = 0) -> NodeLink:
    """Return a node by its name."""
    return NodeLink(
        id=node.id,
        name=node.name,
        kind=node.kind,
        above=tuple(above),
        code=node.code or "",
        below=below,
        closed=node.closed_at is not None,
    )


def found_links(session: Session, nodes: Sequence[Node]) -> tuple[NodeLink, ...]:
    """Return nodes that a search found, each with the names of those above it."""
    above = queries.chains(session, nodes)
    return tuple(link(node, above=[one.name for one in above[node.id]]) for node in nodes)


def arranged(session: Session, viewer: Viewer, node_id: str) -> Node:
    """Return a node that the viewer may rename and add to; raises NotFound, Forbidden."""
    node = queries.node_for(session, viewer, node_id)
    if not may_arrange(viewer, node.path):
        raise Forbidden
    return node


def placed(session: Session, viewer: Viewer, node_id: str) -> Node:
    """Return a node that the viewer may move, merge, close or reopen; raises NotFound, Forbidden, and
    Conflict("root_stays")."""
    node = queries.node_for(session, viewer, node_id)
    if len(node_chain(node.path)) == 1:
        raise Conflict("root_stays")
    if not may_place(viewer, node.path):
        raise Forbidden
    return node


def meant(session: Session, viewer: Viewer, text: str) -> Node:
    """Return the one node that the viewer administers and means by what they typed.

    Raises Invalid: node_unknown, node_ambiguous.
    """
    return queries.meant(session, queries.outermost(viewer, Role.ADMIN), text, "to")


class NodeForm:
    """What a form says of a node, as typed."""

    def __init__(
        self,
        name: LineForm = "",
        kind: WordForm = "",
        code: WordForm = "",
        short_name: LineForm = "",
        since: WordForm = "",
    ) -> None:
        self.typed = {"name": name, "kind": kind, "code": code, "short_name": short_name, "since": since}

    def details(self) -> NodeDetails:
        """Return it as the library takes it; an empty kind is told by the name. Raises Invalid."""
        typed = self.typed
        if typed["kind"] not in ("", *NodeKind):
            raise Invalid("unknown_choice", field="kind")
        return NodeDetails(
            name=typed["name"],
            short_name=typed["short_name"],
            kind=NodeKind(typed["kind"]) if typed["kind"] else None,
            code=typed["code"],
            since=parse_date(typed["since"], "since"),
        )


NodeFormDep = Annotated[NodeForm, Depends()]
