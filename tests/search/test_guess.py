"""What another spelling may cost."""

from __future__ import annotations

import pytest

from search.document import Document
from search.guess import MOST_WINDOWS, Look, corrections
from search.names import Names, name_terms
from search.query import MAX_CHARACTERS, parse

NAMES = Names(name_terms(Document(id="d", lesson="d", title="党史学习教育", topics=("乡村振兴",))))


def asked_for(text: str) -> tuple[list[str], int]:
    """The other spellings of a query, and how often the names were gone through for them."""
    times = 0

    def names() -> list[Names]:
        nonlocal times
        times += 1
        return [NAMES]

    look = Look(
        names=names,
        count=lambda term: 1,
        has=lambda field, term: False,
        says=lambda units: 0,
        beginning=lambda unit: (),
    )
    return [query.text for query in corrections(look, parse(text))], times


def letters(start: int, size: int) -> str:
    return "".join(chr(0x5000 + start + n) for n in range(size))


@pytest.mark.parametrize("size", [2, 3, 8, 15, MAX_CHARACTERS])
def test_a_pasted_paragraph_costs_no_more_than_the_longest_word(size: int) -> None:
    words = [letters(at * size, size) for at in range(MAX_CHARACTERS // (size + 1) or 1)]
    _, times = asked_for(" ".join(words))
    assert 0 < times <= MOST_WINDOWS


def test_a_slip_in_a_long_word_is_still_found() -> None:
    found, times = asked_for(letters(0, 12) + "乡村振新")
    assert any(text.endswith("乡村振兴") for text in found)
    assert times <= MOST_WINDOWS
