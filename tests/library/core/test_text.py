"""Text as people type it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.core.errors import Invalid
from library.core.text import (
    NAME_MAX,
    TITLE_MAX,
    TOPICS_MAX,
    clean_block,
    clean_line,
    fold,
    required_line,
    required_name,
    split_topics,
    title_from_file_name,
)

any_text = st.text(st.characters(), max_size=60)  # halves of surrogate pairs included


@given(any_text)
def test_a_clean_line_is_one_line_that_a_database_takes_and_stays_as_it_is(text: str) -> None:
    line = clean_line(text)
    line.encode("utf-8")
    assert line == clean_line(line)
    assert line == line.strip()
    assert not set("\x00\n\r\t") & set(line)


@given(any_text)
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("typed", "same"),
    [
        ("ＡＢＣ", "abc"),
        ("Straße", "STRASSE"),
        ("王\u200b书记", "王书记"),
        ("  王　书记 ", "王 书记"),
        ("é", "e\u0301"),
    ],
)
def test_names_that_look_alike_fold_alike(typed: str, same: str) -> None:
    assert fold(typed) == fold(same)


def test_a_name_cannot_be_made_to_read_backwards() -> None:
    assert clean_line("党课\u202egpj.exe\u2066") == "党课gpj.exe"


def test_half_a_surrogate_pair_is_dropped_and_emoji_stay() -> None:
    assert clean_line("党\ud800课") == "党课"
    assert clean_line("👨‍👩‍👧 家风") == "👨‍👩‍👧 家风"


def test_a_title_of_nothing_visible_is_empty() -> None:
    for blank in ("", "   ", "\u200b", "\x00\x1f", "\u202e"):
        with pytest.raises(Invalid) as refused:
            required_line(blank, "title", TITLE_MAX)
        assert refused.value.code == "empty"
        assert refused.value.values["field"] == "title"


@pytest.mark.parametrize(
    "title", ["'; DROP TABLE lesson; --", "../../etc/passwd", "-rf", "<b>党</b>", "“引号”", "🚩" * 20]
)
def test_odd_titles_are_kept_as_typed(title: str) -> None:
    assert required_line(title, "title", TITLE_MAX) == title


def test_a_title_of_two_thousand_characters_is_refused_with_its_length() -> None:
    with pytest.raises(Invalid) as refused:
        required_line("党" * 2000, "title", TITLE_MAX)
    assert refused.value.code == "too_long"
    assert refused.value.values == {"field": "title", "most": TITLE_MAX, "length": 2000}


def test_a_name_that_grows_beyond_its_column_when_folded_is_refused() -> None:
    assert len(fold("\ufdfa" * 10)) > NAME_MAX  # one character, eighteen when folded
    with pytest.raises(Invalid) as refused:
        required_name("\ufdfa" * 10, "lecturer")
    assert refused.value.code == "too_long"


def test_a_summary_keeps_its_lines_and_has_an_end() -> None:
    assert clean_block(" 一\r\n二\x00\n\n三 ", 100) == "一\n二\n\n三"
    with pytest.raises(Invalid) as refused:
        clean_block("党" * 101, 100)
    assert refused.value.values["length"] == 101


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
