"""How numbers and marks are read aloud."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.demo.reading import number, spoken


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("1935年1月15日", "一九三五年一月十五日"),
        ("2006年1月1日起", "二零零六年一月一日起"),
        ("拨打12309热线", "拨打幺二三零九热线"),
        ("9899万人", "九千八百九十九万人"),
        ("12.8万个村", "十二点八万个村"),
        ("历时142天", "历时一百四十二天"),
        ("增长5.5%", "增长百分之五点五"),
        ("《为人民服务》", "卫人民服务"),
        ("条例（试行）", "条例，试行，"),
        ("“好”", "好"),
    ],
)
def test_spoken(written: str, said: str) -> None:
    assert spoken(written) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0, "零"),
        (10, "十"),
        (11, "十一"),
        (20, "二十"),
        (105, "一百零五"),
        (110, "一百一十"),
        (1000, "一千"),
        (1001, "一千零一"),
        (1010, "一千零一十"),
        (9999, "九千九百九十九"),
    ],
)
def test_number(value: int, said: str) -> None:
    assert number(value) == said


@given(st.integers(0, 9999))
def test_number_can_be_read_back(value: int) -> None:
    total, digit = 0, 0
    for letter in number(value):
        if letter in "十百千":
            total, digit = total + (digit or 1) * {"十": 10, "百": 100, "千": 1000}[letter], 0
        else:
            digit = "零一二三四五六七八九".index(letter)
    assert total + digit == value


@pytest.mark.parametrize("value", [-1, 10000])
def test_number_refuses_what_it_cannot_say(value: int) -> None:
    with pytest.raises(ValueError):
        number(value)
