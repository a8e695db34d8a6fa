"""Sentences between two that were found: where there is room for one, and nowhere else."""

from __future__ import annotations

import pytest

from speech.holes import holes

SENTENCES = ("同志们大家好。", "我们今天讲讲余村。", "谢谢大家来听。")
PAUSES = ((1.9, 2.5), (4.4, 5.1))


def test_a_hole_lies_between_the_pauses_of_two_that_were_found() -> None:
    (found,) = holes(SENTENCES, [(0.5, 2.0), None, (5.0, 6.5)], PAUSES)
    assert (found.n, found.start_s, found.end_s, found.text) == (1, 2.5, 4.4, SENTENCES[1])


@pytest.mark.parametrize(
    ("placed", "why"),
    [
        ([(0.5, 2.0), None, (2.6, 4.0)], "no room"),
        ([(0.5, 2.0), None, (30.0, 34.0)], "too much was said for one sentence"),
        ([None, None, (5.0, 6.5)], "nothing before it"),
        ([(0.5, 2.0), None, None], "nothing behind it"),
        ([(0.5, 2.0), (2.5, 4.4), (5.0, 6.5)], "it was found"),
    ],
)
def test_anything_else_is_no_hole(placed: list[tuple[float, float] | None], why: str) -> None:
    assert holes(SENTENCES, placed, PAUSES) == (), why
