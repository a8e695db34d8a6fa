"""What several people search for is offered to others; who they are, and what they must not see, never is."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from library.catalog.permits import Audience
from library.core.clock import local_day, midnight, utc_now
from library.core.database import Database
from library.searches.asked_queries import AskedQueries
from library.searches.frequent_queries import FrequentQueries
from library.searches.tables import Asker, DayQuery
from server.background.query_counts import QueryCountsThread
from tests.server.conftest import Shelf
from tests.support import factories as make
from tests.support.client import PLAIN, Person
from tests.support.databases import KINDS, Databases
from tests.support.server import MovableClock, Served, in_thread, new_data

pytestmark = [pytest.mark.slow, pytest.mark.dear(8)]

OPEN, INSIDE, RARE = "小事不出村", "内部的会议", "没几个人找的"


@pytest.fixture(scope="module")
def frequent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server whose lessons say things that nobody has searched for yet; its clock can be put forward."""
    data = new_data(tmp_path_factory.mktemp("frequent") / "data")
    clock = MovableClock()
    # From noon on: who asked is known again on the same day only.
    clock.forward(seconds=(midnight(local_day(utc_now())) + timedelta(hours=36) - utc_now()).total_seconds())
    with in_thread(data, clock=clock) as served:
        with served.ports.db.write() as session:
            make.lesson(session, "枫桥一课", spoken=[OPEN, RARE, "电话13912345678"], clips=1)
            make.lesson(session, "内部一课", spoken=[INSIDE], clips=1, audience=Audience.SIGNED_IN)
        Shelf(served).index()
        yield served


def search(served: Served, q: str, *people: Person) -> None:
    """Let people search on the page, and let the count be written and read anew."""
    for one in people:
        one.http.get("/counting")  # who has seen a page has a cookie
        assert one.http.get("/search", params={"q": q}).status_code == 200
    served.ports.asked.write()
    served.ports.clock.forward(seconds=61)  # type: ignore[attr-defined]


def offered(person: Person, typed: str) -> list[tuple[str, int]]:
    """The frequent queries that are offered for what is typed."""
    found = person.http.get("/api/v1/suggest", params={"q": typed}).json()
    return [(one["text"], one["count"]) for one in found if one["kind"] == "query"]


def three(served: Served) -> list[Person]:
    """Three different members."""
    return [served.person(name) for name in ("member", "lecturer", "other")]


def visitors(served: Served) -> list[Person]:
    """Three browsers without an account, one of them with a cookie that it made up itself."""
    found = [served.nobody() for _ in range(3)]
    found[0].http.headers["Cookie"] = f"weike_visitor={'f' * 40}"
    return found


def kept(served: Served) -> set[str]:
    """Everything that is kept of what was searched for."""
    with served.ports.db.read() as session:
        return set(session.scalars(select(DayQuery.text)))


def test_three_members_make_a_query_known_and_two_do_not(frequent: Served) -> None:
    first, second, third = three(frequent)
    search(frequent, OPEN, first, second, first, second)
    assert offered(third, "小事") == []
    search(frequent, OPEN, third)
    stranger = frequent.nobody()
    for typed in ("小事", "不出村", "xsbcc", "xiaoshi"):
        assert offered(stranger, typed) == [(OPEN, 1)], typed
    assert offered(stranger, OPEN) == [], "what is typed already is no help"
    (one,) = [
        one
        for one in stranger.http.get("/api/v1/suggest", params={"q": "小事"}).json()
        if one["kind"] == "query"
    ]
    assert stranger.http.get(one["url"]).text.count('class="result"') == 1
    page = stranger.http.get("/search").text
    assert "大家常搜的" in page
    assert OPEN in page


def test_what_only_some_may_find_is_offered_to_them_alone(frequent: Served) -> None:
    signed_in = [frequent.person(name) for name in ("member", "lecturer", "other")]
    search(frequent, INSIDE, *signed_in)
    member, stranger = frequent.person("staff"), frequent.nobody()
    assert offered(member, "内部") == [(INSIDE, 1)]
    assert INSIDE in member.http.get("/search").text
    assert offered(stranger, "内部") == []
    assert INSIDE not in stranger.http.get("/search").text


def test_a_query_is_forgotten_with_what_it_found(frequent: Served) -> None:
    word = "很快撤下的话"
    with frequent.ports.db.write() as session:
        gone = make.lesson(session, "会撤下的课", spoken=[word], clips=1).id
    Shelf(frequent).index()
    search(frequent, word, *three(frequent))
    stranger = frequent.nobody()
    assert offered(stranger, "很快") == [(word, 1)]
    with frequent.ports.db.write() as session:
        lesson = session.get_one(make.Lesson, gone)
        make.catalog.set_state(session, lesson, make.LessonState.WITHDRAWN, frequent.ports.clock())
    Shelf(frequent).index()
    assert offered(stranger, "很快") == []
    assert word not in stranger.http.get("/search").text


def test_text_of_three_made_up_cookies_was_on_everybodys_search_page(frequent: Served) -> None:
    word = "三会一课"
    with frequent.ports.db.write() as session:
        make.lesson(session, "组织生活", spoken=[word], clips=1)
    Shelf(frequent).index()
    before = kept(frequent)
    search(frequent, f"{word} 年份:张三是骗子", *visitors(frequent))
    search(frequent, word, *visitors(frequent))
    assert kept(frequent) == before, "what somebody without an account types is kept nowhere"


def test_what_a_member_typed_behind_a_colon_was_shown_to_others(frequent: Served) -> None:
    word = "主题党日"
    with frequent.ports.db.write() as session:
        make.lesson(session, "组织生活之二", spoken=[word], clips=1)
    Shelf(frequent).index()
    search(frequent, f"{word} 年份:张三是骗子", *three(frequent))
    assert offered(frequent.nobody(), "主题") == [(word, 1)]
    assert not any("张三" in text for text in kept(frequent))


def test_a_name_was_offered_to_everybody(frequent: Served) -> None:
    """Of somebody with an account, of a lecturer, and of somebody whom nobody here knows."""
    names = ("钟晓燕", "买买提", "王小明")
    with frequent.ports.db.write() as session:
        make.person(session, name="买买提")
        make.lesson(
            session, "他们的事", lecturer="钟晓燕", spoken=[f"{name}的先进事迹" for name in names], clips=1
        )
    Shelf(frequent).index()
    for name in names:
        search(frequent, f"{name}的先进事迹", *three(frequent))
    assert not any(name in text for name in names for text in kept(frequent))
    search(frequent, "先进事迹", *three(frequent))
    assert offered(frequent.nobody(), "先进") == [("先进事迹", 1)]
    with frequent.ports.db.write() as session:
        make.person(session, name="先进事迹")
    frequent.ports.clock.forward(seconds=61)  # type: ignore[attr-defined]
    assert offered(frequent.nobody(), "先进") == [], "whoever came later has a name, too"


def test_what_staff_stop_is_gone_at_once_and_comes_back_when_they_say_so(frequent: Served) -> None:
    word = "换届选举"
    with frequent.ports.db.write() as session:
        make.lesson(session, "村里的换届", spoken=[word], clips=1)
    Shelf(frequent).index()
    search(frequent, word, *three(frequent))
    staff, stranger = frequent.person("staff"), frequent.nobody()
    assert offered(stranger, "换届") == [(word, 1)]
    assert word in staff.http.get("/frequent-searches").text
    stopped = staff.api("POST", "/frequent-searches/stopped", json={"text": "选举"}).json()
    assert offered(stranger, "换届") == [], "without waiting for anything"
    assert word not in stranger.http.get("/search").text
    listed = staff.http.get("/api/v1/frequent-searches").json()
    assert word not in [one["text"] for one in listed["offered"]]
    assert listed["stopped"][0]["stopped_by"] == str(Shelf(frequent).viewer("staff").person_id)
    assert staff.post(f"/frequent-searches/{stopped['id']}/lift").status_code == 303
    assert offered(stranger, "换届") == [(word, 1)]
    row = staff.http.get("/api/v1/frequent-searches").json()["stopped"][0]
    assert row["lifted_by"], "who did what can be told later"
    assert row["lifted_at"]
    again = staff.api("DELETE", f"/frequent-searches/stopped/{stopped['id']}")
    assert again.status_code == 404


@pytest.mark.parametrize("q", ["没有人讲过", "13912345678", "枫", "", "小事 没有人讲过"])
def test_what_finds_nothing_or_could_name_somebody_is_not_counted(frequent: Served, q: str) -> None:
    search(frequent, q, *three(frequent))
    with frequent.ports.db.read() as session:
        assert q not in set(session.scalars(select(DayQuery.text)))


def test_programs_prefetches_and_browsers_without_cookies_are_not_counted(frequent: Served) -> None:
    _id, secret = Shelf(frequent).token("member")
    for n in range(4):
        with httpx.Client(base_url=frequent.base_url, verify=PLAIN) as fresh:
            fresh.get("/search", params={"q": RARE})
            fresh.get("/api/v1/search", params={"q": RARE})
        bearer = {"Authorization": f"Bearer {secret}"}
        with httpx.Client(base_url=frequent.base_url, headers=bearer, verify=PLAIN) as program:
            program.get("/search", params={"q": RARE})
            program.get("/api/v1/search", params={"q": RARE})
        with frequent.signed_in("member") as ahead:
            ahead.http.get("/search", params={"q": RARE}, headers={"Sec-Purpose": "prefetch;prerender"})
            ahead.http.get("/search", params={"q": RARE, "page": n + 2})
            ahead.api("GET", "/search", params={"q": RARE})
    frequent.ports.asked.write()
    with frequent.ports.db.read() as session:
        assert RARE not in set(session.scalars(select(DayQuery.text)))


def test_no_row_of_the_database_leads_to_who_searched(frequent: Served) -> None:
    browsers = [*three(frequent), *visitors(frequent)]
    search(frequent, OPEN, *browsers)
    cookies = [str(browser.http.cookies.get("weike_visitor")) for browser in browsers]
    member = str(Shelf(frequent).viewer("member").person_id)
    with frequent.ports.db.read() as session:
        marks = "\n".join(session.scalars(select(Asker.mark)))
    assert marks
    for secret in (*cookies, member, OPEN):
        assert secret not in marks


# ---------------------------------------------------------------------- several processes, one database


@pytest.fixture(params=KINDS)
def db(request: pytest.FixtureRequest, databases: Databases) -> Iterator[Database]:
    """A fresh library, once on each database."""
    with databases.open(request.param) as opened:
        yield opened


def counters(db: Database, clock: MovableClock, n: int) -> list[AskedQueries]:
    """As many web processes of one library."""
    return [AskedQueries(db, "secret", clock, 3, 90) for _ in range(n)]


def counted(db: Database) -> dict[str, int]:
    """How many people searched for what."""
    with db.read() as session:
        rows = session.execute(select(DayQuery.text, func.sum(DayQuery.searchers)).group_by(DayQuery.text))
        return {query: int(n) for query, n in rows}


def top(db: Database, known: FrequentQueries) -> list[str]:
    """What is offered now, in order."""
    with db.read() as session:
        return list(known.top(session))


def rename(db: Database, table: str, name: str) -> None:
    """Give a table another name."""
    with db.write() as session:
        session.execute(text(f"ALTER TABLE {table} RENAME TO {name}"))


def test_a_person_is_counted_once_whichever_process_answers(db: Database) -> None:
    processes = counters(db, MovableClock(), 3)
    for n, process in enumerate(processes):
        process.note("p:1", OPEN)
        process.note(f"p:own{n}", OPEN)
    threads = [threading.Thread(target=process.write) for process in processes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counted(db) == {OPEN: 4}


def test_what_is_noted_is_written_when_the_server_ends(db: Database) -> None:
    (process,) = counters(db, MovableClock(), 1)
    thread = QueryCountsThread(process)
    thread.start()
    process.note("p:1", OPEN)
    thread.stop()
    assert counted(db) == {OPEN: 1}


def test_a_database_that_fails_loses_no_count(db: Database) -> None:
    (process,) = counters(db, MovableClock(), 1)
    process.note("p:1", OPEN)
    rename(db, "searches_day", "searches_away")
    with pytest.raises(DBAPIError, match="searches_day"):
        process.write()
    rename(db, "searches_away", "searches_day")
    process.write()
    assert counted(db) == {OPEN: 1}


def test_marks_go_after_midnight_and_counts_after_their_days(db: Database) -> None:
    clock = MovableClock()
    (process,) = counters(db, clock, 1)
    for who in ("p:1", "p:2", "p:3"):
        process.note(who, OPEN)
    process.note("p:1", RARE)
    process.write()
    clock.forward(days=1, hours=2)
    process.write()
    with db.read() as session:
        assert session.scalar(select(func.count()).select_from(Asker)) == 0
    assert counted(db) == {OPEN: 3}, "what one person asked is gone, too"
    reading = FrequentQueries(clock, 3, 90)
    assert top(db, reading) == [OPEN]
    clock.forward(days=91)
    process.write()
    assert (counted(db), top(db, reading)) == ({}, [])


def test_a_setting_of_no_days_counts_and_offers_nothing(db: Database) -> None:
    clock = MovableClock()
    for who in ("p:1", "p:2", "p:3"):
        (counting,) = counters(db, clock, 1)
        counting.note(who, OPEN)
        counting.write()
        silent = AskedQueries(db, "secret", clock, 3, 0)
        silent.note(who, RARE)
        silent.write()
    assert RARE not in counted(db)
    assert top(db, FrequentQueries(clock, 3, 0)) == []


def test_a_total_is_kept_for_one_state_of_the_index_and_one_scope(db: Database) -> None:
    clock = MovableClock()
    frequent, asked = FrequentQueries(clock, 3, 90), []

    def total(scope: str, mark: int) -> int:
        def find() -> int:
            asked.append((scope, mark))
            return len(asked)

        with db.read() as session:
            return frequent.total(session, frozenset({scope}), OPEN, mark, find)

    assert [total("everyone", 1), total("everyone", 1), total("signed_in", 1)] == [1, 1, 2]
    assert total("everyone", 2) == 3
    assert total("everyone", 2) == 3
    clock.forward(seconds=61)
    assert total("everyone", 2) == 4, "a withdrawal that the index has not read yet shows within a minute"
