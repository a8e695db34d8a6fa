"""What a query says that the search cannot use, so that the page can say what is missing. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from library.catalog.rules import GENRES
from library.core.text import name_key
from library.finding.hits import KINDS
from search import Query

Code = Literal["field_empty", "year_unread", "kind_unknown", "only_excluded"]


@dataclass(frozen=True)
class Hint:
    """`name` and `value`: the field as it was typed, and what stands behind its colon ("" where nothing
    does)."""

    code: Code
    name: str = ""
    value: str = ""


def hints(query: Query) -> tuple[Hint, ...]:
    """Return what is missing or not understood, in the order of the query."""
    found = [Hint("year_unread" if value else "field_empty", name, value) for name, value in query.misread]
    known = {*KINDS, *KINDS.values(), *GENRES}
    found += [Hint("kind_unknown", value=kind) for kind in query.kinds if name_key(kind) not in known]
    if query.excluded and query.is_empty:
        found.append(Hint("only_excluded"))
    return tuple(found)
