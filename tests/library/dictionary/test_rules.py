"""What makes a good entry of the dictionary, and how many are written as text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.core.errors import Conflict, Invalid
from library.dictionary import lines, rules
from library.dictionary.rules import Draft, Entries, Entry, draft, group_draft, word_draft
from search import MAX_WORD_UNITS, Dictionary, shipped_entries, units_of

TYPED = st.text(
    st.one_of(st.sampled_from("二十大20党黨的ＡaA １1#＃=、，；:：停用off\n\t\u200b"), st.characters()),
    max_size=80,
)
WORDS = st.text(st.sampled_from("二十大党的三农山水金银abc012 "), min_size=1, max_size=8).filter(units_of)


@given(TYPED)
def test_a_word_is_kept_as_the_search_can_use_it_or_refused(typed: str) -> None:
    try:
        kept = rules.clean_word(typed)
    except Invalid:
        return
    assert rules.clean_word(kept) == kept
    assert 0 < len(kept) <= rules.WORD_MAX
    assert units_of(kept) in Dictionary.of(words=[kept]).written
    assert lines.read_line(kept).draft == Draft((kept,)), "it can be pasted back"
    assert lines.read_lines(kept) == [lines.Line(1, kept)]


@given(st.lists(TYPED, max_size=25))
def test_a_group_has_two_words_that_differ_for_the_search_or_is_refused(typed: list[str]) -> None:
    try:
        kept = group_draft(typed)
    except Invalid:
        return
    folded = [units_of(word) for word in kept.words]
    assert 2 <= len(set(folded)) == len(folded) <= rules.GROUP_MAX
    assert {units_of(word) for word in kept.same} <= set(folded)
    assert lines.read_line(rules.shown(kept.words)).draft.words == kept.words


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ([""], "empty"),
        ([" \u200b\n"], "empty"),
        (["###"], "empty"),
        (["，"], "word_parted"),
        (["。。！"], "word_without_letters"),
        (["😀"], "word_without_letters"),
        (["党" * (MAX_WORD_UNITS + 1)], "word_of_many_units"),
        (["a" * (rules.WORD_MAX + 1)], "word_of_many_letters"),
        (["党" * (rules.WORD_MAX + 1)], "word_of_many_units"),
        (["topic:党史"], "word_parted"),
        (["二十大", "20大"], "group_of_one"),
        (["三农", "三農", " 三农"], "group_of_one"),
        (["二十大", ""], "empty"),
        ([], "empty"),
        ([f"词{n}" for n in range(rules.GROUP_MAX + 1)], "too_many"),
    ],
)
def test_refusals_say_what_is_wrong(words: list[str], code: str) -> None:
    with pytest.raises(Invalid) as refused:
        draft(words)
    assert refused.value.code == code


def test_words_of_a_group_that_the_search_takes_for_one_are_kept_once() -> None:
    assert group_draft(["二十大", "党的二十大", "20大", "黨的二十大"]) == Draft(
        ("二十大", "党的二十大"), ("20大", "黨的二十大")
    )


@pytest.mark.slow
@given(st.lists(st.lists(WORDS, min_size=1, max_size=4), max_size=20))
def test_no_entry_gets_in_twice_however_it_is_written(wanted: list[list[str]]) -> None:
    known, kept = Entries([]), []
    for n, words in enumerate(wanted):
        try:
            one = draft(words)
            known.check(one)
        except (Invalid, Conflict):
            continue
        kept.append(Entry(str(n), one.words))
        known.put(kept[-1])
    for n, one in enumerate(kept):
        assert not any(other.units >= one.units for other in kept[:n])
        with pytest.raises(Conflict):
            known.check(Draft(tuple(word.upper() for word in one.words)))
    for one in kept:
        known.drop(one)
    for one in kept:
        known.check(Draft(one.words))
        known.put(one)


def test_what_is_there_is_named_with_the_entry_that_holds_it() -> None:
    known = Entries(
        [
            Entry("1", ("二十大", "党的二十大", "中共二十大")),
            Entry("s1", ("建党节", "七一"), shipped=True),
            Entry("s2", ("新中国",), shipped=True, on=False),
        ]
    )

    def refused(*words: str) -> tuple[str, object]:
        with pytest.raises(Conflict) as error:
            known.check(draft(words))
        return error.value.code, error.value.values.get("where")

    assert refused("黨的20大") == ("entry_there", "二十大=党的二十大=中共二十大")
    assert refused("中共二十大", "二十大") == ("entry_there", "二十大=党的二十大=中共二十大")
    assert refused("七一") == ("entry_there_shipped", "建党节=七一")
    assert refused("新中国") == ("entry_there_off", None)
    known.check(draft(["二十大", "第二十次代表大会"]))
    known.check(draft(["新中国", "共和国"]))


def test_a_full_dictionary_takes_no_more_of_a_kind() -> None:
    known = Entries(Entry(str(n), (f"w{n}",)) for n in range(rules.WORDS_MAX))
    with pytest.raises(Invalid, match="words_full"):
        known.check(word_draft("再一个"))
    known.check(group_draft(["再一个", "还有一个"]))
    known.drop(Entry("0", ("w0",)))
    known.check(word_draft("再一个"))
    known = Entries(Entry(str(n), (f"a{n}", f"b{n}")) for n in range(rules.GROUPS_MAX))
    with pytest.raises(Invalid, match="groups_full"):
        known.check(group_draft(["再一个", "还有一个"]))


def test_the_list_is_filtered_as_the_search_folds() -> None:
    entry = Entry("1", ("党的二十大", "ABC 计划"))
    for text in ("", "二十", "20大", "黨的", "ａｂｃ", "bc计", "计划"):
        assert entry.holds(text), text
    for text in ("二十届", "！", "%", "党二十大"):
        assert not entry.holds(text), text


def test_every_shipped_entry_has_an_id_of_its_own_and_would_be_taken() -> None:
    every = shipped_entries()
    assert len({rules.shipped_id(words) for words in every}) == len(every)
    for words in every:
        assert draft(words) == Draft(words)


def test_lines_are_words_groups_entries_switched_off_and_notes() -> None:
    text = (
        "\ufeff# 自己加的\r\n共同富裕\r\n\r\n 二十大 ＝ 党的二十大=\n"
        "停用：建党节=七一\nOFF: 新中国\n＃完\u2028三农"
    )
    found = [(line.number, lines.read_line(line.text)) for line in lines.read_lines(text)]
    assert found == [
        (2, lines.Wish(Draft(("共同富裕",)))),
        (4, lines.Wish(Draft(("二十大", "党的二十大")))),
        (5, lines.Wish(Draft(("建党节", "七一")), off=True)),
        (6, lines.Wish(Draft(("新中国",)), off=True)),
        (8, lines.Wish(Draft(("三农",)))),
    ]


@pytest.mark.parametrize(
    ("text", "code"), [("", "empty"), ("# 只有说明\n\n", "empty"), ("词\n" * 10_001, "too_many_lines")]
)
def test_a_text_that_cannot_be_taken_as_a_whole(text: str, code: str) -> None:
    with pytest.raises(Invalid, match=code):
        lines.read_lines(text)


def test_a_large_group_does_not_stand_before_a_small_one_that_it_holds() -> None:
    own = [Entry("1", ("甲词", "乙词", "丙词")), Entry("2", ("甲词", "乙词")), Entry("3", ("乙词",))]
    shipped = [Entry("s1", ("七一",), shipped=True, on=False), Entry("s2", ("八一",), shipped=True)]
    assert lines.written([*own, *shipped]) == "停用:七一\n乙词\n甲词=乙词\n甲词=乙词=丙词\n"
