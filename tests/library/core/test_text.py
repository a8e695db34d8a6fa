"""Text as people type it."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.core.errors import Invalid
from library.core.text import (
    MARKS_MAX,
    NAME_MAX,
    clean_block,
    clean_line,
    name_key,
    required_line,
    required_name,
    stream_safe,
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
def test_the_key_of_a_key_is_the_same_key(text: str) -> None:
    assert name_key(name_key(text)) == name_key(text)


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
def test_names_that_look_alike_have_one_key(typed: str, same: str) -> None:
    assert name_key(typed) == name_key(same)


def test_a_name_cannot_be_made_to_read_backwards() -> None:
    assert clean_line("党课\u202egpj.exe\u2066") == "党课gpj.exe"


def test_half_a_surrogate_pair_is_dropped_and_emoji_stay() -> None:
    assert clean_line("党\ud800课") == "党课"
    assert clean_line("👨‍👩‍👧 家风") == "👨‍👩‍👧 家风"


def test_a_title_of_nothing_visible_is_empty() -> None:
    for blank in ("", "   ", "\u200b", "\x00\x1f", "\u202e"):
        with pytest.raises(Invalid) as refused:
            required_line(blank, "title", 200)
        assert refused.value.code == "empty"
        assert refused.value.values["field"] == "title"


@pytest.mark.parametrize(
    "title", ["'; DROP TABLE lesson; --", "../../etc/passwd", "-rf", "<b>党</b>", "“引号”", "🚩" * 20]
)
def test_odd_titles_are_kept_as_typed(title: str) -> None:
    assert required_line(title, "title", 200) == title


def test_a_title_of_two_thousand_characters_is_refused_with_its_length() -> None:
    with pytest.raises(Invalid) as refused:
        required_line("党" * 2000, "title", 200)
    assert refused.value.code == "too_long"
    assert refused.value.values == {"field": "title", "most": 200, "length": 2000}


def test_a_name_whose_key_grows_beyond_its_column_is_refused() -> None:
    assert len(name_key("\ufdfa" * 10)) > NAME_MAX  # one character, eighteen in its key
    with pytest.raises(Invalid) as refused:
        required_name("\ufdfa" * 10, "lecturer")
    assert refused.value.code == "too_long"


def test_a_block_keeps_its_lines_and_has_an_end() -> None:
    assert clean_block(" 一\r\n二\x00\n\n三 ", "summary", 100) == "一\n二\n\n三"
    with pytest.raises(Invalid) as refused:
        clean_block("党" * 101, "summary", 100)
    assert refused.value.values["length"] == 101


@pytest.mark.parametrize("field", ["summary", "reflection"])
def test_a_block_that_is_too_long_names_the_field_it_was_typed_in(field: str) -> None:
    with pytest.raises(Invalid) as refused:
        clean_block("党" * 11, field, 10)
    assert refused.value.values["field"] == field


@given(st.text(st.sampled_from("a\u0301\u0344\u0f73\u0f71\u3099か\u0327 一"), max_size=200))
def test_marks_in_a_row_have_an_end_and_cleaning_again_changes_nothing(text: str) -> None:
    line = clean_line(text)
    assert clean_line(line) == line
    runs = re.findall(r"[\u0300-\u036f\u0f71-\u0f73\u0f80\u3099]+", unicodedata.normalize("NFD", line))
    assert all(len(run) <= MARKS_MAX + 2 for run in runs), "a letter may bring two of its own"
    assert name_key(name_key(text)) == name_key(text)


@pytest.mark.parametrize("mark", ["\u0301", "\u0301\u0327", "\u0f73", "\U0001d165\u0301"])
def test_four_hundred_thousand_marks_stopped_everything_for_half_a_minute(mark: str) -> None:
    """Sorted by their class they cost the square of their number; what is left to sort shows the cost."""
    text = "a" + mark * (400_000 // len(mark))
    assert len(stream_safe(text)) <= MARKS_MAX + 1
    assert len(clean_line(text)) <= MARKS_MAX + 1
    for read in (required_line, clean_block):
        with pytest.raises(Invalid, match="too_long"):
            read(text, "title", 200)


def test_ordinary_marks_stay() -> None:
    for text in ("Việt Nam", "é" * 3, "ก็" * 40, "שָׁלוֹם", "e" + "\u0301" * MARKS_MAX):
        assert stream_safe(text) == text
