"""What somebody may do with a node of the tree, and why: said from the rows of the table that decide it.

Nobody else is named, and of what the person holds only what counts here: a role at the node or above it. That
somebody holds one elsewhere is not said, for whoever asks may not look there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from library.catalog.why import Reason
from library.core.permits import Role, Viewer
from library.core.rights import GIVES, RIGHTS, Act, Right, Scope, Thing, allowed, because
from library.organisation import queries as organisation
from library.organisation.tables import Node

ACTS = (
    Act.NODE_LOOK,
    Act.NODE_STATS,
    Act.PEOPLE_LOOK,
    Act.PEOPLE_KEEP,
    Act.PEOPLE_ROLES,
    Act.PEOPLE_ERASE,
    Act.NODE_ARRANGE,
    Act.NODE_PLACE,
    Act.SUGGESTIONS_ANSWER,
)
"""What is done with a node and its people."""


@dataclass(frozen=True)
class NodeAnswer:
    """Whether somebody may do one thing with a node: by what, or what is missing and who can change that."""

    act: Act
    may: bool
    because: tuple[Reason, ...]
    missing: tuple[Reason, ...]


def answers(
    session: Session, viewer: Viewer, node: Node, acts: Sequence[Act] = ACTS, *, active: bool = True
) -> tuple[NodeAnswer, ...]:
    """Say of each act whether and why a viewer may do it at a node. One statement, whatever they hold.

    `active`: their account is open; whoever's is closed does nothing at all.
    """
    if not active:
        return tuple(NodeAnswer(act, False, (), (Reason("missing_closed"),)) for act in acts)
    thing = Thing(node.path)
    at = {grant.node_id for grant in viewer.grants if node.path.startswith(grant.path)}
    names = organisation.node_names(session, at) if at else {}
    found = []
    for act in acts:
        if allowed(viewer, act, thing):
            rows = because(viewer, act, thing)
            said = tuple(_held(viewer, node, row, row.role, names) for row in rows if row.role is not None)
            found.append(NodeAnswer(act, True, said, ()))
        else:
            found.append(NodeAnswer(act, False, (), (_missing(act, node),)))
    return tuple(found)


def _held(viewer: Viewer, node: Node, row: Right, role: Role, names: dict[str, str]) -> Reason:
    """Return the role by which a row of the table gives something, of several the one nearest to the node."""
    grants = [one for one in viewer.grants if one.gives(role) and node.path.startswith(one.path)]
    if row.scope is Scope.ABOVE:
        grants = [one for one in grants if one.path != node.path]
    nearest = max(grants, key=lambda one: len(one.path))
    return Reason("why_role_here", {"wanted": nearest.role.value, "node": names[nearest.node_id]})


def _missing(act: Act, node: Node) -> Reason:
    """Return the role that is not held, and which roles give it."""
    row = next(row for row in RIGHTS[act] if row.role is not None)
    if row.scope is Scope.ABOVE and node.parent_id is None:
        return Reason("missing_root_stays")
    code = "missing_role_above" if row.scope is Scope.ABOVE else "missing_role_here"
    givers = tuple(role for role, given in GIVES.items() if row.role in given)
    return Reason(code, {"wanted": row.role.value if row.role else "", "node": node.name, "givers": givers})
