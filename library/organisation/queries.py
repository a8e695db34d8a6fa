"""The only reader of the organisation tree."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlalchemy.orm import Session, aliased

from library.core.errors import Invalid, NotFound
from library.core.paging import Page, clean_number
from library.core.permits import Role, Viewer, node_chain
from library.core.text import NAME_MAX, clean_line, name_key
from library.organisation.importing import Known
from library.organisation.permits import may_look
from library.organisation.rules import MOST_DEPTH, chain_ids, clean_code, path_parts
from library.organisation.tables import Below, Node, NodeChange

CHILDREN_A_PAGE = 100
_FOUND_MOST = 50
_NAMED = 5


def root_node(session: Session) -> Node:
    """Return the root of the organisation tree; it is made at the first start."""
    root = session.scalars(select(Node).where(Node.parent_id.is_(None)).order_by(Node.id)).first()
    if root is None:
        raise NotFound("no_root")
    return root


def node(session: Session, node_id: str) -> Node:
    """Return a node; raises NotFound."""
    found = session.get(Node, node_id)
    if found is None:
        raise NotFound
    return found


def nodes(session: Session, ids: Sequence[str]) -> list[Node]:
    """Return nodes in the order of their ids as they are given; those that are not there are left out."""
    found = {one.id: one for one in session.scalars(select(Node).where(Node.id.in_(ids)))}
    return [found[one] for one in ids if one in found]


def node_by_code(session: Session, code: str) -> Node | None:
    """Return the node with a code, however it is written (`rules.clean_code`)."""
    return session.scalars(select(Node).where(Node.code == clean_code(code))).first()


def open_child_named(session: Session, parent_id: str | None, name: str) -> Node | None:
    """Return the open node of this very name below another (below none: the root)."""
    beside = Node.parent_id.is_(None) if parent_id is None else Node.parent_id == parent_id
    wanted = select(Node).where(beside, Node.name == name, Node.closed_at.is_(None))
    return session.scalars(wanted).first()


def nodes_named(session: Session, text: str, most: int = 200) -> list[str]:
    """Return the ids of the nodes whose name holds `text`, and of all below them."""
    if not text:
        return []
    named, below = aliased(Node), aliased(Node)
    wanted = (
        select(below.id)
        .join(Below, Below.node_id == below.id)
        .join(named, named.id == Below.ancestor_id)
        .where(named.name.contains(text, autoescape=True))
        .group_by(below.id, below.path)
        .order_by(below.path)
        .limit(most)
    )
    return list(session.scalars(wanted))


def node_names(session: Session, ids: Collection[str]) -> dict[str, str]:
    """Return what nodes are called, by their ids; those that are gone are left out."""
    rows = session.execute(select(Node.id, Node.name).where(Node.id.in_(ids)))
    return dict(rows.all())


def nodes_under(session: Session, viewer: Viewer, role: Role, most: int | None = None) -> Sequence[Node]:
    """Return the open nodes at which the viewer holds `role`, in the order of the tree, at most `most`."""
    held = [grant.node_id for grant in viewer.grants if grant.gives(role)]
    if not held:
        return []
    inside = select(Below.node_id).where(Below.ancestor_id.in_(held))
    wanted = select(Node).where(Node.id.in_(inside), Node.closed_at.is_(None))
    return session.scalars(wanted.order_by(Node.path).limit(most)).all()


def inside_of(node_ids: Iterable[str]) -> Select[str]:
    """Return the question for the ids of some nodes and of all below them, for use inside another."""
    return select(Below.node_id).where(Below.ancestor_id.in_(list(node_ids)))


def height(session: Session, node_id: str) -> int:
    """Return how many steps below a node the deepest one lies; 0 where nothing is below it."""
    deepest = select(func.max(Below.depth)).where(Below.ancestor_id == node_id)
    return session.scalar(deepest) or 0


def count_inside(session: Session, node_id: str) -> int:
    """Return how many open nodes lie below a node."""
    wanted = (
        select(func.count())
        .select_from(Below)
        .join(Node, Node.id == Below.node_id)
        .where(Below.ancestor_id == node_id, Below.depth > 0, Node.closed_at.is_(None))
    )
    return session.scalar(wanted) or 0


def count_children(session: Session, node_id: str, *, closed: bool = False) -> int:
    """Return how many open nodes lie right below another; with `closed` how many closed ones."""
    wanted = select(func.count()).where(Node.parent_id == node_id, _state(closed))
    return session.scalar(wanted) or 0


def _state(closed: bool) -> ColumnElement[bool]:
    return Node.closed_at.is_not(None) if closed else Node.closed_at.is_(None)


@dataclass(frozen=True)
class ChildRow:
    """A node in a list: itself, and how many open ones lie right below it."""

    node: Node
    open_children: int


def children(session: Session, node_id: str, page: int = 1, *, closed: bool = False) -> Page[ChildRow]:
    """Return a page of what lies right below a node, by name; with `closed` the closed ones instead."""
    total = count_children(session, node_id, closed=closed)
    number = clean_number(page)
    wanted = select(Node).where(Node.parent_id == node_id, _state(closed)).order_by(Node.name, Node.id)
    wanted = wanted.limit(CHILDREN_A_PAGE).offset((number - 1) * CHILDREN_A_PAGE)
    return Page(with_counts(session, session.scalars(wanted).all()), number, CHILDREN_A_PAGE, total)


def with_counts(session: Session, nodes: Sequence[Node]) -> list[ChildRow]:
    """Return nodes with how many open ones lie right below each."""
    parents = [node.id for node in nodes]
    counted = (
        select(Node.parent_id, func.count())
        .where(Node.parent_id.in_(parents), Node.closed_at.is_(None))
        .group_by(Node.parent_id)
    )
    counts: Mapping[str | None, int] = dict(session.execute(counted).all()) if parents else {}
    return [ChildRow(node, counts.get(node.id, 0)) for node in nodes]


def find(session: Session, within: Collection[str], text: str, most: int = _FOUND_MOST) -> list[Node]:
    """Return the nodes inside of `within` (ids) whose name, short name, letters or code hold `text`.

    Open ones first, then those that begin with it, then the shortest names: who types 余村 wants 余村党支部
    before 新余村小学党支部.
    """
    typed = clean_line(text)
    if not typed or not within:
        return []
    letters = name_key(typed).replace(" ", "")
    held: list[ColumnElement[bool]] = [
        Node.name.contains(typed, autoescape=True),
        Node.short_name.contains(typed, autoescape=True),
        Node.code.contains(name_key(typed).upper(), autoescape=True),
    ]
    if letters.isascii() and letters:
        held.append(Node.spelled.contains(letters, autoescape=True))
    begins = or_(
        Node.name.startswith(typed, autoescape=True),
        Node.short_name.startswith(typed, autoescape=True),
        Node.code == name_key(typed).upper(),
    )
    wanted = (
        select(Node)
        .where(Node.id.in_(inside_of(within)), or_(*held))
        .order_by(Node.closed_at.is_not(None), case((begins, 0), else_=1), func.length(Node.name))
        .order_by(Node.name, Node.id)
        .limit(most)
    )
    return list(session.scalars(wanted))


def chains(session: Session, nodes: Sequence[Node]) -> dict[str, tuple[Node, ...]]:
    """Return for each node's id the nodes above it, root first, without itself; one query for all."""
    ids = chain_ids(node.path for node in nodes)
    rows = session.scalars(select(Node).where(Node.id.in_(ids))).all() if ids else ()
    known = {row.id: row for row in rows}
    return {
        node.id: tuple(known[one] for one in node_chain(node.path)[:-1] if one in known) for node in nodes
    }


def history(session: Session, node_id: str, most: int = 100) -> Sequence[NodeChange]:
    """Return what became of a node, the newest first."""
    wanted = select(NodeChange).where(NodeChange.node_id == node_id)
    return session.scalars(wanted.order_by(NodeChange.at.desc(), NodeChange.id.desc()).limit(most)).all()


def outermost(viewer: Viewer, role: Role) -> list[str]:
    """Return the ids of the nodes at which a viewer holds `role`, without those that lie below another."""
    held = {grant.path: grant.node_id for grant in viewer.grants if grant.gives(role)}
    return [
        node_id
        for path, node_id in sorted(held.items())
        if not any(path != other and path.startswith(other) for other in held)
    ]


def node_for(session: Session, viewer: Viewer, node_id: str) -> Node:
    """Return a node that the viewer may look at; raises NotFound, also where they may not."""
    found = node(session, node_id)
    if not may_look(viewer, found.path):
        raise NotFound
    return found


def called(session: Session, within: Collection[str], text: str, most: int = 10) -> tuple[list[Node], int]:
    """Return the first open nodes inside of `within` (ids) that people mean by `text`, and how many there
    are.

    By a code, a name, or a path of names such as 安吉县委 / 天荒坪镇党委 / 余村党支部, of which the first may
    be left out.
    """
    parts = path_parts(text)
    if not within or not 1 <= len(parts) <= MOST_DEPTH + 1:
        return [], 0  # nothing lies so deep
    open_ones = (Node.id.in_(inside_of(within)), Node.closed_at.is_(None))
    if len(parts) == 1:
        coded = select(Node).where(*open_ones, Node.code == name_key(parts[0]).upper())
        found = session.scalars(coded).first()
        if found is not None:
            return [found], 1
    wanted = select(Node).where(*open_ones, or_(Node.name == parts[-1], Node.short_name == parts[-1]))
    below: type[Node] = Node
    for name in reversed(parts[:-1]):
        above = aliased(Node)
        wanted = wanted.join(above, above.id == below.parent_id).where(above.name == name)
        below = above
    total = session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    return list(session.scalars(wanted.order_by(Node.path).limit(most))), total


def meant(session: Session, within: Collection[str], text: str, field: str) -> Node:
    """Return the one open node inside of `within` that people mean by `text` (as `called` reads it).

    Raises Invalid: node_unknown, node_ambiguous, which names them; `field` is where it was typed.
    """
    found, total = called(session, within, text, _NAMED)
    typed = text.strip()[:NAME_MAX]
    if not found:
        raise Invalid("node_unknown", field=field, text=typed)
    if total > 1:
        above = chains(session, found)
        names = [" / ".join([*(one.name for one in above[node.id]), node.name]) for node in found]
        said = "；".join(names) + ("……" if total > len(found) else "")
        raise Invalid("node_ambiguous", field=field, text=typed, count=total, names=said)
    return found[0]


def known_nodes(session: Session, top: str | None = None) -> Iterator[Known]:
    """Yield every node, or `top` and all below it, what is above first, for the plan of an import."""
    columns = (
        *(Node.id, Node.parent_id, Node.name, Node.short_name, Node.kind, Node.code),
        *(Node.since, Node.closed_at),
    )
    inside = () if top is None else (Node.id.in_(inside_of([top])),)
    for row in session.execute(select(*columns).where(*inside).order_by(Node.path)):
        yield Known(
            id=row.id,
            parent_id=row.parent_id,
            name=row.name,
            short_name=row.short_name,
            kind=row.kind,
            code=row.code,
            since=row.since,
            closed=row.closed_at is not None,
        )
