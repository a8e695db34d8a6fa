"""What every search engine of ours promises of filters, orders and pages."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence

import pytest

from search import Filters, SearchEngine
from tests.contracts.asking import EVERYONE, doc, ids


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(), {"red", "congress"}),
        (Filters(topics=("党史学习",)), {"red", "congress"}),
        (Filters(topics=("黨史學習", "革命精神")), {"red"}),
        (Filters(topics=("党史",)), set()),
        (Filters(lecturer="张三"), {"red"}),
        (Filters(year=2022), {"congress"}),
        (Filters(branch="b2"), set()),
        (Filters(kind="lesson", year=2021), {"red"}),
    ],
)
def test_filters(library: SearchEngine, filters: Filters, expected: set[str]) -> None:
    results = library.search("精神", EVERYONE, filters=filters)
    assert {hit.id for hit in results.hits} == expected
    assert results.total == len(expected)


def test_newest_first(library: SearchEngine) -> None:
    engine = library
    engine.apply([doc("undated", "精神")], [], 2)
    assert ids(engine, "精神", sort="date") == ["congress", "red", "undated"]


class Views:
    """How often lessons were watched; remembers for which it was asked."""

    def __init__(self, **views: int) -> None:
        self._views = views
        self.asked: list[list[str]] = []

    def __call__(self, lessons: Sequence[str]) -> Mapping[str, int]:
        self.asked.append(sorted(lessons))
        return {lesson: self._views[lesson] for lesson in lessons if lesson in self._views}


def test_the_most_watched_first_then_the_better_the_newer_the_lower_id(engine: SearchEngine) -> None:
    old, new = datetime.date(2020, 1, 1), datetime.date(2024, 1, 1)
    engine.apply([doc("c", "党史", date=new), doc("a", "党史", date=old)], [], 1)
    engine.apply([doc("said", "党史 党史 党史", date=old), doc("b", "党史", date=new)], [], 2)
    engine.apply([doc("few", "党史"), doc("many", "党史"), doc("other", "红船")], [], 3)
    views = Views(many=300, few=2, other=900)
    assert ids(engine, "党史", sort="views", popularity=views) == ["many", "few", "said", "b", "c", "a"]
    assert views.asked == [sorted(["many", "few", "said", "a", "b", "c"])]


def test_a_lesson_that_is_watched_brings_all_its_clips_the_best_first(engine: SearchEngine) -> None:
    clips = [doc(f"w{n}", "红船 " * n, lesson="watched", clip=f"w{n}") for n in (1, 3, 2)]
    engine.apply([doc("quiet", "红船 红船 红船 红船"), *clips], [], 1)
    order = ids(engine, "红船", sort="views", popularity=Views(watched=1))
    assert order == ["w3", "w2", "w1", "quiet"]
    alike = [doc(f"same{n}", "党史", lesson="same", clip=f"same{n}") for n in (2, 9, 1)]
    engine.apply(alike, [], 2)
    engine.apply([doc("else", "党史")], [], 3)
    assert ids(engine, "党史", sort="views") == ["else", "same2", "same9", "same1"], "as the lesson has them"


def test_views_are_asked_for_what_is_seen_and_let_through_and_for_nothing_else(library: SearchEngine) -> None:
    library.apply([doc("secret", "精神", scope=frozenset(["owner:1"]))], [], 2)
    views = Views(secret=900, red=1)
    assert ids(library, "精神", sort="views", popularity=views) == ["red", "congress"]
    narrowed = Filters(year=2022)
    assert ids(library, "精神", sort="views", filters=narrowed, popularity=views) == ["congress"]
    assert views.asked == [["congress", "red"], ["congress"]]
    for nothing in ({"limit": 0}, {"limit": -1}):
        ids(library, "精神", sort="views", popularity=views, **nothing)
    ids(library, "火星", sort="views", popularity=views)
    ids(library, "精神", sort="date", popularity=views)
    ids(library, "精神", popularity=views)
    assert len(views.asked) == 2


def test_without_views_the_order_of_views_is_that_of_relevance(library: SearchEngine) -> None:
    for query in ("精神", "党史 学习", "发展", "精神 没有的词"):
        assert ids(library, query, sort="views") == ids(library, query)


@pytest.mark.every
@pytest.mark.slow
def test_pages_of_the_most_watched_join_also_over_many_commits(engine: SearchEngine) -> None:
    for n in range(40):
        made = doc(f"d{n:02}", "党史 " * (n % 3 + 1), date=datetime.date(2020 + n % 2, 1, 1))
        engine.apply([made], [f"d{n - 20:02}"] if n % 4 == 0 else [], n + 1)
    left = {f"d{n:02}" for n in range(40)} - {f"d{n - 20:02}" for n in range(20, 40, 4)}
    views = Views(**{one: int(one[1:]) // 10 for one in left})
    whole = ids(engine, "党史", sort="views", popularity=views, limit=100)
    paged = [
        one
        for offset in range(0, 40, 3)
        for one in ids(engine, "党史", sort="views", popularity=views, limit=3, offset=offset)
    ]
    assert paged == whole
    assert set(whole) == left

    def place(one: str) -> tuple[int, int, int, str]:
        n = int(one[1:])
        return -(n // 10), -(n % 3), -(n % 2), one

    assert whole == sorted(left, key=place)
    engine.apply([doc("zz", "党史")], [], 99)
    assert ids(engine, "党史", sort="views", popularity=views, limit=100)[:30] == whole[:30]


def test_pages_join_to_the_whole_without_gaps_or_repeats(engine: SearchEngine) -> None:
    engine.apply([doc(f"d{n:02}", "党史 " * (n % 7 + 1)) for n in range(25)], [], 1)
    whole = ids(engine, "党史", limit=100)
    paged = [i for offset in range(0, 30, 4) for i in ids(engine, "党史", limit=4, offset=offset)]
    assert paged == whole
    assert len(set(whole)) == 25
    assert engine.search("党史", EVERYONE, limit=4, offset=8).total == 25


@pytest.mark.parametrize(("limit", "offset"), [(0, 0), (-1, 0), (5, 10**9)])
def test_odd_pages_are_empty_but_counted(library: SearchEngine, limit: int, offset: int) -> None:
    results = library.search("精神", EVERYONE, limit=limit, offset=offset)
    assert (results.hits, results.total) == ((), 2)


def test_a_negative_offset_is_the_first_page(library: SearchEngine) -> None:
    assert library.search("精神", EVERYONE, offset=-5) == library.search("精神", EVERYONE)
