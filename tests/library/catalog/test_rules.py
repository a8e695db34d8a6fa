"""What people type about a lesson: days, topics, and the title that its file gives it."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.catalog.rules import (
    TITLE_MAX,
    TOPICS_MAX,
    clean_language,
    first_words,
    shared_topics,
    split_topics,
    title_from_file_name,
)
from library.core.days import parse_date
from library.core.errors import Invalid
from library.core.text import NAME_MAX, required_line

any_text = st.text(st.characters(), max_size=60)  # halves of surrogate pairs included


def test_topics_are_split_as_people_separate_them_each_once_in_order() -> None:
    assert split_topics("党史，党建、 党史;廉政；ＰＡＲＴＹ,party\n乡村振兴") == [
        "党史",
        "党建",
        "廉政",
        "ＰＡＲＴＹ",
        "乡村振兴",
    ]
    assert split_topics(["a,b", " a,b "]) == ["a,b"]
    assert split_topics(" ,，、 \n") == []


def test_too_many_or_too_long_topics_are_refused() -> None:
    with pytest.raises(Invalid) as refused:
        split_topics([f"专题{n}" for n in range(TOPICS_MAX + 1)])
    assert refused.value.code == "too_many"
    with pytest.raises(Invalid) as refused:
        split_topics("党" * (NAME_MAX + 1))
    assert refused.value.code == "too_long"


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("C:\\视频\\第一课_党史.mp4", "第一课 党史"),
        ("../../a/党课.v2.mkv", "党课.v2"),
        (".mp4", ".mp4"),
        ("", "未命名党课"),
        ("\u202e.mp4", "未命名党课"),
    ],
)
def test_a_lesson_is_first_called_after_its_file(name: str, title: str) -> None:
    assert title_from_file_name(name) == title


@given(any_text)
def test_whatever_a_file_is_called_it_gives_a_title(name: str) -> None:
    title = required_line(title_from_file_name(name), "title", TITLE_MAX)
    assert len(title) <= TITLE_MAX


@given(st.dates(date(1921, 1, 1), date(2200, 12, 31)), st.sampled_from(["-", "/", "."]))
def test_every_day_is_read_as_it_is_written(day: date, mark: str) -> None:
    assert parse_date(day.strftime(f"%Y{mark}%m{mark}%d")) == day
    assert parse_date(f" {day.year}年{day.month}月{day.day}日 ") == day
    assert parse_date(f"{day.isoformat()}T09:30:00+08:00") == day


@pytest.mark.parametrize(
    "text",
    ["2026-13-01", "2026-02-30", "昨天", "26-1-1", "1920-12-31", "2201-1-1", "20261122", "2026-11-22x", "９"],
)
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse_date(text)
    assert refused.value.code == "date_unreadable"


@given(st.text(max_size=30))
def test_no_text_crashes_the_date_reader(text: str) -> None:
    try:
        day = parse_date(text)
    except Invalid:
        return
    assert day is None or 1921 <= day.year <= 2200


def test_first_words_end_with_a_sign_that_more_follows() -> None:
    assert first_words([" 同志们 ", "", "大家好"]) == "同志们 大家好"
    assert first_words(["党" * 50], 36) == "党" * 35 + "…"


def test_a_topic_is_shared_by_more_than_half() -> None:
    assert shared_topics([("党史", "党史", "党建")]) == ["党史", "党建"]
    assert shared_topics([("党史",), ("党史", "党建")]) == ["党史"]
    assert shared_topics([("党史",), ("党建",)]) == []
    assert shared_topics([("党史",), ("党建", "党史"), ()]) == ["党史"]
    assert shared_topics([("党史",), (), ()]) == []
    assert shared_topics([]) == []


def test_a_language_we_have_no_pages_for_is_refused() -> None:
    assert clean_language("en") == "en"
    with pytest.raises(Invalid):
        clean_language("fr")
