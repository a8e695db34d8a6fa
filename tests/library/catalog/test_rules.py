"""What people type about a lesson: topics, and the title that its file gives it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.catalog.rules import TITLE_MAX, TOPICS_MAX, split_topics, title_from_file_name
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
