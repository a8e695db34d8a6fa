"""All that lies right below a node is put below another, however much it is, with the same few statements.

Called by `actions` alone, which holds the tree and has looked whether it may be done.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, func, insert, literal, select, update
from sqlalchemy.orm import Session, aliased

from library.core.errors import Conflict
from library.core.ids import new_id
from library.organisation.rules import ChangeKind
from library.organisation.tables import Below, Node, NodeChange


def put_children_below(session: Session, node: Node, into: Node, now: datetime, by: str | None) -> None:
    """Put the open nodes right below `node`, with all below them, below `into`; closed ones stay with `node`.

    Eight statements, and their changes in one more. Raises Conflict("sibling_named_so").
    """
    theirs = (Node.parent_id == node.id, Node.closed_at.is_(None))
    children = session.scalars(select(Node.id).where(*theirs).order_by(Node.name, Node.id)).all()
    if not children:
        return
    _check_names(session, node, into)
    inside = select(Below.node_id).where(Below.ancestor_id.in_(select(Node.id).where(*theirs)))
    above = select(Below.ancestor_id).where(Below.node_id == node.id)
    session.execute(
        delete(Below)
        .where(Below.node_id.in_(inside), Below.ancestor_id.in_(above))
        .execution_options(synchronize_session=False)
    )
    new_above, below = aliased(Below), aliased(Below)
    pairs = (
        select(new_above.ancestor_id, below.node_id, new_above.depth + below.depth + 1)
        .join(below, literal(True))
        .where(new_above.node_id == into.id, below.ancestor_id.in_(select(Node.id).where(*theirs)))
    )
    session.execute(insert(Below).from_select(["ancestor_id", "node_id", "depth"], pairs))
    # No path meets another on its way: each ends with its node's own id.
    session.execute(
        update(Node)
        .where(Node.id.in_(inside))
        .values(path=literal(into.path) + func.substr(Node.path, len(node.path) + 1))
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(Node).where(*theirs).values(parent_id=into.id).execution_options(synchronize_session=False)
    )
    session.execute(
        insert(NodeChange),
        [
            {
                "id": new_id(),
                "node_id": child,
                "kind": ChangeKind.MOVED,
                "at": now,
                "changed_by": by,
                "before": {"parent": node.id},
                "after": {"parent": into.id},
            }
            for child in children
        ],
    )
    session.expire_all()


def _check_names(session: Session, node: Node, into: Node) -> None:
    """Raise Conflict where one that comes is called as one that is there."""
    coming = select(Node.name).where(Node.parent_id == node.id, Node.closed_at.is_(None))
    twins = select(Node.name).where(
        Node.parent_id == into.id, Node.closed_at.is_(None), Node.name.in_(coming)
    )
    twin = session.scalars(twins.order_by(Node.name).limit(1)).first()
    if twin is not None:
        raise Conflict("sibling_named_so", field="name", name=twin)
