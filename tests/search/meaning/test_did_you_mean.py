"""What another spelling may cost."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pytest

from search.document import Document
from search.meaning.did_you_mean import MOST_WINDOWS, corrections, is_found_in_pieces
from search.meaning.misspelt import MOST_PAIRS, MOST_READ, MOST_SAID
from search.meaning.visible_terms import VisibleTerms
from search.query import MAX_QUERY_CHARACTERS, parse
from search.text.names import Names, name_terms


@cache
def known_names() -> Names:
    """The names that everybody may see; how they sound takes half a second to load."""
    return Names(name_terms(Document(id="d", lesson="d", title="党史学习教育", topics=("乡村振兴",))))


def asked_for(text: str) -> tuple[list[str], int]:
    """The other spellings of a query, and how often the names were gone through for them."""
    times = 0

    def names() -> list[Names]:
        nonlocal times
        times += 1
        return [known_names()]

    terms = VisibleTerms(
        names=names,
        count_named=lambda term: 1,
        has=lambda field, term: False,
        count_saying=lambda units: 0,
        pairs_from=lambda unit: (),
        count_written=lambda units: 0,
    )
    return [query.text for query in corrections(terms, parse(text))], times


def letters(start: int, size: int) -> str:
    return "".join(chr(0x5000 + start + n) for n in range(size))


@pytest.mark.parametrize("size", [2, 3, 8, 15, MAX_QUERY_CHARACTERS])
def test_a_pasted_paragraph_costs_no_more_than_the_longest_word(size: int) -> None:
    words = [letters(at * size, size) for at in range(MAX_QUERY_CHARACTERS // (size + 1) or 1)]
    _, times = asked_for(" ".join(words))
    assert 0 < times <= MOST_WINDOWS


def test_a_slip_in_a_long_word_is_still_found() -> None:
    found, times = asked_for(letters(0, 12) + "乡村振新")
    assert any(text.endswith("乡村振兴") for text in found)
    assert times <= MOST_WINDOWS


@pytest.mark.parametrize(
    "text", [letters(0, 6), letters(0, 15), " ".join(letters(9 * n, 8) for n in range(30))]
)
@pytest.mark.parametrize("known", [False, True])
def test_what_is_said_is_asked_for_a_bounded_number_of_times(text: str, known: bool) -> None:
    asked, said, read = 0, 0, 0

    def has(field: str, term: str) -> bool:
        nonlocal asked
        asked += 1
        return known

    def says(units: tuple[str, ...]) -> int:
        nonlocal said
        said += 1
        return 0

    def beginning(unit: str) -> Iterator[str]:
        nonlocal read
        while True:
            read += 1
            yield unit + "一"

    terms = VisibleTerms(
        names=lambda: [known_names()],
        count_named=lambda term: 1,
        has=has,
        count_saying=says,
        pairs_from=beginning,
        count_written=says,
    )
    assert list(corrections(terms, parse(text))) == []
    assert said <= MOST_SAID
    assert read <= MOST_READ + 1
    # What stands side by side in the query itself is looked up besides, a few times each.
    assert asked <= MOST_PAIRS + 10 * MAX_QUERY_CHARACTERS


@pytest.mark.parametrize(
    ("typed", "shown", "expected"),
    [
        ("乡村正兴", ["乡村的事，正在兴起"], True),
        ("乡村振兴", ["乡村，振兴"], False),
        ("鄉村振興", ["乡村振兴"], False),
        ("乡村振兴", [], False),
        ("乡村", ["别的"], False),
        ("abcd 20", ["别的"], False),
        ("为什么说乡村一定要振兴", ["别的"], False),
        ('"乡村振兴"', ["别的"], False),
        ("党史学习 乡村正兴", ["党史学习", "乡村"], True),
    ],
)
def test_a_word_that_stands_nowhere_in_what_is_shown_is_found_in_pieces(
    typed: str, shown: list[str], expected: bool
) -> None:
    assert is_found_in_pieces(parse(typed), shown) is expected
