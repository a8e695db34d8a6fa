"""Notices on both databases: many at once, once each, bounded, forgotten with their person."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from library.core.database import Database
from library.core.permits import Belonging, Role, Viewer, node_token
from library.notices import actions, queries, rules
from library.notices.actions import News
from library.notices.rules import Kind, Way
from library.notices.tables import Notice, NoticeRead
from tests.support import factories as make
from tests.support.databases import NOW


def test_many_are_told_once_and_an_audience_takes_one_row(db: Database) -> None:
    with db.write() as session:
        people = [make.person(session, (Role.MEMBER, make.root(session))) for _ in range(3)]
        ids = [one.person_id for one in people]
        for _ in range(2):
            actions.tell(session, [*ids, None, ids[0]], News(Kind.UPLOAD_READY, "x", "run:1"), NOW)
            root = node_token(make.root(session).id)
            actions.tell_all(session, {root: News(Kind.WEEK_OUT, "2026-W11", "week:1")}, NOW)
        assert session.scalar(select(func.count()).select_from(Notice)) == 4
        assert [queries.unread(session, one) for one in people] == [2, 2, 2]
        assert queries.unread(session, Viewer()) == 0


def test_whom_an_audience_reaches(db: Database) -> None:
    home = Belonging("village", "/root/town/village/", is_home=True)
    guest = Belonging("far", "/root/far/", is_home=False)
    tokens = rules.audiences_of(Viewer("p", belongs=(home, guest), groups=("g",)))
    assert tokens == {"in:root", "in:town", "in:village", "group:g"}
    with db.write() as session:
        root = make.root(session)
        person = make.person(session, (Role.MEMBER, root))
        at = {node_token(root.id): News(Kind.WEEK_OUT, "2026-W01")}
        actions.tell_all(session, at, NOW - timedelta(days=400))
        assert queries.unread(session, person) == 0, "older than the account"


@pytest.mark.slow
def test_what_is_kept_is_bounded(db: Database) -> None:
    with db.write() as session:
        one, other = (make.person(session, (Role.MEMBER, make.root(session))) for _ in range(2))
        for n in range(rules.MOST + 7):
            actions.tell(
                session, [one.person_id], News(Kind.UPLOAD_READY, f"r{n}"), NOW + timedelta(seconds=n)
            )
        actions.tell(session, [other.person_id], News(Kind.UPLOAD_READY, "old"), NOW - rules.KEPT)
        assert queries.unread(session, one) == rules.MOST
        last = queries.page(session, one, 17)
        assert (last.total, len(last.items), last.items[-1].thing) == (rules.MOST, 20, "r7")
        assert queries.page(session, one, 18).items == []
        assert actions.sweep(session, NOW + timedelta(seconds=1)) == 8
        assert queries.unread(session, one) == rules.MOST
        newest = queries.page(session, one).items[0]
        assert actions.read(session, one, [newest.id, newest.id, "nobody's"], NOW) == 1
        assert actions.read(session, one, [newest.id], NOW) == 0
        assert queries.unread(session, one) == rules.MOST - 1
        actions.read_all(session, one, newest.at)
        actions.read_all(session, one, NOW)
        assert queries.unread(session, one) == 0
        assert session.scalar(select(func.count()).select_from(NoticeRead)) == 0


def test_each_kind_can_be_switched(db: Database) -> None:
    with db.write() as session:
        one = make.person(session, (Role.MEMBER, make.root(session)))
        assert one.person_id is not None
        actions.tell(session, [one.person_id], News(Kind.UPLOAD_READY, "x"), NOW)
        actions.choose(session, one.person_id, {(Kind.UPLOAD_READY, Way.APP): False})
        assert queries.unread(session, one) == 0
        assert queries.page(session, one).items == []
        chosen = queries.chosen(session, one.person_id)
        assert not chosen[Kind.UPLOAD_READY, Way.APP]
        assert chosen[Kind.WEEK_OUT, Way.APP]
        actions.choose(session, one.person_id, {(Kind.UPLOAD_READY, Way.APP): True})
        assert queries.unread(session, one) == 1
