"""The tree: what is called how, and what lies below what."""

from __future__ import annotations

import pytest

from library.core.database import Database
from library.core.errors import Invalid, NotFound
from library.core.permits import Role
from library.organisation import actions, queries
from tests.support import factories as make
from tests.support.databases import NOW, ORGANISATION


def test_there_is_one_root_and_it_keeps_its_name(db: Database) -> None:
    with db.write() as session:
        root = actions.ensure_root(session, "另一个名字", NOW)
        assert (root.id, root.name) == (queries.root_node(session).id, ORGANISATION)


def test_a_branch_knows_its_chain_from_the_root(db: Database) -> None:
    with db.write() as session:
        root = make.root(session)
        north = actions.add_named(session, root, " 北 ", NOW)
        village = actions.add_named(session, north, "村", NOW)
        assert (north.name, village.path) == ("北", f"/{root.id}/{north.id}/{village.id}/")
        assert queries.node(session, village.id) is village
        with pytest.raises(Invalid):
            actions.add_named(session, root, " ", NOW)
        with pytest.raises(NotFound):
            queries.node(session, "none")


def test_a_name_finds_branches_and_all_below_them(db: Database) -> None:
    with db.write() as session:
        root = make.root(session)
        north = actions.add_named(session, root, "北乡", NOW)
        village = actions.add_named(session, north, "余村", NOW)
        actions.add_named(session, root, "南乡", NOW)
        assert queries.nodes_named(session, "北") == [north.id, village.id]
        assert queries.nodes_named(session, "%") == []
        assert queries.nodes_named(session, "") == []
        assert queries.node_names(session, [village.id, "gone"]) == {village.id: "余村"}


def test_a_role_reaches_its_branch_and_what_lies_below(db: Database) -> None:
    with db.write() as session:
        _admin, staff, lecturer = make.north(session)
        north = queries.node(session, staff.grants[0].node_id)
        actions.add_named(session, north, "村", NOW)
        assert [b.name for b in queries.nodes_under(session, staff, Role.STAFF)] == ["北", "村"]
        assert queries.nodes_under(session, lecturer, Role.STAFF) == []
