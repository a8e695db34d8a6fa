"""Moments: the right second, and marks on the exact characters of what was said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.meaning.expansion import expanded
from search.meaning.highlighting import highlight
from search.meaning.moments import (
    LONGEST,
    NEAR,
    Moment,
    best_moments,
    best_text_moment,
    find_moments,
)
from search.query import parse
from search.text.dictionary import NO_DICTIONARY, Dictionary
from search.text.fold import fold

CUES = [
    (0.0, 4.0, "同志们好，今天我们一起学习党的历史"),
    (4.0, 9.0, "一九二一年七月，中国共产党第一次全国代表大会"),
    (9.0, 14.0, "在上海召开。后来转移到嘉兴南湖的"),
    (14.0, 19.0, "一条红船上"),
    (19.0, 25.0, "黨的二十大報告指出，要以中國式現代化全面推进"),
    (25.0, 30.0, "中华民族伟大复兴。"),
    (30.0, 36.0, "再说一遍，红船劈波行，精神聚人心"),
    (36.0, 40.0, "谢谢大家"),
]


def marked(moment: Moment) -> list[str]:
    return [moment.quote[a:b] for a, b in moment.marks]


@pytest.mark.parametrize(
    ("query", "start_s", "marks"),
    [
        ("嘉兴", 9.0, ["嘉兴"]),
        ("20大", 9.0, ["二十大"]),
        ("党的二十大", 9.0, ["黨的二十大"]),
        ("中国式现代化", 9.0, ["中國式現代化"]),
        ("1921年", 0.0, ["一九二一年"]),
        ('"南湖的一条红船"', 9.0, ["南湖的 一条红船"]),  # over the border of two cues
        ("红船精神", 30.0, ["红船", "精神"]),  # where both words are, not the first 红船
        ("民族复兴", 25.0, ["民族", "复兴"]),
        ("什么是伟大复兴", 25.0, ["伟大复兴"]),
        ("谢谢", 30.0, ["谢谢"]),
        ("湖", 9.0, ["湖"]),
    ],
)
def test_the_moment_and_its_marks(query: str, start_s: float, marks: list[str]) -> None:
    best = best_moments(query, CUES)[0]
    assert best.start_s == start_s
    assert marked(best) == marks


def test_a_word_said_twice_gives_two_moments_that_do_not_overlap() -> None:
    filler = [(100.0 + n, 101.0 + n, "这里讲的是别的事情，与刚才的话题没有关系。") for n in range(12)]
    found = best_moments("红船", [*CUES[:5], *filler, (200.0, 205.0, "最后回到红船。")], limit=3)
    assert [m.start_s for m in found] == [9.0, 200.0]
    assert best_moments("红船", CUES, limit=1)[0].start_s == 9.0


def test_a_weak_place_is_not_a_moment() -> None:
    filler = [(100.0 + n, 101.0 + n, "这里讲的是别的事情，与刚才的话题没有关系。") for n in range(12)]
    cues = [(0.0, 5.0, "嘉兴南湖的红船精神代代相传。"), *filler, (200.0, 205.0, "上海到嘉兴的火车。")]
    assert [m.start_s for m in best_moments("嘉兴南湖的红船精神", cues)] == [0.0]


def test_rare_words_decide() -> None:
    filler = [(50.0 + n, 51.0 + n, "这里讲的是别的事情，与刚才的话题没有关系。") for n in range(12)]
    cues = [(0.0, 5.0, "我们学习，大家学习，再学习。"), *filler, (99.0, 105.0, "焦裕禄同志到兰考。")]
    weights = {"学习": 0.1, "焦裕禄": 6.0, "焦裕": 6.0, "裕禄": 6.0}
    assert best_moments("学习 焦裕禄", cues, weights=weights)[0].start_s == 99.0


def test_nothing_said_is_no_moment() -> None:
    assert best_moments("火星", CUES) == []
    assert best_moments("", CUES) == []
    assert best_moments("year:2021", CUES) == []
    assert best_moments("红船", []) == []


def test_a_quote_has_some_context_and_fits_on_a_phone() -> None:
    long = [
        (float(n), n + 1.0, f"第{n}段讲了很多关于基层治理和乡村振兴的内容，请大家注意听") for n in range(50)
    ]
    cues = [*long, (60.0, 61.0, "红船"), *((70.0 + n, 71.0 + n, text) for n, _, text in long)]
    for query in ("红船", "基层治理", "乡村振兴 注意"):
        for moment in best_moments(query, cues):
            assert 40 <= len(moment.quote) <= LONGEST + 2 * NEAR + 2


def test_one_long_breath_is_cut_around_the_word() -> None:
    text = "啊" * 500 + "红船精神" + "哦" * 500
    moment = best_text_moment("红船精神", text)
    assert moment is not None
    assert moment.quote.startswith("…")
    assert moment.quote.endswith("…")
    assert marked(moment) == ["红船精神"]
    assert len(moment.quote) <= LONGEST + 2


def test_a_text_without_times() -> None:
    moment = best_text_moment("鄉村振興", "第一段。\n第二段讲乡村振兴战略。\n第三段。")
    assert moment is not None
    assert moment.start_s is None
    assert marked(moment) == ["乡村振兴"]
    assert best_text_moment("火星", "第一段。") is None


@pytest.mark.parametrize(
    ("title", "query", "marks"),
    [
        ("學習党的二十大精神", "20大", ["二十大"]),
        ("学习党史", "党史 学习", ["学习党史"]),
        ("中国共产党与中国式现代化", "中国式现代化", ["中国式现代化"]),
        ("张三", "lecturer:张三", ["张三"]),
        ("㎏与KG", "kg", ["㎏", "KG"]),
        ("别的题目", "红船", []),
        ("", "红船", []),
    ],
)
def test_highlight(title: str, query: str, marks: list[str]) -> None:
    assert [title[a:b] for a, b in highlight(title, query)] == marks


def test_a_quote_keeps_the_date_with_which_its_sentence_begins() -> None:
    said = "2016年1月1日，《中华人民共和国反家庭暴力法》正式施行。"
    cues = [(0.0, 6.0, "以前没有这样的法律。" * 8), (6.0, 9.0, said[:10]), (9.0, 15.0, said[10:])]
    (moment,) = best_moments("反家庭暴力法", cues)
    assert moment.quote == said
    assert moment.start_s == 6.0, "where the quote begins, not where the word is"


def test_a_quote_cut_inside_a_sentence_says_so_at_the_cut_end() -> None:
    clause = "这一句很长很长一直没有讲完，"
    text = clause * 10 + "说到红船精神，" + clause * 20
    (moment,) = best_moments("红船精神", [(0.0, 60.0, text)])
    assert moment.quote.startswith("…说到红船精神，")
    assert moment.quote.endswith("讲完…")
    (whole,) = best_moments("红船精神", [(0.0, 9.0, "说到红船精神，大家都知道。"), (9.0, 99.0, clause * 20)])
    assert whole.quote.startswith("说到"), "it begins with its sentence"
    assert whole.quote.endswith("…")


def test_the_opened_second_is_never_after_the_words_and_hardly_before() -> None:
    cues = [(4.0 * n, 4.0 * n + 4, f"第{n}句说的是一件普通的小事情，") for n in range(40)]
    cues[30] = (120.0, 124.0, "我们讲红船精神，")
    (moment,) = best_moments("红船精神", cues)
    assert moment.start_s == 120.0
    assert moment.quote.startswith("…我们讲红船精神")


def test_moments_come_in_the_order_of_time_and_say_how_many_more_there_are() -> None:
    filler = "这里讲的是别的事情，与刚才的话题没有关系。" * 6
    cues = [(30.0 * n, 30.0 * n + 20, filler + "说到枫桥经验。" + filler) for n in range(9)]
    cues[6] = (180.0, 200.0, filler + "枫桥经验，枫桥经验就是基层治理。" + filler)
    found = find_moments("枫桥经验 基层治理", cues)
    starts = [moment.start_s for moment in found.shown]
    assert starts == sorted(starts, key=lambda second: second or 0.0)
    assert found.shown[found.best].start_s == 180.0
    assert (len(found.shown), found.more) == (3, 6)
    every = find_moments("枫桥经验", cues)
    assert (len(every.shown), every.more) == (3, 6)
    assert find_moments("枫桥经验", cues, limit=1).more == 8
    assert find_moments("火星", cues).shown == ()


@pytest.mark.slow
def test_counting_places_costs_one_look_at_each() -> None:
    cues = [(float(n), n + 1.0, "枫桥经验 ") for n in range(2_000)]
    found = find_moments("枫桥经验", cues)
    assert 50 < found.more < 2_000


@pytest.mark.parametrize(
    ("text", "query", "marks"),
    [
        ("他不知道先来的是哪一件事，后来才去倒一杯水。", "先倒一杯水", ["一杯水"]),
        ("不要怕，一件一件来，先倒一杯水再说。", "先倒一杯水", ["先倒一杯水"]),
        ("湖上有船，湖边有人。", "湖", ["湖", "湖"]),
        ("南湖的船，红船。", "红船 湖", ["湖", "红船"]),  # typed as a word of its own
    ],
)
def test_a_single_character_is_marked_only_alone_or_beside_another_mark(
    text: str, query: str, marks: list[str]
) -> None:
    moment = best_text_moment(query, text)
    assert moment is not None
    assert marked(moment) == marks


def test_scattered_characters_are_no_moment() -> None:
    assert best_moments("石榴籽", [(0.0, 9.0, "打仔细，种籽要选好。")]) == []


TEXT = st.text(st.sampled_from("红船精神二十大2党黨㎏é\u0301\u200b，。 \nＡa") | st.characters(), max_size=60)


@given(
    st.lists(st.tuples(st.floats(0, 600), st.floats(0, 600), TEXT), max_size=6),
    st.sampled_from(["红船", "20大", "党", "精神 红船", '"红船精神"', "kg", "é", "a -b"]) | TEXT,
)
@pytest.mark.slow
def test_marks_are_inside_the_quote_ordered_and_fold_to_what_was_asked(
    cues: list[tuple[float, float, str]], query: str
) -> None:
    starts = {start for start, _, _ in cues}
    for moment in best_moments(query, cues):
        assert moment.start_s in starts
        last = 0
        for a, b in moment.marks:
            assert last <= a < b <= len(moment.quote)
            last = b
        assert moment.marks
        assert len(moment.quote) <= LONGEST + 2 * NEAR + 2 + 60


@given(TEXT)
def test_highlighting_a_word_marks_exactly_its_spellings(text: str) -> None:
    for a, b in highlight(text, "红船"):
        assert set(fold(text[a:b])) <= set("红船") | set("，。 \n")


TAUGHT = Dictionary.of(words=["学习教育"], synonyms=[("三农", "农业农村农民")])


def test_a_synonym_is_quoted_and_marked() -> None:
    cues = [(0.0, 4.0, "先讲一讲天气。"), (30.0, 34.0, "农业、农村、农民的问题是根本问题")]
    assert best_moments("三农", cues) == []
    found = best_moments("三农", cues, dictionary=TAUGHT)[0]
    assert found.start_s == 30.0
    assert [found.quote[a:b] for a, b in found.marks] == ["农业、农村、农民"]
    assert highlight("三农与乡村", "农业农村农民", TAUGHT) == ((0, 2),)


def test_what_letters_stand_for_is_quoted_and_marked() -> None:
    query = expanded(parse("dsxx"), ("党史学习",), NO_DICTIONARY)
    found = best_moments(query, [(7.0, 9.0, "今天的党史学习从这里开始")])[0]
    assert [found.quote[a:b] for a, b in found.marks] == ["党史学习"]
    assert highlight("黨史學習第一课", query) == ((0, 4),)
