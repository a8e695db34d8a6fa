"""A node with thousands below it is merged with the same few statements, and every right is right then."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from library.catalog import audiences
from library.core.clock import local_day
from library.core.database import Database
from library.core.errors import Conflict
from library.core.permits import Role, Viewer
from library.core.rights import Act, Thing, allowed
from library.organisation import actions, importing, queries
from library.organisation.importing import Row
from library.organisation.rules import ChangeKind
from library.organisation.tables import Node, NodeChange
from library.people import queries as people
from library.people.belonging import memberships
from tests.library.organisation.test_tree import add, check_agrees
from tests.support import factories as make
from tests.support.databases import NOW


def towns(session: Session, villages: int) -> tuple[Node, Node]:
    """Two towns; the first has villages with a group each, the last of them closed."""
    root = make.root(session)
    old, new = add(session, root, "旧镇党委", code="OLD"), add(session, root, "新镇党委")
    rows = [Row(n, f"第{n}村党支部", "OLD", f"V{n}") for n in range(villages)]
    rows += [Row(n, "第一党小组", f"V{n}", f"G{n}") for n in range(villages)]
    planned = importing.plan(
        queries.known_nodes(session), rows, iter(map(str, range(10**12, 10**13))).__next__
    )
    actions.apply(session, planned, NOW, None)
    return old, new


@contextmanager
def counted(db: Database) -> Iterator[list[str]]:
    """The statements that are asked meanwhile."""
    asked: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def test_merging_cost_statements_for_each_node_below(db: Database) -> None:
    needed = []
    for villages in (2, 300):
        with db.write() as session:
            old, new = towns(session, villages)
            session.flush()
            with counted(db) as asked:
                audiences.merge(session, old, new, NOW, None)
            needed.append(len(asked))
            session.rollback()
    assert needed[0] == needed[1] < 40


def test_rights_are_right_after_a_merge(db: Database) -> None:
    with db.write() as session:
        old, new = towns(session, 60)
        gone = queries.node_by_code(session, "V7")
        below = queries.node_by_code(session, "G9")
        assert gone is not None
        assert below is not None
        actions.close(session, queries.node_by_code(session, "G7") or gone, NOW, None)
        actions.close(session, gone, NOW, None)
        staff = {
            name: make.person(session, (Role.STAFF, node)) for name, node in (("old", old), ("new", new))
        }
        member = str(make.person(session, (Role.MEMBER, below)).person_id)
        memberships.settle(session, member, below, local_day(NOW), NOW, None)

        def seen(viewer: Viewer) -> Viewer:
            row = people.person(session, str(viewer.person_id))
            return people.viewer_of(session, row, local_day(NOW))

        paths = [below.path]
        assert allowed(seen(staff["old"]), Act.NODE_LOOK, Thing(paths[0]))
        assert not allowed(seen(staff["new"]), Act.NODE_LOOK, Thing(paths[0]))
        audiences.merge(session, old, new, NOW, None)
        check_agrees(session)
        session.expire_all()
        moved = Thing(below.path)
        assert allowed(seen(staff["new"]), Act.NODE_LOOK, moved)
        assert not allowed(seen(staff["old"]), Act.NODE_LOOK, moved), "it lies below the other now"
        closed = Thing(gone.path)
        assert all(allowed(seen(one), Act.NODE_LOOK, closed) for one in staff.values()), (
            "it stays with its node"
        )
        assert queries.count_children(session, new.id) == 59
        assert new.id in below.path.split("/")
        belongs = seen(Viewer(member, "", ())).belongs
        assert [one.path for one in belongs] == [below.path]
        notes = session.scalars(select(NodeChange).where(NodeChange.kind == ChangeKind.MOVED)).all()
        assert {(one.before["parent"], one.after["parent"]) for one in notes} == {(old.id, new.id)}
        assert len(notes) == 59


def test_a_name_that_is_there_already_stops_a_merge(db: Database) -> None:
    with db.write() as session:
        old, new = towns(session, 3)
        add(session, new, "第2村党支部")
        with pytest.raises(Conflict) as refused:
            actions.merge(session, old, new, NOW, None)
        assert (refused.value.code, refused.value.values["name"]) == ("sibling_named_so", "第2村党支部")
