"""Which works get which honour, and the codes of certificates. Pure, but for new codes."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from library.calls.scoring import Ranked
from library.catalog.rules import words_of_genre
from library.core.errors import Invalid
from library.core.text import clean_line, name_key

PRIZE_MAX = 40
MOST_PRIZES = 10
MOST_WORKS = 1_000

CODE_LENGTH = 16
_ALPHABET = "23456789abcdefghjkmnpqrstvwxyz"
"""Letters and digits that nobody mistakes for each other: it is copied from paper. 16 of 30 are 78 bits."""


@dataclass(frozen=True)
class Prize:
    """A prize, and how many works get it: of one category of the call, or of all with ""."""

    name: str
    count: int
    category: str = ""


@dataclass(frozen=True)
class Given:
    """A work that gets a prize, as the best of `category` or, with "", of all; `beyond`: as one of a tie,
    beyond the number that was planned."""

    entry_id: str
    prize: str
    beyond: bool
    category: str = ""


_PRIZE = re.compile(r"(.+?)[\s:：,，、]*(\d{1,5})\s*[件个名部]?")


_HEADING = re.compile(r"[\[【（(]?(.+?)[\]】）)]?\s*[:：]?")


def read_prizes(text: str, categories: Sequence[str] = ()) -> tuple[Prize, ...]:
    """Read prizes as they are typed, a line each, the best first: "一等奖 2".

    A line that names one of the call's categories ("讲授：") stands over the prizes of that category; those
    before the first of them are for all works. Raises Invalid: prize_line, prize_twice, prizes_none,
    prizes_many, too_long.
    """
    headings = {name_key(word): one for one in categories for word in (one, *words_of_genre(one))}
    found: dict[tuple[str, str], Prize] = {}
    category = ""
    for line in map(clean_line, text.splitlines()):
        if not line:
            continue
        heading = _HEADING.fullmatch(line)
        named = headings.get(name_key(heading[1])) if heading else None
        if named is not None:
            category = named
            continue
        parts = _PRIZE.fullmatch(line)
        if parts is None or not 1 <= int(parts[2]) <= MOST_WORKS:
            raise Invalid("prize_line", field="prizes", text=line[:40])
        if len(parts[1]) > PRIZE_MAX:
            raise Invalid("too_long", field="prizes", most=PRIZE_MAX, length=len(parts[1]))
        if (category, parts[1]) in found:
            raise Invalid("prize_twice", field="prizes", name=parts[1])
        found[category, parts[1]] = Prize(parts[1], int(parts[2]), category)
        if sum(one == category for one, _name in found) > MOST_PRIZES:
            raise Invalid("prizes_many", field="prizes", most=MOST_PRIZES)
    if not found:
        raise Invalid("prizes_none", field="prizes")
    return tuple(found.values())


def assigned(
    order: Sequence[Ranked], prizes: Sequence[Prize], categories: Mapping[str, str] | None = None
) -> tuple[Given, ...]:
    """Give prizes down the order: first those for all works, then each category's (`categories` by entry)
    among its works that have none yet.

    A tie is never cut in two: all of it get the better prize, and what goes beyond the planned number is
    told; the next prizes keep their own numbers. Works that nobody scored get none.
    """
    given: dict[str, Given] = {}
    for category in sorted(dict.fromkeys(one.category for one in prizes), key=bool):
        its = [one for one in order if one.rank is not None and one.entry_id not in given]
        if category:
            its = [one for one in its if (categories or {}).get(one.entry_id) == category]
        wanted = [one for one in prizes if one.category == category]
        given |= {one.entry_id: one for one in _down(its, wanted)}
    return tuple(given.values())


def _down(scored: Sequence[Ranked], prizes: Sequence[Prize]) -> Iterator[Given]:
    at = 0
    for prize in prizes:
        taken = 0
        while at < len(scored):
            tied = at > 0 and taken > 0 and scored[at].rank == scored[at - 1].rank
            if taken >= prize.count and not tied:
                break
            yield Given(scored[at].entry_id, prize.name, taken >= prize.count, prize.category)
            taken, at = taken + 1, at + 1


def new_code() -> str:
    """Return the code of a new certificate, "x3k9-p2mq-7rtd-h4wb": nobody guesses one."""
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(CODE_LENGTH))
    return "-".join(letters[n : n + 4] for n in range(0, CODE_LENGTH, 4))


def clean_code(text: str) -> str:
    """Return a code as it is kept, however it was typed; "" for what is none."""
    plain = "".join(one for one in text.lower() if one in _ALPHABET)
    if len(plain) != CODE_LENGTH:
        return ""
    return "-".join(plain[n : n + 4] for n in range(0, CODE_LENGTH, 4))
