"""How characters sound."""

from __future__ import annotations

import pytest

from search.text.pinyin import same_sound


@pytest.mark.parametrize(
    ("one", "other", "is_alike"),
    [("瀚", "翰", False), ("仔", "籽", False), ("女", "吕", True), ("绿", "律", False), ("到", "倒", False)],
)
def test_characters_that_sound_the_same_or_nearly(one: str, other: str, is_alike: bool) -> None:
    assert (other in same_sound(one)) is not is_alike
    assert (other in same_sound(one, is_alike=True)) is is_alike
    assert one not in same_sound(one) + same_sound(one, is_alike=True)
    assert same_sound("𠮷") == same_sound("a") == ""
