"""What every engine promises beside finding words: counts, names by their sound, suggestions, synonyms."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from search import (
    ENGINES,
    Counts,
    Dictionary,
    Document,
    Filters,
    Query,
    SearchEngine,
    length_class,
    shipped_entries,
)
from tests.support.examples import examples

SHIPPED = Dictionary.of(synonyms=shipped_entries())
EVERYONE = frozenset(["everyone"])
MINE = frozenset(["everyone", "owner:1"])
SECRET = frozenset(["owner:1"])


def lesson(
    id_: str,
    title: str,
    lecturer: str = "",
    topics: tuple[str, ...] = (),
    spoken: str = "",
    year: int = 2021,
    branch: str = "b1",
    kind: str = "video",
    duration_s: float | None = 100.0,
    scope: frozenset[str] = EVERYONE,
) -> Document:
    return Document(
        id=id_,
        lesson=id_,
        title=title,
        lecturer=lecturer,
        topics=topics,
        spoken=spoken,
        date=datetime.date(year, 5, 1),
        branch=branch,
        kind=kind,
        length=length_class(duration_s),
        scope=scope,
    )


LIBRARY = [
    lesson("history", "党史学习教育第一课", "单小军", ("党史学习", "二十大"), "党的历史 精神"),
    lesson(
        "village",
        "乡村振兴与产业发展",
        "李四",
        ("三农",),
        "讲到党史学习和乡村 精神",
        2022,
        "b2",
        "audio",
        700.0,
    ),
    lesson("congress", "学习20大精神", "曾国强", ("20大", "党史学习"), "报告", 2022, "b1", "video", 3000.0),
    lesson("bank", "AI课堂：银行卡安全", "王五", ("防骗",), "women 和 ai 精神", 2023, "b3", "video", None),
    lesson(
        "hidden",
        "大山深处的学校精神",
        "赵六",
        ("大山故事", "三农"),
        "精神 绝密",
        2019,
        "b9",
        "text",
        100.0,
        SECRET,
    ),
]


@pytest.fixture(scope="module", params=sorted(ENGINES))
def library(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SearchEngine]:
    made = ENGINES[request.param].open_or_create(tmp_path_factory.mktemp("names") / "index")
    # Two commits: what belongs together must be added up over the parts of an index.
    made.apply(LIBRARY[:2], [], 1)
    made.apply(LIBRARY[2:], [], 2)
    yield made
    made.close()


def found(engine: SearchEngine, query: str, scope: frozenset[str] = EVERYONE, **more: object) -> set[str]:
    return {hit.id for hit in engine.search(query, scope, limit=100, **more).hits}  # type: ignore[arg-type]


def counted(
    engine: SearchEngine, query: str, scope: frozenset[str] = EVERYONE, filters: Filters | None = None
) -> Counts:
    return engine.search(query, scope, filters=filters, counts=True).counts


# --- counts beside the filters ---


def test_found_documents_are_counted_by_what_they_have(library: SearchEngine) -> None:
    assert counted(library, "精神") == Counts(
        topic=(("20大", 2), ("党史学习", 2), ("三农", 1), ("防骗", 1)),
        lecturer=(("单小军", 1), ("曾国强", 1), ("李四", 1), ("王五", 1)),
        year=(("2022", 2), ("2021", 1), ("2023", 1)),
        branch=(("b1", 2), ("b2", 1), ("b3", 1)),
        kind=(("video", 3), ("audio", 1)),
        length=(("over_8", 2), ("under_3", 1)),
    )


def test_only_what_the_searcher_may_see_is_counted(library: SearchEngine) -> None:
    theirs = counted(library, "精神", MINE)
    assert ("三农", 2) in theirs.topic
    assert ("大山故事", 1) in theirs.topic
    mine = counted(library, "精神")
    for values in (mine.topic, mine.lecturer, mine.year, mine.branch, mine.kind):
        assert not {"大山故事", "赵六", "2019", "b9", "text"} & {value for value, _ in values}


def test_each_kind_is_counted_under_the_other_filters_but_not_its_own(library: SearchEngine) -> None:
    counts = counted(library, "精神", filters=Filters(year=2022, kind="video"))
    assert counts.year == (("2021", 1), ("2022", 1), ("2023", 1))
    assert counts.kind == (("audio", 1), ("video", 1))
    assert counts.branch == (("b1", 1),)
    assert counts.topic == (("20大", 1), ("党史学习", 1))


@pytest.mark.parametrize("scope", [EVERYONE, MINE, SECRET, frozenset(["nobody"])])
@pytest.mark.parametrize("query", ["精神", "精神 学习", "党史学习 没有的词", '"精神"', "topic:三农", "-精神"])
def test_every_count_is_what_choosing_it_shows(
    library: SearchEngine, scope: frozenset[str], query: str
) -> None:
    filters = Filters(year=2022)
    counts = counted(library, query, scope, filters)
    for value, number in counts.lecturer:
        chosen = Filters(year=2022, lecturer=value)
        assert library.search(query, scope, filters=chosen).total == number
    for value, number in counts.year:
        assert library.search(query, scope, filters=Filters(year=int(value))).total == number
    for value, number in counts.topic:
        chosen = Filters(year=2022, topics=(value,))
        assert library.search(query, scope, filters=chosen).total == number
    for value, number in counts.length:
        chosen = Filters(year=2022, length=value)
        assert library.search(query, scope, filters=chosen).total == number


def test_counts_are_made_only_when_asked_for(library: SearchEngine) -> None:
    assert library.search("精神", EVERYONE).counts == Counts()
    assert counted(library, "没有的词") == Counts()
    assert counted(library, "") == Counts()


@pytest.mark.parametrize(
    ("duration_s", "length"),
    [(None, ""), (0, "under_3"), (180, "under_3"), (181, "3_to_5"), (301, "5_to_8"), (600.0, "over_8")],
)
def test_lengths(duration_s: float | None, length: str) -> None:
    assert length_class(duration_s) == length


# --- pinyin and initials ---


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("dsxx", {"history", "congress"}),
        ("DSXX", {"history", "congress"}),
        ("ｄｓｘｘ", {"history", "congress"}),
        ("dangshixuexi", {"history", "congress"}),
        ("dangshi xuexi", {"history", "congress"}),
        ("dang shi xue xi", {"history", "congress"}),
        ("dang'shi'xue'xi", {"history", "congress"}),
        ("dangshi学习", {"history", "congress"}),
        ("党史xuexi", {"history", "congress"}),
        ("xczx", {"village"}),
        ("ershida", {"history", "congress"}),
        ("20da", {"history", "congress"}),
        ("esd", {"history", "congress"}),
        ("zengguoqiang", {"congress"}),  # a surname is not read as the same character elsewhere
        ("shanxiaojun", {"history"}),
        ("yinhangka", {"bank"}),  # nor is 行
        ("xuexi -党史", set()),
        ("dsxx 报告", {"congress"}),
        ("angshi", set()),  # not from the middle of a syllable
        ("dangsh", set()),  # nor to the middle of one
        ("ai", {"bank"}),  # what is written wins
        ("women", {"bank"}),
        ("jingshen", {"congress"}),  # said in others, but speech is not spelled out
    ],
)
def test_names_are_found_by_their_sound(library: SearchEngine, query: str, expected: set[str]) -> None:
    assert found(library, query) == expected


def test_what_letters_were_taken_for_is_told(library: SearchEngine) -> None:
    results = library.search("dsxx", EVERYONE)
    assert results.heard == ("党史学习",)
    assert results.weights["党史"] > 0
    assert library.search("党史", EVERYONE).heard == ()


def test_letters_find_first_what_the_characters_find_first(library: SearchEngine) -> None:
    for letters, characters in (("dsxx", "党史学习"), ("xczx", "乡村振兴"), ("ershida", "二十大")):
        assert library.search(letters, EVERYONE).hits[0].id == library.search(characters, EVERYONE).hits[0].id


def test_a_hidden_name_is_not_heard(library: SearchEngine) -> None:
    assert found(library, "dashangushi") == set()
    assert library.search("dashan", EVERYONE).heard == ()
    assert found(library, "dashan", MINE) == {"hidden"}


# --- suggestions as one types ---


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("党", [("topic", "党史学习", 2), ("title", "党史学习教育第一课", 1)]),
        ("ds", [("topic", "党史学习", 2), ("title", "党史学习教育第一课", 1)]),
        ("dangsh", [("topic", "党史学习", 2), ("title", "党史学习教育第一课", 1)]),
        ("dang史", [("topic", "党史学习", 2), ("title", "党史学习教育第一课", 1)]),
        ("黨史", [("topic", "党史学习", 2), ("title", "党史学习教育第一课", 1)]),
        ("zeng", [("lecturer", "曾国强", 1)]),
        ("王", [("lecturer", "王五", 1)]),
        ("振兴", [("title", "乡村振兴与产业发展", 1)]),
        ("ai课", [("title", "AI课堂：银行卡安全", 1)]),
        ("大山", []),
        ("", []),
        ("，", []),
        ("没有", []),
    ],
)
def test_suggestions(library: SearchEngine, typed: str, expected: list[tuple[str, str, int]]) -> None:
    assert [(s.kind, s.text, s.count) for s in library.suggest(typed, EVERYONE)] == expected


def test_suggestions_keep_to_the_scope_and_the_limit(library: SearchEngine) -> None:
    assert [s.text for s in library.suggest("大山", MINE)] == ["大山故事", "大山深处的学校精神"]
    assert len(library.suggest("学习", MINE, limit=1)) == 1
    assert library.suggest("学习", MINE, limit=0) == []
    assert library.suggest("学习", frozenset()) == []


@pytest.mark.parametrize("engine", sorted(ENGINES))
def test_a_name_that_was_taken_away_is_nowhere_also_for_who_sees_everything(
    engine: str, memory: Path
) -> None:
    made = ENGINES[engine].open_or_create(memory / "index")
    gone = lesson("gone", "大别山突围战", "谢老兵", ("军史故事",), "千里跃进")
    made.apply([*LIBRARY[:2], gone], [], 1)
    assert made.suggest("大别", EVERYONE)
    assert made.search("dbstwz", EVERYONE).heard
    made.apply([], ["gone"], 2)
    for typed in ("大别", "谢老兵", "军史", "dbstwz"):
        assert made.suggest(typed, EVERYONE) == [], typed
    assert made.search("dbstwz", EVERYONE).heard == ()
    assert made.did_you_mean("大别山突韦战", EVERYONE) is None
    made.close()


# --- did you mean ---


@pytest.mark.parametrize(
    ("query", "meant"),
    [
        ("党史雪习", "党史学习"),
        ("当时学习", "党史学习"),  # the same sound
        ("乡村整兴", "乡村振兴"),  # nearly the same
        ("乡村振新与产业", "乡村振兴与产业"),
        ("银行安全", None),  # every pair of it is known
        ("银行卡安泉", "银行卡安全"),
        ("曾国墙", "曾国强"),
        ("dangshixuxi", "党史学习"),
        ("ershiida", "20大"),
        ("党史雪习 精神", "党史学习 精神"),
        ("火星移民", None),
        ("大山故是", None),
        ("", None),
        ("-党史雪习", None),
    ],
)
def test_did_you_mean(library: SearchEngine, query: str, meant: str | None) -> None:
    assert library.did_you_mean(query, EVERYONE) == meant


def test_did_you_mean_keeps_to_the_scope(library: SearchEngine) -> None:
    assert library.did_you_mean("大山故是", MINE) == "大山故事"
    assert library.did_you_mean("大山故是", frozenset()) is None


SAID = [
    ("martyr", "夏明翰烈士写下了就义诗。他夏天明白地说过。", EVERYONE),
    ("hills", "绿水青山就是金山银山。肃清山头主义，清清的水。", EVERYONE),
    ("report", "落实强制报告制度，抱着怀里的孩子去告状。", EVERYONE),
    ("seeds", "像石榴籽一样紧紧抱在一起。", EVERYONE),
    ("water", "来了人先倒一杯水，一张笑脸相迎。", EVERYONE),
    *((f"far{n}", "先到的同志喝一杯再说，水要烧开。", EVERYONE) for n in range(5)),
    ("secret", "密写药水藏在衣领里，夏明汉也知道。", SECRET),
]


@pytest.fixture(scope="module", params=sorted(ENGINES))
def lectures(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SearchEngine]:
    made = ENGINES[request.param].open_or_create(tmp_path_factory.mktemp("said") / "index")
    documents = [Document(id_, id_, id_, spoken=said, scope=scope) for id_, said, scope in SAID]
    made.apply(documents[:4], [], 1)
    made.apply(documents[4:], [], 2)
    yield made
    made.close()


@pytest.mark.parametrize(
    ("query", "meant"),
    [
        ("夏明瀚", "夏明翰"),  # no name, only said
        ("绿水清山", "绿水青山"),  # both of its halves are said
        ("律水轻山", "绿水青山"),  # two wrong ones, which the dictionary knows
        ("强制抱告", "强制报告"),
        ("石榴仔", "石榴籽"),  # one of the ways in which 仔 is read
        ("先到一杯水", "先倒一杯水"),  # every pair of it is said somewhere
        ("先倒杯一水", "先倒一杯水"),  # changed places
        ("强制性报告", "强制报告"),  # one too many
        ("一笑脸相迎", "一张笑脸相迎"),  # one too few
        ("紧紧报在一起", "紧紧抱在一起"),
        ("夏明瀚 就义诗", "夏明翰 就义诗"),
        ("夏明翰", None),
        ("密写要水", None),  # only hidden lessons say it
        ("金山银山", None),
        ("火星移民", None),
    ],
)
def test_words_that_are_only_said_are_asked_about(
    lectures: SearchEngine, query: str, meant: str | None
) -> None:
    assert lectures.did_you_mean(query, EVERYONE, SHIPPED) == meant


def test_what_only_hidden_lessons_say_is_not_asked_about(lectures: SearchEngine) -> None:
    assert lectures.did_you_mean("密写要水", SECRET | EVERYONE, SHIPPED) == "密写药水"
    assert lectures.did_you_mean("密写要水", frozenset(), SHIPPED) is None
    dictionary = Dictionary.of(words=["密写药水"])
    assert lectures.did_you_mean("密写要水", EVERYONE, dictionary) is None, "though the dictionary has it"


def test_pieces_of_a_word_found_apart_do_not_hide_what_was_meant(lectures: SearchEngine) -> None:
    found = lectures.search("先到一杯水", EVERYONE)
    assert (found.total, found.relaxed) == (5, False)
    assert lectures.did_you_mean("先到一杯水", EVERYONE, sounds_only=True) == "先倒一杯水"
    assert lectures.did_you_mean("强制性报告", EVERYONE, sounds_only=True) is None


TYPED = st.lists(
    st.sampled_from(
        ["党史", "xue", "'", "20", "大", "\0", "\1", "\n", "𠮷", "ü", "\ud800", "〇", " ", "a", "の", "-"]
    ),
    max_size=8,
).map("".join)


@settings(
    max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(typed=st.one_of(st.text(max_size=30), TYPED))
def test_anything_may_be_typed(library: SearchEngine, typed: str) -> None:
    shown = {s.text for s in library.suggest(typed, EVERYONE)}
    shown.add(library.did_you_mean(typed, EVERYONE) or "")
    results = library.search(typed, EVERYONE, counts=True, dictionary=SHIPPED)
    shown.update(results.heard, (hit.id for hit in results.hits))
    assert not any("大山" in text or text in ("赵六", "hidden") for text in shown)


# --- what staff teach ---


def test_synonyms_find_each_other(library: SearchEngine) -> None:
    taught = Dictionary.of(synonyms=[("三农", "农业农村农民"), ("党課", "微党课")])
    assert found(library, "农业农村农民") == set()
    assert found(library, "农业农村农民", dictionary=taught) == {"village"}
    assert found(library, "農業農村農民 乡村", dictionary=taught) == {"village"}
    assert found(library, "农业农村农民 -乡村", dictionary=taught) == set()
    assert not library.search("农业农村农民", EVERYONE, dictionary=taught).relaxed


def test_what_was_typed_ranks_above_its_synonym(library: SearchEngine) -> None:
    taught = Dictionary.of(synonyms=[("银行卡", "三农")])
    assert [hit.id for hit in library.search("三农", EVERYONE, dictionary=taught).hits] == ["village", "bank"]
    assert [hit.id for hit in library.search("银行卡", EVERYONE, dictionary=taught).hits] == [
        "bank",
        "village",
    ]


def test_a_taught_word_is_held_together(library: SearchEngine) -> None:
    # 学习 and 精神 stand apart in one lesson, side by side in another.
    assert found(library, "学习教育") == {"history"}
    assert found(library, "乡村发展") == {"village"}
    taught = Dictionary.of(words=["乡村发展"])
    held = library.search("乡村发展", EVERYONE, dictionary=taught)
    assert held.relaxed


def test_the_terms_that_come_with_it(library: SearchEngine) -> None:
    assert found(library, "党的二十大", dictionary=SHIPPED) == {"history", "congress"}
    assert found(library, "党的20大", dictionary=SHIPPED) == {"history", "congress"}


# --- the query language's newer fields ---


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("branch:b2", {"village"}),
        ("支部:b1 year:2022", {"congress"}),
        ("精神 kind:audio", {"village"}),
        ("类型：video year:2023", {"bank"}),
        ("kind:video kind:audio year:2022", {"village", "congress"}),
        ("branch:b9", set()),
    ],
)
def test_branch_and_kind_in_a_query(library: SearchEngine, query: str, expected: set[str]) -> None:
    assert found(library, query) == expected


def test_a_query_with_a_branch_alone_is_a_query(library: SearchEngine) -> None:
    assert found(library, "", EVERYONE) == set()
    assert library.search(Query(branches=("b1",)), EVERYONE).total == 2
