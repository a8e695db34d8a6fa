"""Members of a committee (班子成员): dated, told by lists, and asked for the hours of one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from library.books import queries
from library.books.hours import Book, Lead
from library.core.clock import local_day
from library.core.database import Database
from library.core.errors import Conflict, Invalid
from library.core.lists.outcomes import Outcome
from library.core.permits import MemberState, Role, Viewer
from library.organisation import actions as organisation
from library.organisation.actions import NodeDetails
from library.people.belonging import committees, histories, memberships
from library.people.lists import bringing_in
from library.people.lists.exporting import exported
from library.people.lists.importing import Planned
from library.people.lists.reading import HEADINGS, read_people
from library.people.lists.words import is_post
from tests.support import factories as make
from tests.support.databases import NOW

TODAY = local_day(NOW)
LAST_YEAR = date(TODAY.year - 1, 12, 31)


@dataclass
class Branch:
    """A library with one branch, coded A, and who administers it."""

    db: Database
    admin: Viewer
    id: str

    def bring(self, list_: str) -> list[Planned]:
        listed = read_people(list_.encode(), "名册.csv")
        assert not listed.wrong
        with self.db.write() as session:
            return bringing_in.bring(session, self.admin, listed.rows, NOW)[0]

    def terms(self, person_id: str) -> list[tuple[date, date | None]]:
        with self.db.read() as session:
            return [(one.since, one.until) for one in histories.history_of(session, person_id).terms]

    def asked(self, person_id: str, year: int | None = None) -> tuple[Lead | None, int]:
        """As what somebody's hours are asked of them, and how many."""
        with self.db.read() as session:
            found = queries.person_books(session, person_id, year, TODAY)
            return found.member.leads, found.books.sum_of(Book.GATHERED).aim


@pytest.fixture
def branch(db: Database) -> Branch:
    with db.write() as session:
        root = make.root(session)
        made = organisation.add_node(session, root, NodeDetails("余村党支部", code="A"), NOW, None)
        return Branch(db, make.person(session, (Role.ADMIN, root)), made.id)


def test_who_is_on_a_committee_is_asked_for_56_hours_while_they_are(branch: Branch) -> None:
    """Of the year that is over, its last day says; a secretary is named so, and nobody else is touched."""
    with branch.db.write() as session:
        node = queries.node_to_look(session, branch.admin, branch.id)
        wang, other = (str(make.person(session, name=name).person_id) for name in ("王芳", "李明"))
        for one in (wang, other):
            memberships.settle(session, one, node, date(2020, 1, 1), NOW, None, MemberState.FULL)
        keeper = str(make.person(session, (Role.SECRETARY, node), (Role.MEMBER, node)).person_id)
    assert branch.asked(wang) == (None, 32)
    with branch.db.write() as session:
        assert committees.begin(session, wang, LAST_YEAR, None, NOW, None)
        assert not committees.begin(session, wang, LAST_YEAR, None, NOW, None)
        committees.begin(session, keeper, TODAY, None, NOW, None)
    assert branch.asked(wang) == (Lead.COMMITTEE, 56)
    assert branch.asked(wang, LAST_YEAR.year) == (Lead.COMMITTEE, 56)
    assert branch.asked(wang, LAST_YEAR.year - 1) == (None, 32)
    assert branch.asked(other) == (None, 32)
    assert branch.asked(keeper) == (Lead.SECRETARY, 56)
    with branch.db.read() as session:
        said = queries.tables(session)
        members = queries.members_of(session, TODAY, node_ids=[branch.id])
        each = {
            one.person_id: (one.leads, books.sum_of(Book.GATHERED).aim)
            for one, books in queries.each_books(session, members, said, TODAY.year, TODAY)
        }
    assert each[wang] == (Lead.COMMITTEE, 56)
    assert each[other] == (None, 32)
    with branch.db.write() as session:
        [term] = histories.history_of(session, wang).terms
        assert committees.end(session, term.id, TODAY, None)
        assert not committees.end(session, term.id, TODAY, None)
    assert branch.asked(wang) == (None, 32)
    assert branch.asked(wang, LAST_YEAR.year) == (Lead.COMMITTEE, 56)


def test_terms_lie_beside_each_other_and_none_begins_tomorrow(branch: Branch) -> None:
    day = timedelta(days=1)
    with branch.db.write() as session:
        wang = str(make.person(session, name="王芳").person_id)
        committees.begin(session, wang, TODAY - 20 * day, TODAY - 10 * day, NOW, None)
        for since, until in ((TODAY - 11 * day, None), (TODAY - 30 * day, TODAY - 19 * day)):
            with pytest.raises(Conflict, match="committee_already"):
                committees.begin(session, wang, since, until, NOW, None)
        with pytest.raises(Invalid, match="day_to_come"):
            committees.begin(session, wang, TODAY + day, None, NOW, None)
        with pytest.raises(Invalid, match="ends_before"):
            committees.begin(session, wang, TODAY, TODAY - day, NOW, None)
        committees.begin(session, wang, TODAY - 10 * day, None, NOW, None)
        term = committees.term_on(session, wang, TODAY)
        assert term is not None
        with pytest.raises(Conflict, match="committee_already"):
            committees.correct_since(session, term.id, TODAY - 12 * day, NOW, None)
        assert committees.correct_since(session, term.id, TODAY - 5 * day, NOW, None)
        assert committees.term_on(session, wang, TODAY - 7 * day) is None


def test_a_list_says_who_is_on_a_committee_and_the_same_again_changes_nothing(branch: Branch) -> None:
    head = "姓名,账号,党支部,人员类别,班子成员\n"
    first = (
        head + "王芳,wang,A,正式党员,2024年3月1日\n李明,li,A,正式党员,是\n"
        "陈静,chen,A,正式党员,否\n刘洋,liu,A,正式党员,\n"
    )
    ids = {one.username: one.person_id for one in branch.bring(first)}
    assert {name: branch.terms(one) for name, one in ids.items()} == {
        "wang": [(date(2024, 3, 1), None)],
        "li": [(TODAY, None)],
        "chen": [],
        "liu": [],
    }
    assert {one.outcome for one in branch.bring(first)} == {Outcome.UNCHANGED}
    assert {one.outcome for one in branch.bring(first.replace("2024年3月1日", "是"))} == {Outcome.UNCHANGED}
    changed = branch.bring(
        head + "王芳,wang,A,正式党员,2024-01-15\n李明,li,A,正式党员,否\n"
        "陈静,chen,A,正式党员,2026-02-02\n刘洋,liu,A,正式党员,\n"
    )
    assert [[(c.what, c.before, c.after) for c in one.changes] for one in changed] == [
        [("committee", "2024-03-01", "2024-01-15")],
        [("committee", TODAY.isoformat(), "")],
        [("committee", "", "2026-02-02")],
        [],
    ]
    assert branch.terms(ids["wang"]) == [(date(2024, 1, 15), None)]
    assert branch.terms(ids["li"]) == [(TODAY, TODAY)]
    assert branch.asked(ids["wang"]) == (Lead.COMMITTEE, 56)
    with branch.db.read() as session:
        table = [HEADINGS, *exported(session, branch.admin, TODAY)]
    said = {row[1]: row[-1] for row in table[1:] if row[1] in ids}
    assert said == {"wang": "2024-01-15", "li": "", "chen": "2026-02-02", "liu": ""}
    again = branch.bring("\n".join(",".join(row) for row in table))
    assert {one.outcome for one in again} == {Outcome.UNCHANGED}


def test_a_term_that_a_list_lays_over_an_ended_one_is_that_rows_error_alone(branch: Branch) -> None:
    head = "姓名,账号,党支部,班子成员\n"
    [wang] = branch.bring(head + "王芳,wang,A,2024-03-01\n")
    with branch.db.write() as session:
        [term] = histories.history_of(session, wang.person_id).terms
        committees.end(session, term.id, date(2025, 6, 1), None)
    over, odd, coming, right = branch.bring(
        head + f"王芳,wang,A,2025-01-01\n李明,li,A,也许\n陈静,chen,A,{TODAY.year + 1}-01-01\n刘洋,liu,A,是\n"
    )
    assert [one.reason.code for one in (over, odd, coming) if one.reason] == [
        "committee_over",
        "unknown_committee",
        "day_to_come",
    ]
    assert right.outcome is Outcome.NEW
    assert branch.bring(head + "王芳,wang,A,2025-06-01\n")[0].outcome is Outcome.CHANGED


def test_of_posts_those_of_a_party_committee_count_and_the_others_are_told(branch: Branch) -> None:
    posts = {
        "书记": True,
        "党支部副书记、组织委员": True,
        "纪检委员": True,
        "镇长，党委委员": True,
        "村民委员会主任": False,
        "团支部书记": False,
        "书记员": False,
        "原书记": False,
        "支部委员会": False,
        "会计": False,
    }
    assert {post: is_post(post) for post in posts} == posts
    rows = "".join(f"党员{n},p{n},A,{post}\n" for n, post in enumerate(posts))
    listed = read_people(f"姓名,账号,党支部,职务\n{rows}党员99,p99,A,\n".encode(), "名册.csv")
    assert {one.code: one.count for one in listed.remarks} == {"post_taken": 4, "post_not_kept": 6}
    with branch.db.write() as session:
        bringing_in.bring(session, branch.admin, listed.rows, NOW)
        members = queries.members_of(session, TODAY, node_ids=[branch.id])
    assert sum(one.leads is Lead.COMMITTEE for one in members) == 4
