"""The plan that is read off a query: what must be there, and how much it may ask for."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from search.query import MAX_QUERY_CHARACTERS, parse
from search.ranking.plan import Plan, phrase_terms, plan
from search.text.query_words import MAX_TERMS

COSTLY = [
    '"',
    "“",
    "”",
    "「",
    "」",
    "-",
    " ",
    ":",
    "topic:",
    "lecturer:",
    "year:2021",
    "一",
    "ab",
    "1",
    "\ufdfa",
]


def test_exclusions_alone_ask_for_nothing() -> None:
    assert plan(parse("-美国")).is_empty


@given(st.text())
def test_any_text_has_a_plan(text: str) -> None:
    made = plan(parse(text))
    assert all(made.lecturers)
    assert all(made.topics)
    assert all(made.phrases)


def test_words_are_required_by_their_pairs() -> None:
    made = plan(parse("二十大的现代化"))
    assert made.required_pairs == ("20大", "现代", "代化")
    assert made.required_units == ()
    assert "现代化" in made.words


def test_words_that_say_nothing_are_required_only_alone() -> None:
    assert plan(parse("什么是党建")).required_pairs == ("党建",)
    assert plan(parse("什么")).required_pairs == ("什么",)


def test_a_pasted_page_costs_no_more_than_a_sentence() -> None:
    made = plan(parse("".join(chr(0x4E00 + n) for n in range(2000))))
    assert max(map(len, (made.required_pairs, made.required_units, made.words, made.pairs))) <= MAX_TERMS


def looked_up(made: Plan) -> int:
    """How many posting lists a plan asks for, without those of synonyms and sounds."""
    sequences = (*made.phrases, *made.excluded, *made.lecturers, *made.topics)
    ranked = (made.required_pairs, made.required_units, made.words, made.pairs, made.units)
    return sum(map(len, (*ranked, *sequences, *made.keys)))


@given(st.one_of(st.text(), st.lists(st.sampled_from(COSTLY), max_size=400).map("".join)))
@example('"一"' * 100)
@example("-一 " * 100)
@example("topic:\ufdfa " * 40)
@example("\ufdfa" * 300)
def test_no_text_asks_for_more_lists_than_it_has_characters_and_a_sentence_has_terms(text: str) -> None:
    assert looked_up(plan(parse(text))) <= MAX_QUERY_CHARACTERS + 5 * MAX_TERMS


@pytest.mark.parametrize(
    ("units", "terms"),
    [
        ("甲", []),
        ("甲乙", [("甲乙", 0)]),
        ("甲乙丙", [("甲乙", 0), ("乙丙", 1)]),
        ("甲乙丙丁", [("甲乙", 0), ("丙丁", 2)]),
        ("甲乙丙丁戊", [("甲乙", 0), ("丙丁", 2), ("丁戊", 3)]),
    ],
)
def test_a_phrase_is_every_second_pair(units: str, terms: list[tuple[str, int]]) -> None:
    assert phrase_terms(tuple(units)) == terms
