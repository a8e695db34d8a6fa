"""Books: what counts where and how much; sums, reversals, moves and rounding as properties."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.books.hours import USUAL, USUAL_RULES, Book, HoursRules, Rules, Said, Tables, read_rules
from library.books.rules import Amount, Books, Why, books_of, lacking, shown
from library.core.errors import Invalid
from library.evidence.rules import EvidenceKind, Piece, Source, Standing, StudyForm, difference

JANUARY = date(2026, 1, 1)
_SOURCES = {
    EvidenceKind.ATTENDED: Source.GATHERING,
    EvidenceKind.STUDIED: Source.SELF_STUDY,
    EvidenceKind.LECTURED: Source.LECTURE,
    EvidenceKind.WROTE: Source.REFLECTION,
    EvidenceKind.PASSED: Source.IMPORT,
    EvidenceKind.DID: Source.PRACTICE,
    EvidenceKind.WATCHED: Source.WATCHING,
}


def piece(kind: EvidenceKind, amount: int, day: date = JANUARY, **more: Any) -> Piece:
    source = more.pop("source", _SOURCES[kind])
    form = more.pop("form", StudyForm.GATHERED)
    lesson = more.get("lesson_id")
    source_id = more.pop("source_id", f"{lesson}:{day}" if lesson else f"{kind}:{day}:{amount}")
    return Piece(
        more.pop("person", "p"), more.pop("node", "n"), kind, form, amount, day, source, source_id, **more
    )


def hours(books: Books) -> dict[Book, Fraction]:
    return {one.book: one.value for one in books.sums}


def test_each_kind_of_thing_has_its_book_and_short_things_add_up_first() -> None:
    pieces = [
        *(piece(EvidenceKind.ATTENDED, 20 * 60, JANUARY + timedelta(days=n)) for n in range(3)),
        piece(EvidenceKind.ATTENDED, 3600, form=StudyForm.EVENING, source_id="e"),
        piece(EvidenceKind.ATTENDED, 1800, made_up=True, source_id="m"),
        *(piece(EvidenceKind.WATCHED, 600, JANUARY + timedelta(days=n), lesson_id="a") for n in range(3)),
        piece(EvidenceKind.WATCHED, 240, lesson_id="b"),
        piece(EvidenceKind.WATCHED, 900, source=Source.SHOWING, source_id="s", lesson_id="a"),
        piece(EvidenceKind.STUDIED, 20 * 3600, form=StudyForm.SELF),
        piece(EvidenceKind.DID, 1),
        piece(EvidenceKind.WROTE, 1),
        piece(EvidenceKind.LECTURED, 3600),
    ]
    books = books_of(pieces, USUAL_RULES, 2026, lengths={"a": 1800, "b": 600})
    assert hours(books) == {
        Book.GATHERED: 2,  # three times twenty minutes are one hour, not three times none
        Book.SELF: Fraction(33, 2),  # half an hour made up, and 16 of the 20 declared
        Book.ONLINE: Fraction(1, 2),  # one lesson of thirty minutes, and not three of ten
        Book.PRACTICE: 1,
    }
    whys = {cause.why for line in books.lines for cause in line.causes}
    assert whys == {Why.MADE_UP, Why.SHARE, Why.IN_ROOM, Why.DECLARED, Why.MOST, Why.NO_HOURS}
    share = next(c for line in books.lines for c in line.causes if c.why is Why.SHARE)
    assert share.values == {"percent": 40, "needs": 80}
    assert all(line.causes for line in books.lines if line.book is None), "what counts nowhere says why"
    assert books.sum_of(Book.GATHERED).left == 30
    assert books_of(pieces, USUAL_RULES, 2026, leads=True).sum_of(Book.GATHERED).aim == 56
    assert books_of(pieces, USUAL_RULES, 2026, asked=False).lacks == ()


def test_no_minute_in_a_room_counts_twice() -> None:
    room = piece(EvidenceKind.ATTENDED, 5400)
    shown_there = piece(EvidenceKind.WATCHED, 1800, source=Source.SHOWING, source_id="s", lesson_id="a")
    apart = Rules([Said(date.min, USUAL.model_copy(update={"showing": Book.ONLINE}))])
    for rules, expected in ((USUAL_RULES, (Fraction(3, 2), 0)), (apart, (1, Fraction(1, 2)))):
        books = books_of([room, shown_there], rules, 2026)
        assert (hours(books)[Book.GATHERED], hours(books)[Book.ONLINE]) == expected


def test_rules_are_dated_inherited_and_checked() -> None:
    half, december = HoursRules(hour_min=45), HoursRules(year_starts=12)
    tables = Tables({"a": [(date(2026, 7, 1), half)], "b": [(date(2027, 1, 1), december)]})
    assert tables.at("/r/c/").on(JANUARY) is USUAL
    here = tables.at("/r/a/b/")
    assert [here.said_on(day).node_id for day in (JANUARY, date(2026, 7, 1), date(2027, 5, 1))] == [
        None,
        "a",
        "b",
    ]
    lesson = [piece(EvidenceKind.ATTENDED, 2700, day) for day in (JANUARY, date(2026, 8, 1))]
    assert hours(books_of(lesson, here, 2026))[Book.GATHERED] == Fraction(3, 4) + 1
    # The year that begins in December takes the December from the one before it, and no day is in two.
    assert [here.year(n) for n in (2026, 2027)] == [
        (JANUARY, date(2026, 11, 30)),
        (date(2026, 12, 1), date(2027, 11, 30)),
    ]
    assert [here.year_of(day) for day in (date(2026, 11, 30), date(2026, 12, 1))] == [2026, 2027]
    for content, code in (
        ({"gathered": "practice"}, "hours_in_times"),
        (
            {"watched_steps": [{"minutes": 30, "hundredths": 50}, {"minutes": 15, "hundredths": 25}]},
            "hours_steps",
        ),
        ({"hour_min": 5}, "hours_value"),
        ({"likes": 3}, "hours_value"),
    ):
        with pytest.raises(Invalid, match=code):
            read_rules(content)
    assert read_rules(half.model_dump(mode="json")) == half


def test_what_is_shown_never_promises_too_much() -> None:
    assert [shown(Fraction(n, 1000)) for n in (31_999, 32_000, 250, 4)] == ["31.99", "32", "0.25", "0"]
    assert [lacking(Fraction(n, 1000)) for n in (1, 500, 0)] == ["0.01", "0.5", "0"]


_KINDS = st.sampled_from(list(EvidenceKind))
_PIECES = st.lists(
    st.builds(
        lambda kind, n, days, amount, form, made_up, shown_there, node: Piece(
            person_id="p",
            node_id=node,
            kind=kind,
            form=form,
            amount=amount,
            day=JANUARY + timedelta(days=days),
            source=Source.SHOWING if shown_there and kind is EvidenceKind.WATCHED else _SOURCES[kind],
            source_id=f"{kind}{n}:{days}",
            lesson_id=f"l{n}" if kind is EvidenceKind.WATCHED else None,
            made_up=made_up and kind is EvidenceKind.ATTENDED,
        ),
        _KINDS,
        st.integers(0, 3),
        st.integers(-20, 380),
        st.integers(1, 9000),
        st.sampled_from([StudyForm.GATHERED, StudyForm.EVENING, StudyForm.PRACTICE]),
        st.booleans(),
        st.booleans(),
        st.sampled_from(["n", "m"]),
    ),
    max_size=25,
    unique_by=lambda one: one.key,
)
_RULES = st.builds(
    HoursRules,
    hour_min=st.sampled_from([45, 60]),
    made_up=st.sampled_from([None, Book.SELF, Book.GATHERED]),
    showing=st.sampled_from([None, Book.ONLINE, Book.GATHERED]),
    watched_share=st.sampled_from([0, 80]),
    declared_most=st.sampled_from([None, 2]),
    practice=st.booleans(),
)
_LENGTHS = {f"l{n}": 1800 for n in range(4)}


def by_hand(pieces: list[Piece], rules: HoursRules, first: date, last: date) -> dict[Book, Fraction]:
    """The same sums, reckoned another way: from totals and never from lines."""
    mine = [one for one in pieces if first <= one.day <= last]
    total = dict.fromkeys(Book, Fraction(0))

    def add(book: Book | None, seconds: int) -> None:
        if book is not None:
            total[book] += Fraction(seconds, rules.hour_min * 60)

    for day in {one.day for one in mine}:
        today = [one for one in mine if one.day == day]
        screened = sum(one.amount for one in today if one.source is Source.SHOWING)
        rooms = [one for one in today if one.kind is EvidenceKind.ATTENDED and not one.made_up]
        timed = sum(one.amount for one in rooms if one.form is not StudyForm.PRACTICE)
        if rules.showing is not None:
            add(rules.showing, screened)
            timed = max(0, timed - screened)
        add(rules.gathered, timed)
        practised = [one for one in rooms if one.form is StudyForm.PRACTICE]
        did = sum(one.amount for one in today if one.kind is EvidenceKind.DID)
        total[Book.PRACTICE] += (len(practised) + did) if rules.practice else 0
    add(rules.made_up, sum(one.amount for one in mine if one.made_up))
    for lesson, length in _LENGTHS.items():
        alone = [one for one in mine if one.source is Source.WATCHING and one.lesson_id == lesson]
        seconds = min(length, sum(one.amount for one in alone))
        if alone and seconds * 100 >= length * rules.watched_share:
            total[Book.ONLINE] += Fraction(rules.worth(seconds), 100)
    declared = Fraction(sum(o.amount for o in mine if o.kind is EvidenceKind.STUDIED), rules.hour_min * 60)
    most = rules.declared_most
    total[Book.SELF] += declared if most is None else min(declared, Fraction(most))
    return total


@given(_PIECES, _RULES, st.integers(0, 364))
def test_the_books_are_the_ledger_under_its_table_on_any_day(
    pieces: list[Piece], table: HoursRules, days: int
) -> None:
    rules, day = Rules([Said(date.min, table)]), JANUARY + timedelta(days=days)
    until = [one for one in pieces if one.day <= day]
    books = books_of(until, rules, 2026, lengths=_LENGTHS)
    assert hours(books) == by_hand(until, table, books.first, books.last)
    lines = [line.amount for line in books.lines if line.book is not None]
    assert sum(lines, Amount()).hours == sum(one.amount.hours for one in books.sums), (
        "rounded at the end only"
    )
    assert sum(len(line.pieces) for line in books.lines) == sum(one.day >= JANUARY for one in until)
    # Who moved is counted once, wherever each piece was earned.
    assert hours(
        books_of([replace(one, node_id="x") for one in until], rules, 2026, lengths=_LENGTHS)
    ) == hours(books)


@pytest.mark.slow
@given(_PIECES, _PIECES, _RULES)
def test_a_reversal_brings_back_exactly(before: list[Piece], more: list[Piece], table: HoursRules) -> None:
    rules = Rules([Said(date.min, table)])
    standing = [Standing(str(n), one) for n, one in enumerate(before)]
    known = {one.key for one in before}
    said = [*before, *(one for one in more if one.key not in known)]
    there = difference(standing, said)
    back = difference([*standing, *(Standing(f"x{n}", one) for n, one in enumerate(there.added))], before)
    assert {one.piece for one in back.reversed} == set(there.added)
    assert not back.added
    left = [one for one in said if one not in {gone.piece for gone in back.reversed}]
    assert books_of(left, rules, 2026, lengths=_LENGTHS) == books_of(before, rules, 2026, lengths=_LENGTHS)
