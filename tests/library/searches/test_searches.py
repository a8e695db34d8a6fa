"""Saved searches belong to one person; what many ask is counted, and by whom is forgotten."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from library.core.clock import local_day
from library.core.database import Database
from library.core.errors import Conflict, Invalid, NotFound
from library.core.permits import Viewer
from library.people.tables import Person
from library.searches import actions, queries, rules
from library.searches.actions import Asked
from library.searches.tables import Asker, DayQuery, SavedSearch
from tests.support import factories as make
from tests.support.databases import NOW
from tests.support.together import together

TODAY = local_day(NOW)
LEAST = 3


@pytest.fixture
def person(db: Database) -> str:
    """The id of somebody."""
    return somebody(db)


def somebody(db: Database) -> str:
    with db.write() as session:
        viewer: Viewer = make.person(session)
        return str(viewer.person_id)


def save(db: Database, person: str, name: str, query: str = "党史", **how: object) -> str:
    filters = how.get("filters", {})
    with db.write() as session:
        return actions.save(session, person, name, query, filters, "relevance", 0, NOW).id  # type: ignore[arg-type]


def names(db: Database, person: str) -> list[str]:
    with db.read() as session:
        return [row.name for row in queries.saved_by(session, person)]


# ---------------------------------------------------------------------- saved searches


def test_a_search_is_saved_as_it_was_asked(db: Database, person: str) -> None:
    saved = save(
        db, person, " 周一\u3000要看 ", '党史 -"别的" ', filters={"topic": " 党史 ", "year": "", "x": "y"}
    )
    with db.read() as session:
        row = queries.saved(session, person, saved)
        assert (row.name, row.query, row.filters) == ("周一 要看", '党史 -"别的"', {"topic": "党史"})
        assert (row.created_at, row.opened_at, row.seen) == (NOW, NOW, 0)


@pytest.mark.parametrize(
    ("name", "query", "filters", "field"),
    [
        ("", "党史", {}, "name"),
        ("\u200b \x00", "党史", {}, "name"),
        ("长" * 81, "党史", {}, "name"),
        ("一", " ", {}, "q"),
        ("一", "党" * 301, {}, "q"),
        ("一", "党史", {"lecturer": "王" * 201}, "lecturer"),
    ],
)
def test_what_cannot_be_saved_is_refused_by_the_field_it_stands_in(
    db: Database, person: str, name: str, query: str, filters: dict[str, str], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        save(db, person, name, query, filters=filters)
    assert refused.value.values["field"] == field
    assert names(db, person) == []


def test_a_name_is_given_once_however_it_is_written(db: Database, person: str) -> None:
    first = save(db, person, "Weekly 党史")
    second = save(db, person, "别的")
    for same in ("weekly 党史", "ＷＥＥＫＬＹ　党史"):
        with pytest.raises(Conflict, match="search_name_taken"):
            save(db, person, same)
        with pytest.raises(Conflict, match="search_name_taken"), db.write() as session:
            actions.rename(session, person, second, same)
    with db.write() as session:
        actions.rename(session, person, first, "WEEKLY 党史")
    assert names(db, person) == ["别的", "WEEKLY 党史"]
    save(db, somebody(db), "Weekly 党史")


def test_what_others_saved_is_not_there(db: Database, person: str) -> None:
    saved, other = save(db, person, "一"), somebody(db)
    for act in (
        lambda session: queries.saved(session, other, saved),
        lambda session: actions.rename(session, other, saved, "二"),
        lambda session: actions.remove(session, other, saved),
        lambda session: actions.opened(session, other, saved, 5, NOW),
    ):
        with pytest.raises(NotFound), db.write() as session:
            act(session)
    assert (names(db, person), names(db, other)) == (["一"], [])


def test_opening_remembers_when_and_how_much_there_was(db: Database, person: str) -> None:
    first, second = save(db, person, "一"), save(db, person, "二")
    later = NOW + timedelta(hours=1)
    with db.write() as session:
        actions.opened(session, person, first, 7, later)
    with db.write() as session:
        actions.opened(session, person, first, None, later + timedelta(hours=1))
    with db.read() as session:
        row = queries.saved(session, person, first)
        assert (row.seen, row.opened_at) == (7, later + timedelta(hours=1)), (
            "an unknown number forgets nothing"
        )
    assert names(db, person) == ["一", "二"]
    with db.write() as session:
        actions.remove(session, person, second)
    assert names(db, person) == ["一"]


@pytest.mark.slow
def test_there_is_room_for_so_many_also_when_two_windows_save_at_once(db: Database, person: str) -> None:
    for n in range(rules.MOST_SAVED - 1):
        save(db, person, str(n))
    done = together([lambda n=n: save(db, person, f"同时{n}") for n in range(4)])  # type: ignore[misc]
    full = [one for one in done if isinstance(one, Conflict)]
    assert [one.code for one in full] == ["searches_full"] * 3
    assert len(names(db, person)) == rules.MOST_SAVED


def test_one_name_saved_in_two_windows_at_once_is_saved_once(db: Database, person: str) -> None:
    done = together([lambda: save(db, person, "一起")] * 4)
    assert sorted(type(one).__name__ for one in done) == ["Conflict"] * 3 + ["str"]
    assert names(db, person) == ["一起"]


def test_the_searches_of_a_person_go_with_the_person(db: Database, person: str) -> None:
    save(db, person, "一")
    with db.write() as session:
        session.delete(session.get_one(Person, person))
    with db.read() as session:
        assert session.scalar(select(func.count()).select_from(SavedSearch)) == 0


def test_a_name_is_proposed_from_what_was_asked() -> None:
    assert rules.proposed_name(" 绿水  青山 ", "王芳", "", "2026") == "绿水 青山 · 王芳 · 2026"
    assert len(rules.proposed_name("党" * 300, "王芳")) == 80


# ---------------------------------------------------------------------- frequent queries


def ask(db: Database, text: str, *people: str, day: date = TODAY) -> None:
    """Let people search for something on a day."""
    read = rules.asked_as(text)
    assert read is not None, text
    written, folded = read
    marks = [rules.mark_of("secret", day, folded, who) for who in people]
    with db.write() as session:
        actions.count_asked(session, [Asked(day, folded, mark, written) for mark in marks])


def offered(db: Database, since: date = TODAY - timedelta(days=90), most: int = 10) -> list[str]:
    with db.read() as session:
        return list(queries.frequent(session, since, LEAST, most))


def test_a_query_is_offered_when_enough_different_people_asked_it(db: Database) -> None:
    ask(db, "枫桥经验", "甲", "甲", "乙")
    ask(db, "枫桥经验", "甲", "乙")
    assert offered(db) == []
    ask(db, "楓橋經驗", "丙")
    assert offered(db) == ["枫桥经验"], "traditional characters are the same query; shown as first written"


def test_three_days_of_one_person_are_not_three_people(db: Database) -> None:
    for n in range(5):
        ask(db, "王小明的事", "甲", "乙", day=TODAY - timedelta(days=n))
    assert offered(db) == []


def test_the_most_frequent_come_first_and_old_days_no_longer_count(db: Database) -> None:
    ask(db, "党史学习", "甲", "乙", "丙")
    ask(db, "二十大", "甲", "乙", "丙", "丁", day=TODAY - timedelta(days=1))
    ask(db, "乡村振兴", "甲", "乙", "丙", "丁", "戊", day=TODAY - timedelta(days=30))
    assert offered(db) == ["乡村振兴", "二十大", "党史学习"]
    assert offered(db, most=1) == ["乡村振兴"]
    assert offered(db, since=TODAY - timedelta(days=7)) == ["二十大", "党史学习"]


def test_who_asked_is_forgotten_when_the_day_is_over(db: Database) -> None:
    yesterday = TODAY - timedelta(days=1)
    for day in (TODAY, yesterday):
        ask(db, "枫桥经验", "甲", "乙", "丙", day=day)
        ask(db, "王小明的事", "甲", day=day)
    ask(db, "乡村振兴", "甲", "乙", "丙", day=TODAY - timedelta(days=91))
    with db.write() as session:
        actions.forget(session, TODAY, LEAST, keep_days=90)
    with db.read() as session:
        assert set(session.scalars(select(Asker.day))) == {TODAY}
        rows = session.execute(select(DayQuery.day, DayQuery.text, DayQuery.searchers))
        kept = sorted(tuple(row) for row in rows)
    assert kept == [
        (yesterday, "枫桥经验", 3),
        (TODAY, "枫桥经验", 3),
        (TODAY, "王小明的事", 1),
    ]


@pytest.mark.slow
def test_processes_that_report_the_same_people_at_once_count_them_once(db: Database) -> None:
    texts = ["枫桥经验", "乡村振兴", "党史学习", "二十大"]

    def report(n: int) -> None:
        for text in texts if n % 2 else reversed(texts):
            ask(db, text, "甲", "乙", "丙", f"自己{n}")
        marks = [(t, *r) for t in texts if (r := rules.asked_as(t))]
        with db.write() as session:
            actions.count_asked(session, [Asked(TODAY, f, f"all-{n}", w) for _t, w, f in marks])

    assert together([lambda n=n: report(n) for n in range(4)]) == [None] * 4  # type: ignore[misc]
    with db.read() as session:
        assert set(session.scalars(select(DayQuery.searchers))) == {3 + 4 + 4}


@pytest.mark.parametrize(
    ("typed", "looked_for"),
    [
        ("三会一课 年份:张三是骗子", "三会一课"),
        ("党课 讲师:王芳", "党课"),
        ("党课 讲师:", "党课"),
        ("党课！！！（快看）", "党课 快看"),
        ("“绿水青山就是金山银山”", "“绿水青山就是金山银山”"),
        ("1921-1949 covid-19 9·18", "1921-1949 covid-19 9·18"),
    ],
)
def test_what_is_shown_is_what_the_search_looked_for(typed: str, looked_for: str) -> None:
    read = rules.asked_as(typed)
    assert read is not None
    assert read[0] == looked_for


@pytest.mark.parametrize(
    ("query", "is_stopped"),
    [("换届选举", True), ("村里的 选 举 怎么办", True), ("選舉", True), ("换届", False), ("选 村 举", False)],
)
def test_a_text_is_stopped_wherever_it_stands(query: str, is_stopped: bool) -> None:
    assert rules.is_stopped(query, [rules.clean_stopped("选举")[1]]) is is_stopped


def test_a_mark_leads_to_no_person_other_query_or_other_day() -> None:
    mark = rules.mark_of("secret", TODAY, "党史", "p:1")
    others = {
        rules.mark_of("secret", TODAY, "党史", "p:2"),
        rules.mark_of("secret", TODAY, "党章", "p:1"),
        rules.mark_of("secret", TODAY + timedelta(days=1), "党史", "p:1"),
        rules.mark_of("another", TODAY, "党史", "p:1"),
    }
    assert len(others | {mark}) == 5
    assert mark == rules.mark_of("secret", TODAY, "党史", "p:1")
    assert len(mark) == 43


@pytest.mark.parametrize(
    "text",
    [
        *("绿水青山", "二十大", "三会一课 怎么开", "“绿水青山就是金山银山”", "专题:党史 二十大"),
        *("中央一号文件", "2026年一号文件", "1921-1949", "2026-03-05 党课", "covid19", "100周年", "第二单元"),
    ],
)
def test_what_is_said_in_lectures_may_be_offered(text: str) -> None:
    assert rules.asked_as(text) is not None


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "党", "...", "讲师:王芳", "-旅游", "党史 -王小明", '党史 -"王小明"', "党" * 31),
        *(
            "13912345678",
            "139 1234 5678",
            "１３９１２３４５６７８",
            "一三九一二三四五六七八",
            "+86 (139) 1234-5678",
        ),
        *(
            "0571-8765432",
            "王小明13912345678",
            "330521199003071234",
            "33052119900307123X",
            "3305 2119 9003 0712 34",
        ),
        *("人民路12号", "城关镇人民路十二号", "阳光小区 3栋 501室", "东村 3组", "浙A12345", "wx123456"),
        *("wang@example.com", "wang＠example.com", "https://example.com", "www.example.com", "example.cn"),
    ],
)
def test_what_could_belong_to_one_person_is_never_offered(text: str) -> None:
    assert rules.asked_as(text) is None


@given(st.text(max_size=60))
def test_every_text_is_read_and_what_is_counted_fits_its_column(text: str) -> None:
    read = rules.asked_as(text)
    if read is not None:
        written, folded = read
        assert 0 < len(written) <= rules.ASKED_MAX
        assert 0 < len(folded) <= rules.ASKED_MAX
        assert rules.asked_as(written) == read


@given(st.from_regex(r"1[3-9]\d{9}", fullmatch=True), st.sampled_from(["", " ", "-", ".", " - "]))
def test_no_telephone_number_is_counted_however_it_is_grouped(number: str, between: str) -> None:
    grouped = between.join((number[:3], number[3:7], number[7:]))
    assert rules.asked_as(f"找{grouped}") is None
