"""The query language, and the plan that is read off it."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from search.query import MAX_CHARACTERS, Query, parse
from search.ranking.plan import MAX_TERMS, Plan, phrase_terms, plan

COSTLY = [
    '"',
    "“",
    "”",
    "「",
    "」",
    "-",
    " ",
    ":",
    "topic:",
    "lecturer:",
    "year:2021",
    "一",
    "ab",
    "1",
    "\ufdfa",
]


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("党史 学习", Query(words=("党史", "学习"))),
        ('"三会一课" 制度', Query(words=("制度",), phrases=("三会一课",))),
        ("“三会一课”", Query(phrases=("三会一课",))),
        ("「不忘初心」『使命』", Query(phrases=("不忘初心", "使命"))),
        ('党史 -美国 -"冷战 时期"', Query(words=("党史",), excluded=("美国", "冷战 时期"))),
        ("covid-19 1921-1949", Query(words=("covid-19", "1921-1949"))),
        ("a - b", Query(words=("a", "b"))),
        ("lecturer:张三", Query(lecturers=("张三",))),
        ("讲师：张三 主题: 党史 专题:廉洁", Query(lecturers=("张三",), topics=("党史", "廉洁"))),
        ('Lecturer:"Li Ming"', Query(lecturers=("Li Ming",))),
        ("year:2023 年份：二〇二三年 year:1999", Query(years=(2023, 1999))),
        ("红船 year:23 year:很久", Query(words=("红船",), misread=(("year", "23"), ("year", "很久")))),
        ("year:2021-2023 年份:2019年至2018年", Query(years=(2021, 2022, 2023, 2018, 2019))),
        ("year:1000-2999", Query(misread=(("year", "1000-2999"),))),
        ("红船 讲师：", Query(words=("红船",), misread=(("讲师", ""),))),
        ('topic:""', Query(misread=(("topic", ""),))),
        ("-lecturer:张三 党课", Query(words=("党课",), excluded=("张三",))),
        ("时间：三点 http://a.cn", Query(words=("时间", "三点", "http", "//a.cn"))),
        ('没有结束的"引号', Query(words=("没有结束的", "引号"))),
        ('"" “” - : lecturer:', Query(misread=(("lecturer", ""),))),
        ("党史 党史", Query(words=("党史",))),
    ],
)
def test_parse(text: str, query: Query) -> None:
    parsed = parse(text)
    assert parsed.text == text
    for name in ("words", "phrases", "excluded", "lecturers", "topics", "years", "misread"):
        assert getattr(parsed, name) == getattr(query, name), name


def test_exclusions_alone_are_nothing_to_look_for() -> None:
    assert parse("-美国").is_empty
    assert plan(parse("-美国")).is_empty
    assert not parse("year:2021").is_empty


@given(st.text())
def test_any_text_parses_and_plans(text: str) -> None:
    made = plan(parse(text))
    assert all(made.lecturers)
    assert all(made.topics)
    assert all(made.phrases)
    assert len(parse(text).text) <= MAX_CHARACTERS


def test_words_are_required_by_their_pairs() -> None:
    made = plan(parse("二十大的现代化"))
    assert made.required_pairs == ("20大", "现代", "代化")
    assert made.required_units == ()
    assert "现代化" in made.words


def test_words_that_say_nothing_are_required_only_alone() -> None:
    assert plan(parse("什么是党建")).required_pairs == ("党建",)
    assert plan(parse("什么")).required_pairs == ("什么",)


def test_a_pasted_page_costs_no_more_than_a_sentence() -> None:
    made = plan(parse("".join(chr(0x4E00 + n) for n in range(2000))))
    assert max(map(len, (made.required_pairs, made.required_units, made.words, made.pairs))) <= MAX_TERMS


def looked_up(made: Plan) -> int:
    """How many posting lists a plan asks for, without those of synonyms and sounds."""
    sequences = (*made.phrases, *made.excluded, *made.lecturers, *made.topics)
    ranked = (made.required_pairs, made.required_units, made.words, made.pairs, made.units)
    return sum(map(len, (*ranked, *sequences, *made.keys)))


@given(st.one_of(st.text(), st.lists(st.sampled_from(COSTLY), max_size=400).map("".join)))
@example('"一"' * 100)
@example("-一 " * 100)
@example("topic:\ufdfa " * 40)
@example("\ufdfa" * 300)
def test_no_text_asks_for_more_lists_than_it_has_characters_and_a_sentence_has_terms(text: str) -> None:
    assert looked_up(plan(parse(text))) <= MAX_CHARACTERS + 5 * MAX_TERMS


@pytest.mark.parametrize(
    ("units", "terms"),
    [
        ("甲", []),
        ("甲乙", [("甲乙", 0)]),
        ("甲乙丙", [("甲乙", 0), ("乙丙", 1)]),
        ("甲乙丙丁", [("甲乙", 0), ("丙丁", 2)]),
        ("甲乙丙丁戊", [("甲乙", 0), ("丙丁", 2), ("丁戊", 3)]),
    ],
)
def test_a_phrase_is_every_second_pair(units: str, terms: list[tuple[str, int]]) -> None:
    assert phrase_terms(tuple(units)) == terms
