"""The only writer of the organisation tree.

Whoever changes the tree holds its root row until the transaction ends, so that two changes at once come one
after the other and each sees what the other did.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, func, insert, literal, select, update
from sqlalchemy.orm import Session, aliased

from library.audit import actions as audit
from library.audit.rules import Deed, changes
from library.core.errors import Conflict, NotFound
from library.core.ids import new_id
from library.core.lists.outcomes import Outcome
from library.core.permits import node_chain
from library.core.text import NAME_MAX, required_line, short_line
from library.organisation import queries, rules
from library.organisation.importing import Planned
from library.organisation.moving import put_children_below
from library.organisation.rules import SHORT_MAX, ChangeKind, NodeKind
from library.organisation.tables import Below, Node, NodeChange

_AT_ONCE = 2_000


@dataclass(frozen=True)
class NodeDetails:
    """What a node is called and what it is, as typed; `kind` None is told by the name."""

    name: str
    short_name: str = ""
    kind: NodeKind | None = None
    code: str = ""
    since: date | None = None


def ensure_root(session: Session, name: str, now: datetime) -> Node:
    """Return the root node, made now if the library is new."""
    try:
        return queries.root_node(session)
    except NotFound:
        return _insert(session, None, NodeDetails(name), now, None)


def add_named(session: Session, parent: Node, name: str, now: datetime) -> Node:
    """Add a node below `parent` that is what its name says; raises as `add_node` does."""
    return add_node(session, parent, NodeDetails(name), now, None)


def add_node(session: Session, parent: Node, details: NodeDetails, now: datetime, by: str | None) -> Node:
    """Add a node below `parent`; `by` is who does it.

    Raises Invalid, and Conflict: code_taken, node_closed, tree_too_deep, sibling_named_so.
    """
    hold(session)
    session.refresh(parent)
    _check_open(parent)
    rules.check_depth(len(node_chain(parent.path)))
    node = _insert(session, parent, details, now, by)
    made = changes({}, _open_values({name: getattr(node, name) for name in ("name", "kind", "code")}))
    audit.note(session, Deed.ORGANISATION, by, thing=node.id, changed=made, what=ChangeKind.MADE.value)
    return node


def change_details(session: Session, node: Node, details: NodeDetails, now: datetime, by: str | None) -> bool:
    """Give a node another name, short name, kind, code or founding day; returns whether anything changed.

    Raises Invalid, Conflict("code_taken"), Conflict("sibling_named_so").
    """
    hold(session)
    session.refresh(node)
    wanted = _clean(details)
    _check_unique(session, wanted, node.parent_id, but=node.id)
    before = {name: getattr(node, name) for name in wanted}
    changed = _set(session, node, wanted, now, by)
    if changed:
        told = changes(_open_values(before), _open_values(wanted))
        audit.note(session, Deed.ORGANISATION, by, thing=node.id, changed=told, what=ChangeKind.RENAMED.value)
    return changed


def _open_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values of a node under the names that the ledger tells openly: its name is nobody's."""
    return {"node" if name == "name" else name: value for name, value in values.items()}


def _set(session: Session, node: Node, wanted: Mapping[str, Any], now: datetime, by: str | None) -> bool:
    """Give a node the values that differ from its own; returns whether any did."""
    before = {name: getattr(node, name) for name in wanted}
    changed = {name: value for name, value in wanted.items() if before[name] != value}
    if not changed:
        return False
    for name, value in changed.items():
        setattr(node, name, value)
    node.spelled = rules.spelled(node.name, node.short_name)
    session.flush()
    _note(session, node, ChangeKind.RENAMED, now, by, {name: before[name] for name in changed}, changed)
    return True


def move(session: Session, node: Node, parent: Node, now: datetime, by: str | None) -> bool:
    """Put a node, with all that lies below it, below another; returns whether it was elsewhere.

    What lies below costs three statements, however much it is. Raises Conflict: root_stays, node_closed,
    node_below_itself, tree_too_deep, sibling_named_so.
    """
    hold(session)
    session.refresh(node)
    session.refresh(parent)
    if node.parent_id is None:
        raise Conflict("root_stays")
    if node.parent_id == parent.id:
        return False
    _check_open(parent)
    before = node.parent_id
    _check_unique(session, {"name": node.name, "code": None}, parent.id, but=node.id)
    _put_below(session, node, parent)
    _note(session, node, ChangeKind.MOVED, now, by, {"parent": before}, {"parent": parent.id})
    told = changes({"parent": before}, {"parent": parent.id})
    audit.note(session, Deed.ORGANISATION, by, thing=node.id, changed=told, what=ChangeKind.MOVED.value)
    return True


def merge(session: Session, node: Node, into: Node, now: datetime, by: str | None) -> None:
    """Let one node take over another: what lay below the other lies below it now, and the other is closed
    and lies below it too, so that its lessons, its counts and the rights above it lose nothing.

    It costs as many statements for thousands of nodes below it as for one.
    Raises Conflict: root_stays, node_closed, node_below_itself, tree_too_deep, sibling_named_so.
    """
    hold(session)
    session.refresh(node)
    session.refresh(into)
    if node.parent_id is None:
        raise Conflict("root_stays")
    _check_open(node)
    _check_open(into)
    before = node.parent_id
    rules.check_move(node.path, into.path, queries.height(session, node.id))
    put_children_below(session, node, into, now, by)
    node.closed_at, node.merged_into_id = now, into.id
    if before != into.id:
        session.flush()
        session.refresh(node)
        _put_below(session, node, into)
    session.flush()
    _note(session, node, ChangeKind.MERGED, now, by, {"parent": before}, {"into": into.id})
    _note(session, into, ChangeKind.TOOK_OVER, now, by, {}, {"node": node.id})
    told = changes({"parent": before, "closed": False}, {"parent": into.id, "closed": True})
    what = ChangeKind.MERGED.value
    audit.note(session, Deed.ORGANISATION, by, thing=node.id, changed=told, what=what, into=into.id)


def close(session: Session, node: Node, now: datetime, by: str | None) -> None:
    """Close a node: it takes nothing new and is not offered any more; all that it has stays.

    Raises Conflict: root_stays, node_closed, node_has_open (other nodes below it).
    """
    hold(session)
    session.refresh(node)
    if node.parent_id is None:
        raise Conflict("root_stays")
    _check_open(node)
    open_ones = queries.count_children(session, node.id)
    if open_ones:
        raise Conflict("node_has_open", count=open_ones)
    node.closed_at = now
    session.flush()
    _note(session, node, ChangeKind.CLOSED, now, by, {}, {})
    told = changes({"closed": False}, {"closed": True})
    audit.note(session, Deed.ORGANISATION, by, thing=node.id, changed=told, what=ChangeKind.CLOSED.value)


def reopen(session: Session, node: Node, now: datetime, by: str | None) -> None:
    """Open a closed node again, where it lies; one that was merged away stands on its own again.

    Raises Conflict: node_open, node_closed (the one above it), sibling_named_so.
    """
    hold(session)
    session.refresh(node)
    if node.closed_at is None:
        raise Conflict("node_open")
    if node.parent_id is not None:
        _check_open(queries.node(session, node.parent_id))
    _check_unique(session, {"name": node.name, "code": None}, node.parent_id, but=node.id)
    node.closed_at = node.merged_into_id = None
    session.flush()
    _note(session, node, ChangeKind.REOPENED, now, by, {}, {})
    told = changes({"closed": True}, {"closed": False})
    audit.note(session, Deed.ORGANISATION, by, thing=node.id, changed=told, what=ChangeKind.REOPENED.value)


def apply(
    session: Session,
    planned: Sequence[Planned],
    now: datetime,
    by: str | None,
    progress: Callable[[int], None] | None = None,
) -> None:
    """Do what a plan says, in its order; the plan must have been made in this transaction, after `hold`.

    `progress` is told from time to time how many rows are done.
    """
    new: list[_New] = []
    nodes = 0
    for at, one in enumerate(planned):
        if at % _AT_ONCE == 0:
            _insert_all(session, new, now, by)
            new = []
            if progress is not None:
                progress(at)
        nodes += one.outcome in (Outcome.NEW, Outcome.CHANGED)
        if one.outcome is Outcome.NEW:
            new.append(_New(one.node_id, one.parent_id, one.values))
        elif one.outcome is Outcome.CHANGED:
            _insert_all(session, new, now, by)
            new = []
            _apply_change(session, one, now, by)
    _insert_all(session, new, now, by)
    if nodes:
        audit.note(session, Deed.ORGANISATION, by, what="import", nodes=nodes)


def _apply_change(session: Session, one: Planned, now: datetime, by: str | None) -> None:
    # The plan has looked at names and codes as they will be: here a node may move and be renamed at once.
    node = queries.node(session, one.node_id)
    if one.moves and one.parent_id is not None:
        before, parent = node.parent_id, queries.node(session, one.parent_id)
        _put_below(session, node, parent)
        _note(session, node, ChangeKind.MOVED, now, by, {"parent": before}, {"parent": parent.id})
    _set(session, node, one.values, now, by)


@dataclass(frozen=True)
class _New:
    """A node that is to be made: its id, what it lies below, and its values."""

    node_id: str
    parent_id: str | None
    values: Mapping[str, Any]


def _insert_all(session: Session, nodes: Sequence[_New], now: datetime, by: str | None) -> None:
    """Insert new nodes, each behind the one above it, some thousand with one statement."""
    paths: dict[str | None, str] = {None: "/"}
    for at in range(0, len(nodes), _AT_ONCE):
        some = nodes[at : at + _AT_ONCE]
        # Of those above only as many at once: a statement takes some ten thousand values.
        above = {one.parent_id for one in some} - paths.keys() - {one.node_id for one in some}
        paths |= dict(session.execute(select(Node.id, Node.path).where(Node.id.in_(above))).all())
        for one in some:
            paths[one.node_id] = f"{paths[one.parent_id]}{one.node_id}/"
        session.execute(
            insert(Node),
            [
                {
                    "id": one.node_id,
                    "parent_id": one.parent_id,
                    "path": paths[one.node_id],
                    "spelled": rules.spelled(one.values["name"], one.values["short_name"]),
                    "created_at": now,
                    **one.values,
                }
                for one in some
            ],
        )
        session.execute(
            insert(Below),
            [
                {"ancestor_id": node_id, "node_id": one.node_id, "depth": depth}
                for one in some
                for depth, node_id in enumerate(reversed(node_chain(paths[one.node_id])))
            ],
        )
        session.execute(
            insert(NodeChange),
            [
                {
                    "id": new_id(),
                    "node_id": one.node_id,
                    "kind": ChangeKind.MADE,
                    "at": now,
                    "changed_by": by,
                    "before": {},
                    "after": {"name": one.values["name"], "parent": one.parent_id},
                }
                for one in some
            ],
        )


def hold(session: Session) -> None:
    """Keep others from changing the tree until this transaction ends; for a plan, before it is made."""
    session.execute(select(Node.id).where(Node.parent_id.is_(None)).with_for_update())


def forget_person(session: Session, person_id: str) -> None:
    """Take a person's id from what became of nodes; what was done stays."""
    session.execute(update(NodeChange).where(NodeChange.changed_by == person_id).values(changed_by=None))


def _hold_tree(session: Session) -> None:
    """Keep others from changing the tree until this transaction ends."""
    session.execute(select(Node.id).where(Node.parent_id.is_(None)).with_for_update())


def _check_open(node: Node) -> None:
    if node.closed_at is not None:
        raise Conflict("node_closed", name=node.name)


def _clean(details: NodeDetails) -> dict[str, Any]:
    name = required_line(details.name, "name", NAME_MAX)
    return {
        "name": name,
        "short_name": short_line(details.short_name, "short_name", SHORT_MAX),
        "kind": details.kind or rules.kind_of_name(name),
        "code": rules.clean_code(details.code),
        "since": details.since,
    }


def _check_unique(
    session: Session, values: Mapping[str, Any], parent_id: str | None, *, but: str | None = None
) -> None:
    """Raise Conflict for a code that another node has, or a name that one beside it has.

    Two branches of one town with one name are the same branch typed twice; elsewhere names repeat.
    """
    code = values["code"]
    if code is not None:
        other = queries.node_by_code(session, code)
        if other is not None and other.id != but:
            raise Conflict("code_taken", field="code", taken=code, name=other.name)
    twin = queries.open_child_named(session, parent_id, values["name"])
    if twin is not None and twin.id != but:
        raise Conflict("sibling_named_so", field="name", name=twin.name)


def _insert(
    session: Session, parent: Node | None, details: NodeDetails, now: datetime, by: str | None
) -> Node:
    parent_id = parent.id if parent else None
    new = _New(new_id(), parent_id, _clean(details))
    _check_unique(session, new.values, parent_id)
    _insert_all(session, [new], now, by)
    return queries.node(session, new.node_id)


def _put_below(session: Session, node: Node, parent: Node) -> None:
    rules.check_move(node.path, parent.path, queries.height(session, node.id))
    before, after = node.path, f"{parent.path}{node.id}/"
    inside = select(Below.node_id).where(Below.ancestor_id == node.id)
    above = select(Below.ancestor_id).where(Below.node_id == node.id, Below.ancestor_id != node.id)
    session.execute(
        delete(Below)
        .where(Below.node_id.in_(inside), Below.ancestor_id.in_(above))
        .execution_options(synchronize_session=False)
    )
    new_above, below = aliased(Below), aliased(Below)
    pairs = (
        select(new_above.ancestor_id, below.node_id, new_above.depth + below.depth + 1)
        .join(below, literal(True))
        .where(new_above.node_id == parent.id, below.ancestor_id == node.id)
    )
    session.execute(insert(Below).from_select(["ancestor_id", "node_id", "depth"], pairs))
    # The unique paths of what moves cannot meet others: each holds its node's own id at the same place.
    session.execute(
        update(Node)
        .where(Node.id.in_(inside))
        .values(path=literal(after) + func.substr(Node.path, len(before) + 1))
        .execution_options(synchronize_session=False)
    )
    node.parent_id = parent.id
    session.flush()
    session.expire_all()


def _note(
    session: Session,
    node: Node,
    kind: ChangeKind,
    now: datetime,
    by: str | None,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
) -> None:
    session.add(
        NodeChange(
            id=new_id(),
            node_id=node.id,
            kind=kind,
            at=now,
            changed_by=by,
            before=_plain(before),
            after=_plain(after),
        )
    )
    session.flush()


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}
