"""Two who change the tree in one moment: one after the other, and never a circle."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from library.core.database import Database
from library.core.errors import Conflict
from library.organisation import actions, queries
from library.organisation.actions import NodeDetails
from library.organisation.rules import ChangeKind
from tests.library.organisation.test_tree import check_agrees
from tests.support import factories as make
from tests.support.databases import NOW
from tests.support.together import WAIT_S, together


@pytest.fixture
def towns(db: Database) -> dict[str, str]:
    """Three towns, a village in the first, by their names."""
    with db.write() as session:
        root = make.root(session)
        made = {n: actions.add_node(session, root, NodeDetails(f"{n}乡党委"), NOW, None) for n in "东西北"}
        made["村"] = actions.add_node(session, made["东"], NodeDetails("余村党支部"), NOW, None)
        return {name: node.id for name, node in made.items()}


def moving(db: Database, node_id: str, to_id: str, known: threading.Barrier | None) -> Callable[[], bool]:
    """Move a node, once both who do so have read what is there; on SQLite one writes at a time anyway."""

    def act() -> bool:
        with db.write() as session:
            node, parent = queries.node(session, node_id), queries.node(session, to_id)
            if known is not None:
                known.wait(WAIT_S)
            return actions.move(session, node, parent, NOW, None)

    return act


def both(db: Database, first: tuple[str, str], second: tuple[str, str]) -> list[bool | Exception]:
    known = None if db.is_sqlite else threading.Barrier(2)
    return together([moving(db, *first, known), moving(db, *second, known)])


def test_two_staff_who_move_one_node_move_it_twice(db: Database, towns: dict[str, str]) -> None:
    assert both(db, (towns["村"], towns["西"]), (towns["村"], towns["北"])) == [True, True]
    with db.read() as session:
        check_agrees(session)
        history = queries.history(session, towns["村"])
        assert sorted(one.kind for one in history) == [ChangeKind.MADE, ChangeKind.MOVED, ChangeKind.MOVED]
        # Whoever came second is told of as coming from where the first had put it.
        assert sum(one.before.get("parent") == towns["东"] for one in history) == 1


def test_two_nodes_moved_below_each_other_are_no_circle(db: Database, towns: dict[str, str]) -> None:
    results = both(db, (towns["东"], towns["西"]), (towns["西"], towns["东"]))
    assert results.count(True) == 1
    [refused] = [one for one in results if isinstance(one, Exception)]
    assert isinstance(refused, Conflict)
    assert refused.code == "node_below_itself"
    with db.read() as session:
        check_agrees(session)
