"""Whatever becomes of the tree, of people and of audiences: the rule, the database and the index agree."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, func, select, update
from sqlalchemy.orm import Session

from library.catalog import actions, audiences, change_queries, queries
from library.catalog.audience import Named, OpenTo, chosen, read_words
from library.catalog.documents import documents
from library.catalog.permits import Action, Audience, LessonState, may
from library.catalog.tables import AudienceToken, Lesson
from library.core.clock import local_day
from library.core.database import Database
from library.core.errors import Conflict, Invalid
from library.core.ids import new_id
from library.core.permits import NOBODY, MemberState, Role, Viewer
from library.organisation import actions as organisation
from library.organisation.tables import Node
from library.people import actions as people
from library.people import queries as people_queries
from library.people.rules import MembershipKind
from library.people.tables import GroupMember, LearningGroup, Membership, RoleGrant
from tests.support import factories as make
from tests.support.databases import NOW
from tests.support.examples import examples

TODAY = local_day(NOW)
HOME, GUEST, FULL = MembershipKind.HOME, MembershipKind.GUEST, MemberState.FULL
YESTERDAY = TODAY - timedelta(days=1)


class World:
    """A county with two towns and four villages, six people, a group, and lessons; and an index beside it.

    The index learns of a lesson only where its revision moved, as the real one does.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        root = make.root(session)
        towns = [organisation.add_named(session, root, name, NOW) for name in ("天荒坪镇", "灵峰镇")]
        villages = [
            organisation.add_named(session, towns[n // 2], f"{name}村", NOW)
            for n, name in enumerate(("余", "大溪", "横山", "碧门"))
        ]
        self.nodes: list[Node] = [root, *towns, *villages]
        self.people = [str(make.person(session).person_id) for _ in range(5)]
        self.group = LearningGroup(id=new_id(), node_id=root.id, name="青年学习小组", created_at=NOW)
        session.add(self.group)
        session.flush()
        self.wanted: dict[str, OpenTo] = {}
        for n, node in enumerate([root, towns[0], villages[0], villages[2]]):
            lesson = make.lesson(session, f"第{n}课", branch=node)
            self.wanted[lesson.id] = OpenTo(Audience.EVERYONE)
        self.indexed: dict[str, frozenset[str]] = {}
        self.mark = 0

    def viewers(self) -> list[Viewer]:
        rows = (people_queries.person(self.session, one) for one in self.people)
        return [NOBODY, *(people_queries.viewer_of(self.session, row, TODAY) for row in rows)]

    def lesson(self, n: int) -> Lesson:
        return queries.lesson(self.session, list(self.wanted)[n % len(self.wanted)])

    # ---------------------------------------------------------------- what may happen

    def move(self, a: int, b: int) -> None:
        organisation.move(self.session, self.nodes[a], self.nodes[b], NOW, None)

    def merge(self, a: int, b: int) -> None:
        audiences.merge(self.session, self.nodes[a], self.nodes[b], NOW, None)
        for lesson_id, wanted in self.wanted.items():
            self.wanted[lesson_id] = wanted.with_node(self.nodes[a].id, self.nodes[b].id)

    def join(self, who: int, node: int, kind: MembershipKind, state: MemberState | None, since: date) -> None:
        """A row as a transfer leaves it: what was the home has ended that day."""
        mine = Membership.person_id == self.people[who]
        if kind is MembershipKind.HOME:
            home = (mine, Membership.kind == kind, Membership.until.is_(None))
            self.session.execute(update(Membership).where(*home).values(until=since))
        self.session.add(
            Membership(
                id=new_id(),
                person_id=self.people[who],
                node_id=self.nodes[node].id,
                kind=kind,
                state=state,
                since=since,
                noted_at=NOW,
            )
        )
        self.session.flush()

    def leave(self, who: int) -> None:
        open_ones = (Membership.person_id == self.people[who], Membership.until.is_(None))
        self.session.execute(update(Membership).where(*open_ones).values(until=TODAY))

    def learn(self, who: int, since: date) -> None:
        self.session.add(
            GroupMember(id=new_id(), group_id=self.group.id, person_id=self.people[who], since=since)
        )
        self.session.flush()

    def grant(self, who: int, role: Role, node: int, until: date | None) -> None:
        people.grant(self.session, self.people[who], role, self.nodes[node], None, NOW)
        held = (RoleGrant.person_id == self.people[who], RoleGrant.role == role)
        self.session.execute(update(RoleGrant).where(*held).values(until=until))

    def open_to(self, n: int, nodes: list[int], groups: bool, kinds: list[MemberState]) -> None:
        named = [self.nodes[one].id for one in nodes]
        lesson = self.lesson(n)
        audiences.set_audience(
            self.session, lesson, chosen(named, [self.group.id] if groups else [], kinds), NOW
        )
        standing = chosen(map(self.standing, named), [self.group.id] if groups else [], kinds)
        self.wanted[lesson.id] = standing

    def width(self, n: int, audience: Audience) -> None:
        lesson = self.lesson(n)
        audiences.set_audience(self.session, lesson, audience, NOW)
        self.wanted[lesson.id] = OpenTo(audience)

    def withdraw(self, n: int) -> None:
        lesson = self.lesson(n)
        published = lesson.state is LessonState.PUBLISHED
        state = LessonState.WITHDRAWN if published else LessonState.PUBLISHED
        actions.set_state(self.session, lesson, state, NOW)

    # ---------------------------------------------------------------- what the table says, told from the rows

    def standing(self, node_id: str) -> str:
        node = self.session.get_one(Node, node_id)
        return node.id if node.merged_into_id is None else self.standing(node.merged_into_id)

    def chain(self, node_id: str) -> set[str]:
        node = self.session.get_one(Node, node_id)
        return {node.id} | (self.chain(node.parent_id) if node.parent_id else set())

    def says(self, person_id: str | None, lesson: Lesson) -> bool:
        """Whether a person sees a lesson, from the rows and parents alone."""
        wanted = self.wanted[lesson.id]
        above = self.chain(lesson.node_id)
        roles = self.session.execute(
            select(RoleGrant.role, RoleGrant.node_id, RoleGrant.until).where(
                RoleGrant.person_id == person_id, RoleGrant.ended_at.is_(None)
            )
        )
        for role, node_id, until in roles:
            reads = role in (Role.ADMIN, Role.STAFF, Role.REVIEWER)
            if reads and node_id in above and (until is None or until >= TODAY):
                return True
        if lesson.state is not LessonState.PUBLISHED:
            return False
        rows = self.session.scalars(
            select(Membership).where(Membership.person_id == person_id, Membership.since <= TODAY)
        )
        held = [row for row in rows if row.until is None or row.until > TODAY]
        home = next((row.state for row in held if row.kind is MembershipKind.HOME), None)
        learns = self.session.scalar(
            select(func.count()).where(
                GroupMember.person_id == person_id,
                GroupMember.since <= TODAY,
                GroupMember.group_id.in_(wanted.groups),
            )
        )
        fits = [row for row in held if not wanted.kinds or (row.state or home) in wanted.kinds]
        match wanted.audience:
            case Audience.EVERYONE:
                return True
            case Audience.SIGNED_IN:
                return person_id is not None
            case Audience.ORGANISATION:
                return bool(held)
        if learns and (not wanted.kinds or fits):
            return True
        if not wanted.nodes:
            return bool(fits) and not wanted.groups
        return any(self.chain(row.node_id) & set(wanted.nodes) for row in fits)

    def check(self) -> None:
        session = self.session
        session.flush()
        session.expire_all()
        changes = change_queries.changes_since(session, self.mark, 1000)
        for one in documents(session, queries.load(session, changes.lesson_ids)):
            self.indexed[one.lesson] = one.scope
        self.mark = changes.mark
        lessons = [queries.lesson(session, one) for one in self.wanted]
        for viewer in self.viewers():
            says = {x.id for x in lessons if self.says(viewer.person_id, x)}
            assert {x.id for x in lessons if may(viewer, Action.VIEW, queries.facts(x))} == says
            assert set(session.scalars(select(Lesson.id).where(queries.visible(viewer)))) == says
            scope = queries.search_scope(session, viewer)
            assert {one for one, tokens in self.indexed.items() if tokens & scope} == says
            measured = {x.id for x in lessons if may(viewer, Action.STATS, queries.facts(x))}
            assert set(session.scalars(select(Lesson.id).where(queries.measured(viewer)))) == measured
            assert measured <= says


numbers = st.integers(0, 6)
somebody = st.integers(0, 4)
days = st.sampled_from([YESTERDAY - timedelta(days=9), TODAY, TODAY + timedelta(days=1)])
kinds = st.lists(st.sampled_from(MemberState), max_size=2)
steps: st.SearchStrategy[tuple[Any, ...]] = st.one_of(
    st.tuples(st.just("move"), numbers, numbers),
    st.tuples(st.just("merge"), numbers, numbers),
    st.tuples(
        st.just("join"),
        somebody,
        numbers,
        st.sampled_from(MembershipKind),
        st.one_of(st.none(), st.sampled_from(MemberState)),
        days,
    ),
    st.tuples(st.just("leave"), somebody),
    st.tuples(st.just("learn"), somebody, days),
    st.tuples(
        st.just("grant"),
        somebody,
        st.sampled_from(Role),
        numbers,
        st.sampled_from([None, YESTERDAY, TODAY]),
    ),
    st.tuples(st.just("open_to"), numbers, st.lists(numbers, min_size=1, max_size=2), st.booleans(), kinds),
    st.tuples(
        st.just("width"),
        numbers,
        st.sampled_from([one for one in Audience if one is not Audience.CHOSEN]),
    ),
    st.tuples(st.just("withdraw"), numbers),
)


@pytest.fixture
def world(db: Database) -> Iterator[Callable[[], World]]:
    session = Session(db.engine)
    made = World(session)
    made.check()
    yield lambda: made
    session.rollback()
    session.close()


@settings(
    max_examples=examples(30), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
# What few drawn sequences meet: members of a node that took over, staff of what is hidden from them, roles
# that are over, groups by kind, guests of whom nobody told what they are.
@example([("open_to", 0, [3], False, []), ("join", 0, 5, HOME, FULL, TODAY), ("merge", 3, 5)])
@example([("grant", 0, Role.REVIEWER, 1, None), ("open_to", 1, [2], False, [])])
@example([("grant", 0, Role.STAFF, 1, YESTERDAY), ("withdraw", 1)])
@example(
    [("join", 0, 3, HOME, FULL, TODAY), ("learn", 0, TODAY), ("open_to", 0, [4], True, [MemberState.MASSES])]
)
@example(
    [
        ("join", 0, 3, HOME, FULL, TODAY),
        ("join", 0, 5, GUEST, None, TODAY),
        ("open_to", 0, [2], False, [FULL]),
    ]
)
@example([("grant", 0, Role.SECRETARY, 0, None), ("withdraw", 0), ("width", 1, Audience.ORGANISATION)])
@given(st.lists(steps, min_size=1, max_size=12))
@pytest.mark.slow
def test_no_sequence_of_changes_shows_anybody_more_than_the_table_says(
    world: Callable[[], World], todo: list[tuple[Any, ...]]
) -> None:
    made = world()
    before = dict(made.wanted), dict(made.indexed), made.mark
    with made.session.begin_nested() as savepoint:
        for name, *values in todo:
            try:
                with made.session.begin_nested():
                    getattr(made, name)(*values)
            except Conflict:
                made.session.expire_all()
        made.check()
        savepoint.rollback()
    made.session.expire_all()
    made.wanted, made.indexed, made.mark = before


@dataclass
class Statements:
    """The statements that a database has been asked since."""

    asked: list[str]


@pytest.fixture
def statements(db: Database) -> Iterator[Statements]:
    found = Statements([])

    def note(_c: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        found.asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield found
    event.remove(db.engine, "before_cursor_execute", note)


def test_whether_somebody_may_see_a_lesson_asks_nothing_beyond_the_lesson(
    db: Database, statements: Statements
) -> None:
    with db.write() as session:
        made = World(session)
        made.join(0, 3, MembershipKind.HOME, MemberState.FULL, YESTERDAY)
        made.open_to(0, [1], False, [])
        made.width(1, Audience.SIGNED_IN)
        few, many, viewer = made.lesson(1).id, made.lesson(0).id, made.viewers()[1]

    def asked(lesson_id: str) -> int:
        with db.read() as session:
            statements.asked.clear()
            queries.lesson_for(session, viewer, lesson_id)
            return len(statements.asked)

    assert asked(many) == asked(few)


def test_the_index_on_tokens_answers_what_a_viewer_may_see(db: Database) -> None:
    with db.write() as session:
        made = World(session)
        made.join(0, 3, MembershipKind.HOME, MemberState.FULL, YESTERDAY)
        wanted = select(AudienceToken.lesson_id).where(AudienceToken.token.in_(["in:a", "in:b"]))
        sql = wanted.compile(db.engine, compile_kwargs={"literal_binds": True})
        connection = session.connection()
        if not db.is_sqlite:
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        explain = "EXPLAIN QUERY PLAN" if db.is_sqlite else "EXPLAIN"
        plan = "\n".join(str(row) for row in connection.exec_driver_sql(f"{explain} {sql}"))
        assert "ix_catalog_audience_token" in plan


def test_what_is_typed_is_read_and_what_is_none_is_said(db: Database) -> None:
    assert read_words(["everyone"]) == Named(Audience.EVERYONE)
    assert read_words(["本组织"]) == Named(Audience.ORGANISATION)
    typed = read_words(["node:YC01；组织：余村党支部", "身份：正式党员"])
    assert typed == Named(Audience.CHOSEN, ("YC01", "余村党支部"), (), (MemberState.FULL,))
    for words, code in (
        (["everybody"], "audience_word"),
        (["kind:ghost"], "audience_word"),
        (["node:"], "audience_word"),
        (["everyone", "node:A"], "audience_mixed"),
        ([" "], "audience_empty"),
    ):
        with pytest.raises(Invalid) as refused:
            read_words(words)
        assert refused.value.code == code
    with db.write() as session:
        made = World(session)
        with pytest.raises(Invalid) as many:
            audiences.set_audience(session, made.lesson(0), chosen([f"n{n}" for n in range(51)]), NOW)
        assert many.value.code == "audience_many"
        with pytest.raises(Invalid) as gone:
            audiences.set_audience(session, made.lesson(0), chosen(["nowhere"]), NOW)
        assert gone.value.code == "node_unknown"


def test_a_lecturer_names_nodes_of_their_own_and_those_above_and_no_others(db: Database) -> None:
    with db.write() as session:
        made = World(session)
        people.grant(session, made.people[0], Role.LECTURER, made.nodes[3], None, NOW)
        lecturer = made.viewers()[1]

        def node(text: str) -> tuple[str, ...]:
            return audiences.meant(session, read_words([f"node:{text}"]), lecturer).nodes

        assert node("余村") == (made.nodes[3].id,)
        assert node("天荒坪镇") == (made.nodes[1].id,)
        for other in ("灵峰镇", "大溪村", "没有的"):
            with pytest.raises(Invalid):
                node(other)
