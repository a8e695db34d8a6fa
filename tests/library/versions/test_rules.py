"""How two texts differ, and what is the same."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.catalog.actions import Details
from library.catalog.rules import Genre
from library.versions.rules import Mark, details_of, pieces, same, values_of

texts = st.text(st.sampled_from("党课人民ab1。\n "), max_size=60)


@given(texts, texts)
def test_both_texts_can_be_read_from_the_pieces(old: str, new: str) -> None:
    found = pieces(old, new)
    assert "".join(text for mark, text in found if mark is not Mark.IN) == old
    assert "".join(text for mark, text in found if mark is not Mark.OUT) == new
    assert all(one[0] is not other[0] for one, other in pairwise(found))


def test_what_is_rewritten_is_marked_by_the_character_and_by_the_word() -> None:
    assert pieces("为人民服务。共25讲", "为群众服务。共30讲") == (
        (Mark.SAME, "为"),
        (Mark.OUT, "人民"),
        (Mark.IN, "群众"),
        (Mark.SAME, "服务。共"),
        (Mark.OUT, "25"),
        (Mark.IN, "30"),
        (Mark.SAME, "讲"),
    )
    # A passage too long to compare word by word is gone and come as a whole, at once.
    assert [mark for mark, _text in pieces("甲乙" * 1000, "乙丙" * 1000)] == [Mark.OUT, Mark.IN]


@pytest.mark.parametrize(
    "details",
    [
        Details("题", "王芳", ["党史"], date(2026, 3, 5), summary="简介", language="en", genre=Genre.FILM),
        Details(clear_date=True),
        Details(lecturer="", topics=[]),
        Details(),
    ],
)
def test_details_come_back_from_their_values(details: Details) -> None:
    assert details_of(values_of(details)) == details


def test_names_are_compared_as_the_catalogue_does() -> None:
    assert same("lecturer", "Li Lei", "li lei")
    assert same("topics", ["ＡＢ"], ["ab"])
    assert not same("title", "Li Lei", "li lei")
