"""How recognised text is written: simplified, and never so that the search would take it for something
else."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from search.text.fold import fold_with_origin
from speech.words import Word
from speech.written_forms import marks, numbers, simplified, written


@settings(deadline=None)
@given(st.text("零一二三四五六七八九十百千万两0123456789年月日会课条岁第之分点%同志的.,", max_size=14))
@example("二零一八年3会1课")
@example("3月1日第5次1949年9条")
def test_the_search_knows_no_difference(text: str) -> None:
    assert fold_with_origin(numbers(text)).text == fold_with_origin(text).text


def test_years_and_single_digits() -> None:
    assert numbers("二零一八年抓好3会1课") == "2018年抓好三会一课"
    assert numbers("第3条，5月4日，6号，20大") == "第3条，5月4日，6号，20大"


def test_nothing_traditional_is_left() -> None:
    assert simplified("後來黨員們沿著這條路，著名的原著裡說妳") == "后来党员们沿着这条路，著名的原著里说你"
    text = simplified("發展農村經濟，鄉親們說會開到了田埂上，讓黨課講得透")
    assert simplified(text) == text


def test_marks_are_chinese_behind_chinese_and_words_keep_their_seconds() -> None:
    assert marks("好,3.5吗?A.") == "好，3.5吗？A."
    said = [Word(0, 1, "黨課,", 0.9), Word(1, 2, "講", 0.8)]
    assert written(said) == (Word(0, 1, "党课，", 0.9), Word(1, 2, "讲", 0.8))
