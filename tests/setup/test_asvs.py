"""The table of the security standard names every requirement of levels 1 and 2 once, with an answer."""

from __future__ import annotations

import re

from tests.support.server import ROOT

TABLE = (ROOT / "docs" / "asvs.md").read_text("utf-8")

LEVELS_1_AND_2 = {
    # Section: the requirements of levels 1 and 2 in ASVS 5.0.0.
    "1.1": [1, 2],
    "1.2": [*range(1, 10)],
    "1.3": [*range(1, 12)],
    "1.4": [1, 2, 3],
    "1.5": [1, 2],
    "2.1": [1, 2, 3],
    "2.2": [1, 2, 3],
    "2.3": [1, 2, 3, 4],
    "2.4": [1],
    "3.2": [1, 2],
    "3.3": [1, 2, 3, 4],
    "3.4": [*range(1, 7)],
    "3.5": [*range(1, 6)],
    "3.7": [1, 2],
    "4.1": [1, 2, 3],
    "4.2": [1],
    "4.3": [1, 2],
    "4.4": [1, 2, 3, 4],
    "5.1": [1],
    "5.2": [1, 2, 3],
    "5.3": [1, 2],
    "5.4": [1, 2, 3],
    "6.1": [1, 2, 3],
    "6.2": [*range(1, 13)],
    "6.3": [1, 2, 3, 4],
    "6.4": [1, 2, 3, 4],
    "6.5": [1, 2, 3, 4, 5],
    "6.6": [1, 2, 3],
    "6.8": [1, 2, 3, 4],
    "7.1": [1, 2, 3],
    "7.2": [1, 2, 3, 4],
    "7.3": [1, 2],
    "7.4": [1, 2, 3, 4, 5],
    "7.5": [1, 2],
    "7.6": [1, 2],
    "8.1": [1, 2],
    "8.2": [1, 2, 3],
    "8.3": [1],
    "8.4": [1],
    "9.1": [1, 2, 3],
    "9.2": [1, 2, 3, 4],
    "10.1": [1, 2],
    "10.2": [1, 2],
    "10.5": [1, 2, 3, 4, 5],
    "11.1": [1, 2],
    "11.2": [1, 2, 3],
    "11.3": [1, 2, 3],
    "11.4": [1, 2, 3, 4],
    "11.5": [1],
    "11.6": [1],
    "12.1": [1, 2, 3],
    "12.2": [1, 2],
    "12.3": [1, 2, 3, 4],
    "13.1": [1],
    "13.2": [1, 2, 3, 4, 5],
    "13.3": [1, 2],
    "13.4": [1, 2, 3, 4, 5],
    "14.1": [1, 2],
    "14.2": [1, 2, 3, 4],
    "14.3": [1, 2, 3],
    "15.1": [1, 2, 3],
    "15.2": [1, 2, 3],
    "15.3": [*range(1, 8)],
    "16.1": [1],
    "16.2": [1, 2, 3, 4, 5],
    "16.3": [1, 2, 3, 4],
    "16.4": [1, 2, 3],
    "16.5": [1, 2, 3],
}
WHOLE_CHAPTERS = {"10.3-10.4", "10.6-10.7", "17.1-17.3"}
"""Chapters and sections of what Weike does not have at all."""


def rows() -> list[tuple[str, str, str]]:
    return re.findall(r"^\| ([\d.-]+) \| (yes|part|no|n/a) \| (.+) \|$", TABLE, re.MULTILINE)


def test_every_requirement_is_answered_once() -> None:
    answered = []
    for numbers, _answer, _why in rows():
        if numbers in WHOLE_CHAPTERS:
            continue
        first, _, last = numbers.partition("-")
        section, _, n = first.rpartition(".")
        answered += [f"{section}.{one}" for one in range(int(n), int(last or n) + 1)]
    wanted = [f"{section}.{n}" for section, numbers in LEVELS_1_AND_2.items() for n in numbers]
    assert sorted(answered) == sorted(wanted)
    assert {numbers for numbers, _, _ in rows()} >= WHOLE_CHAPTERS


def test_a_yes_that_can_be_looked_at_names_where() -> None:
    answers = [answer for _numbers, answer, _why in rows()]
    assert answers.count("no") > 5, "nobody is that good"
    named = [numbers for numbers, answer, why in rows() if answer == "yes" and "`" in why]
    assert len(named) > answers.count("yes") / 2
