"""What another spelling may cost."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from search.document import Document
from search.meaning.guess import MOST_WINDOWS, Look, corrections
from search.meaning.misspelt import MOST_PAIRS, MOST_READ, MOST_SAID
from search.meaning.names import Names, name_terms
from search.query import MAX_CHARACTERS, parse
from search.text.pinyin import same_sound

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

    look = Look(names=lambda: [NAMES], count=lambda term: 1, has=has, says=says, beginning=beginning)
    assert list(corrections(look, parse(text))) == []
    assert said <= MOST_SAID
    assert read <= MOST_READ + 1
    # What stands side by side in the query itself is looked up besides, a few times each.
    assert asked <= MOST_PAIRS + 10 * MAX_CHARACTERS


@pytest.mark.parametrize(
    ("one", "other", "is_alike"),
    [("瀚", "翰", False), ("仔", "籽", False), ("女", "吕", True), ("绿", "律", False), ("到", "倒", False)],
)
def test_characters_that_sound_the_same_or_nearly(one: str, other: str, is_alike: bool) -> None:
    assert (other in same_sound(one)) is not is_alike
    assert (other in same_sound(one, is_alike=True)) is is_alike
    assert one not in same_sound(one) + same_sound(one, is_alike=True)
    assert same_sound("𠮷") == same_sound("a") == ""
