"""The tree as people change it: made, renamed, moved, merged, closed, opened again; nothing is lost by it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, func, select, text
from sqlalchemy.orm import Session

from library.catalog import queries as catalog
from library.catalog.permits import LessonState
from library.catalog.tables import Lesson
from library.core.clock import local_day, utc_now
from library.core.database import Database
from library.core.errors import Conflict, Invalid
from library.core.ids import new_id
from library.core.lists.outcomes import Outcome
from library.core.permits import Role, Viewer
from library.organisation import actions, importing, queries, rules
from library.organisation.actions import NodeDetails
from library.organisation.rules import ChangeKind, NodeKind
from library.organisation.tables import Below, Node
from library.people import queries as people
from tests.support import factories as make
from tests.support.databases import NOW
from tests.support.examples import examples


def add(session: Session, parent: Node, name: str, **more: Any) -> Node:
    return actions.add_node(session, parent, NodeDetails(name, **more), NOW, None)


@dataclass
class County:
    """A county with two towns; the first has a village branch with a group."""

    root: Node
    east: Node
    west: Node
    village: Node
    group: Node


@pytest.fixture
def county(db: Database) -> Iterator[tuple[Session, County]]:
    with db.write() as session:
        root = make.root(session)
        east, west = add(session, root, "东乡党委"), add(session, root, "西乡党委")
        village = add(session, east, "余村党支部", code="a-017")
        yield session, County(root, east, west, village, add(session, village, "第一党小组"))


def shape(session: Session) -> dict[str, tuple[str, ...]]:
    """The name of every node with the names of those above it, nearest first, as the closure table has it."""
    names = dict(session.execute(select(Node.id, Node.name)).all())
    rows = session.execute(select(Below.node_id, Below.ancestor_id).order_by(Below.depth)).all()
    return {
        name: tuple(names[above] for below, above in rows if below == node_id)
        for node_id, name in names.items()
    }


def check_agrees(session: Session) -> None:
    """Parents, paths and the closure table tell the same tree."""
    session.expire_all()
    nodes = {node.id: node for node in session.scalars(select(Node))}
    said = set(session.execute(select(Below.ancestor_id, Below.node_id, Below.depth)).all())
    expected = set()
    for node in nodes.values():
        chain, one = [node.id], node
        while one.parent_id is not None:
            one = nodes[one.parent_id]
            chain.append(one.id)
        assert node.path == "/" + "/".join(reversed(chain)) + "/"
        expected |= {(above, node.id, depth) for depth, above in enumerate(chain)}
    assert said == expected


def test_what_a_node_is_is_told_by_its_name(county: tuple[Session, County]) -> None:
    _session, at = county
    assert (at.east.kind, at.village.kind, at.group.kind) == ("committee", "branch", "group")
    assert rules.kind_of_name("安吉县总支部委员会") is NodeKind.GENERAL_BRANCH
    assert rules.kind_of_name("余村支部委员会") is NodeKind.BRANCH
    assert rules.kind_of_name("天荒坪镇") is NodeKind.UNIT
    assert rules.kind_called("党总支") is NodeKind.GENERAL_BRANCH
    with pytest.raises(Invalid) as refused:
        rules.kind_called("协会")
    assert refused.value.code == "unknown_node_kind"


def test_codes_are_one_however_they_are_written(county: tuple[Session, County]) -> None:
    session, at = county
    assert at.village.code == "A-017"
    assert queries.node_by_code(session, " ａ-017 ") is at.village
    with pytest.raises(Conflict) as taken:
        add(session, at.west, "白云党支部", code="A-017")
    assert (taken.value.code, taken.value.values["name"]) == ("code_taken", "余村党支部")
    with pytest.raises(Invalid):
        add(session, at.west, "白云党支部", code="A 17")


def test_two_beside_each_other_have_two_names(county: tuple[Session, County]) -> None:
    session, at = county
    add(session, at.west, "余村党支部")  # in another town it is another one
    with pytest.raises(Conflict) as twin:
        add(session, at.east, " 余村党支部 ")
    assert twin.value.code == "sibling_named_so"
    with pytest.raises(Conflict):
        actions.move(session, at.village, at.west, NOW, None)
    check_agrees(session)


def test_what_is_below_moves_along(county: tuple[Session, County]) -> None:
    session, at = county
    root = at.root.name
    assert actions.move(session, at.village, at.west, NOW, None)
    assert shape(session)["第一党小组"] == ("第一党小组", "余村党支部", "西乡党委", root)
    check_agrees(session)
    assert not actions.move(session, at.village, at.west, NOW, None)
    assert [change.kind for change in queries.history(session, at.village.id)] == ["moved", "made"]


def test_rights_and_lessons_move_along(county: tuple[Session, County]) -> None:
    session, at = county
    east = make.person(session, (Role.STAFF, at.east))
    west = make.person(session, (Role.STAFF, at.west))
    lesson = make.lesson(session, branch=at.group, state=LessonState.DRAFT)

    def seen(viewer: Viewer) -> list[str]:
        return list(session.scalars(select(Lesson.id).where(catalog.visible(viewer))))

    assert (seen(east), seen(west)) == ([lesson.id], [])
    actions.move(session, at.village, at.west, NOW, None)
    assert (seen(east), seen(west)) == ([], [lesson.id])
    assert catalog.lesson_for(session, west, lesson.id).id == lesson.id


@pytest.mark.parametrize("target", ["village", "group"])
def test_nothing_lies_below_itself(county: tuple[Session, County], target: str) -> None:
    session, at = county
    with pytest.raises(Conflict) as refused:
        actions.move(session, at.village, getattr(at, target), NOW, None)
    assert refused.value.code == "node_below_itself"
    with pytest.raises(Conflict):
        actions.merge(session, at.village, at.group, NOW, None)
    with pytest.raises(Conflict) as stays:
        actions.move(session, at.root, at.village, NOW, None)
    assert stays.value.code == "root_stays"
    check_agrees(session)


def test_a_merged_branch_loses_nothing(county: tuple[Session, County]) -> None:
    session, at = county
    secretary = make.person(session, (Role.STAFF, at.village))
    town = make.person(session, (Role.STAFF, at.west))
    lesson = make.lesson(session, branch=at.village, state=LessonState.DRAFT)
    into = add(session, at.west, "白云党支部")
    actions.merge(session, at.village, into, NOW, None)
    check_agrees(session)
    assert (at.village.closed_at, at.village.merged_into_id) == (NOW, into.id)
    assert shape(session)["第一党小组"] == ("第一党小组", "白云党支部", "西乡党委", at.root.name)
    for viewer in (secretary, town):
        fresh = people.viewer_of(
            session, people.person(session, viewer.person_id or ""), local_day(utc_now())
        )
        assert catalog.lesson_for(session, fresh, lesson.id).id == lesson.id
    assert next(c.kind for c in queries.history(session, into.id)) is ChangeKind.TOOK_OVER
    with pytest.raises(Conflict) as closed:
        add(session, at.village, "第二党小组")
    assert closed.value.code == "node_closed"
    actions.reopen(session, at.village, NOW, None)
    assert (at.village.closed_at, at.village.merged_into_id) == (None, None)
    add(session, at.village, "第二党小组")


def test_what_has_open_nodes_below_it_is_not_closed(county: tuple[Session, County]) -> None:
    session, at = county
    with pytest.raises(Conflict) as refused:
        actions.close(session, at.village, NOW, None)
    assert (refused.value.code, refused.value.values["count"]) == ("node_has_open", 1)
    actions.close(session, at.group, NOW, None)
    actions.close(session, at.village, NOW, None)
    assert queries.children(session, at.east.id).total == 0
    assert [row.node for row in queries.children(session, at.east.id, closed=True).items] == [at.village]
    with pytest.raises(Conflict):
        actions.reopen(session, at.group, NOW, None)  # first what is above it


def test_names_are_found_by_characters_letters_and_codes(county: tuple[Session, County]) -> None:
    session, at = county
    other = add(session, at.west, "新余村小学党支部", short_name="余小")
    everywhere = [at.root.id]
    for typed in ("余村", "yucun", "YU CUN", "ycdzb"):
        found = queries.find(session, everywhere, typed)
        assert at.village in found, typed
    assert queries.find(session, everywhere, "余村")[:2] == [at.village, other]
    assert queries.find(session, everywhere, "a-017") == [at.village]
    assert queries.find(session, everywhere, "余小") == [other]
    assert queries.find(session, [at.west.id], "余村") == [other]
    assert queries.find(session, everywhere, "%") == queries.find(session, everywhere, "  ") == []
    chain = queries.chains(session, [at.group])[at.group.id]
    assert [node.name for node in chain] == [at.root.name, "东乡党委", "余村党支部"]


@pytest.mark.slow
def test_a_name_that_thousands_have_is_counted_and_not_fetched(county: tuple[Session, County]) -> None:
    """Every branch of a province has a first group: more nodes than a statement takes values."""
    session, at = county
    count, most = 2_500, 2_100
    rows = [importing.Row(n, f"第{n}村党支部", "东乡党委", f"V{n}") for n in range(count)]
    values: list[int] = []

    @event.listens_for(session.get_bind(), "before_cursor_execute")
    def look(_c: Any, _cursor: Any, _sql: str, given: Any, _context: Any, is_many: bool) -> None:
        values.append(0 if is_many else len(given))

    for some in (rows, [importing.Row(n, "第一党小组", f"V{n}") for n in range(count)]):
        planned = importing.plan(queries.known_nodes(session), some, new_id)
        assert importing.counted(planned)[Outcome.NEW] == count
        actions.apply(session, planned, NOW, None)
    found, total = queries.called(session, [at.root.id], "第一党小组", 5)
    assert (len(found), total) == (5, count + 1)
    [one], total = queries.called(session, [at.root.id], "东乡党委 / 第7村党支部 / 第一党小组")
    assert (total, queries.chains(session, [one])[one.id][-1].name) == (1, "第7村党支部")
    with pytest.raises(Invalid) as refused:
        queries.meant(session, [at.root.id], "第一党小组", "to")
    assert (refused.value.values["count"], refused.value.values["names"][-2:]) == (count + 1, "……")
    assert max(values) <= most


def test_the_tree_has_an_end(county: tuple[Session, County]) -> None:
    session, at = county
    node = at.group
    for depth in range(rules.MOST_DEPTH - 3):
        node = add(session, node, f"第{depth}层")
    with pytest.raises(Conflict) as refused:
        add(session, node, "再下一层")
    assert refused.value.code == "tree_too_deep"
    with pytest.raises(Conflict):
        actions.move(session, at.west, node, NOW, None)


@pytest.mark.slow
@settings(
    max_examples=examples(25), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(moves=st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11), st.booleans()), max_size=14))
def test_no_sequence_of_moves_and_merges_bends_the_tree(
    db: Database, moves: list[tuple[int, int, bool]]
) -> None:
    """Whatever is moved or merged, parents, paths and the closure table tell one and the same tree."""
    session = Session(db.engine)
    try:
        nodes = [make.root(session)]
        for n in range(11):
            nodes.append(add(session, nodes[n // 2], f"第{n}党支部"))
        for which, where, merges in moves:
            try:
                if merges:
                    actions.merge(session, nodes[which], nodes[where], NOW, None)
                else:
                    actions.move(session, nodes[which], nodes[where], NOW, None)
            except Conflict:
                continue
        check_agrees(session)
        assert session.scalar(select(func.count()).select_from(Node)) == len(nodes)
    finally:
        session.rollback()
        session.close()


def test_what_is_below_and_above_is_asked_of_an_index(db: Database) -> None:
    """Subtree and ancestors are looked up, not walked: no scan of the nodes or of the closure table."""
    with db.write() as session:
        parent = make.root(session)
        for n in range(3):
            parent = add(session, parent, f"第{n}级")
        below = select(Below.node_id).where(Below.ancestor_id == parent.id)
        above = select(Below.ancestor_id).where(Below.node_id == parent.id).order_by(Below.depth)
        for wanted in (below, above):
            bind = session.get_bind()
            sql = str(wanted.compile(bind, compile_kwargs={"literal_binds": True}))
            if bind.dialect.name == "sqlite":
                plan = " ".join(str(row[-1]) for row in session.execute(text(f"EXPLAIN QUERY PLAN {sql}")))
                assert "SEARCH" in plan
                assert "SCAN" not in plan
            else:
                # A table of some rows is read whole whatever there is; the question is what it can do.
                session.execute(text("SET LOCAL enable_seqscan = off"))
                plan = " ".join(str(row[0]) for row in session.execute(text(f"EXPLAIN {sql}")))
                assert "Index" in plan
