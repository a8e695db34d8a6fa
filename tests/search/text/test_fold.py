"""Folding: one spelling, and the exact way back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.text.fold import fold, fold_with_origin


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("黨的二十大報告", "党的20大报告"),
        ("ＡＢＣ１２３", "abc123"),
        ("Café CAFE\u0301", "café café"),
        ("㎏ ﬁ ①", "kg fi 一"),
        ("红\u200b船\ufeff", "红船"),
        ("後面的皇后", "后面的皇后"),
        ("\ud800坏", " 坏"),
        ("", ""),
    ],
)
def test_one_spelling(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("arabic", "chinese"),
    [
        ("20大", "二十大"),
        ("1949年10月1日", "一九四九年十月一日"),
        ("2023年", "二〇二三年"),
        ("2023年", "二零二三年"),
        ("2023年", "二○二三年"),
        ("11届3中全会", "十一届三中全会"),
        ("第100次", "第一百次"),
        ("305个", "三百零五个"),
        ("1001夜", "一千零一夜"),
        ("3000万", "三千万"),
        ("14亿", "十四亿"),
        ("110周年", "一百一十周年"),
        ("918事变", "九一八事变"),
        ("3会1课", "三会一课"),
        ("第1书记", "第一书记"),
        ("200天", "两百天"),
    ],
)
def test_numbers_have_one_spelling(arabic: str, chinese: str) -> None:
    assert fold(arabic) == fold(chinese)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "十四五规划",
            "统一三个标准",
            "唯一一个",
            "统一十项",
            "五四运动",
            "三会一课",
            "一带一路",
            "二三十人",
        ),
        *(
            "一百二",
            "十分重要",
            "两学一做",
            "百年",
            "千万",
            "一一列举",
            "c919",
            "5g",
            "3.5倍",
            "v2",
            "十百千",
        ),
    ],
)
def test_what_is_no_number_stays(text: str) -> None:
    assert fold(text) == text


def test_the_word_before_a_number_is_not_cut() -> None:
    assert fold("唯一一百年") == "唯一100年"


def test_the_way_back_leads_to_the_original_characters() -> None:
    text = "在㎏黨的二十大，一九四九年Cafe\u0301"
    folded = fold_with_origin(text)
    for needle, original in [
        ("党", "黨"),
        ("20", "二十"),
        ("20大", "二十大"),
        ("1949年", "一九四九年"),
        ("kg", "㎏"),
        ("g", "㎏"),
        ("café", "Cafe\u0301"),
        ("é", "e\u0301"),
        ("94", "一九四九"),  # inside a number: the whole number
    ]:
        at = folded.text.index(needle)
        start, end = folded.origin(at, at + len(needle))
        assert text[start:end] == original


TRICKY = st.text(st.sampled_from("一二十百〇零两3019.年大統唯黨Aé\u0301\u200bﬁ㎏İß，\n ") | st.characters())


@given(TRICKY)
def test_every_folded_range_comes_from_a_range_of_the_text(text: str) -> None:
    folded = fold_with_origin(text)
    assert folded.text == fold(text)
    last = 0
    for i in range(len(folded.text)):
        start, end = folded.origin(i, i + 1)
        assert 0 <= start < end <= len(text)
        assert start >= last
        last = start
    start, end = folded.origin(0, 0)
    assert start == end
