"""What sounds like what."""

from __future__ import annotations

import pytest

from search.text.analysis import unit_texts
from search.text.fold import fold
from search.text.sounds import sound_terms, sounds_of_pairs, spoken_like

ALIKE = [
    ("乡村振兴", "相村正兴"),
    ("民主生活会", "名主生货会"),
    ("支部党员大会", "知不当元大会"),
    ("两学一做", "梁学衣做"),
    ("二十大", "而时大"),
    ("四个意识", "四个一是"),
    ("银行行长", "银航航长"),
    ("绿水青山", "律水清山"),
]


@pytest.mark.parametrize(("meant", "heard"), ALIKE)
def test_a_word_is_heard_in_what_sounds_like_it(meant: str, heard: str) -> None:
    there = set(sound_terms(fold(heard)))
    assert all(set(terms) <= there for _, terms in sounds_of_pairs(fold(meant)))
    looked_for = spoken_like(tuple(unit_texts(fold(meant))))
    assert looked_for is not None
    assert looked_for.search(fold("我们讲" + heard + "的事"))


@pytest.mark.parametrize(("meant", "heard"), [("乡村振兴", "城市振兴"), ("党史", "当然"), ("延安", "文安")])
def test_and_not_in_what_sounds_otherwise(meant: str, heard: str) -> None:
    looked_for = spoken_like(tuple(meant))
    assert looked_for is not None
    assert not looked_for.search(heard)
    assert not set(sound_terms(meant)) <= set(sound_terms(heard))


@pytest.mark.parametrize("short", ["", "党", "a", "1"])
def test_one_syllable_is_told_by_nothing(short: str) -> None:
    assert sound_terms(short) == []
    assert sounds_of_pairs(short) == ()
    assert spoken_like(tuple(short)) is None


def test_what_stands_between_characters_is_not_heard() -> None:
    looked_for = spoken_like(("振", "兴"))
    assert looked_for is not None
    assert looked_for.search("正，兴")
    assert not looked_for.search("正a兴")
