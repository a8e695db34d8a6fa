"""The query language: its forms, and that everything else is text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.query import MAX_QUERY_CHARACTERS, Query, parse


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
    assert not parse("year:2021").is_empty


@pytest.mark.slow
@given(st.text())
def test_any_text_parses(text: str) -> None:
    assert len(parse(text).text) <= MAX_QUERY_CHARACTERS


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("党史 学习", 4),
        ('"三会，一课" 2023年', 9),
        ("二十大", 3),
        ("-美国 topic:党史", 0),
        ("一", 1),
        ("", 0),
    ],
)
def test_its_length_is_that_of_what_is_looked_for(text: str, length: int) -> None:
    assert parse(text).length == length
