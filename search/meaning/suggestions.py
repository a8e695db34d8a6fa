"""Names that somebody may be about to type: topics, lecturers and titles. Pure, the same for every engine."""

from __future__ import annotations

from search.engine import Suggestion
from search.meaning.visible_terms import VisibleTerms
from search.text.fold import fold
from search.text.names import Name

_RANK = {"topic": 0, "lecturer": 1, "title": 2}


def suggest(terms: VisibleTerms, typed: str, limit: int) -> list[Suggestion]:
    """Names in which what is typed so far occurs: those that begin with it first, topics before titles."""
    candidates: dict[str, tuple[Name, bool]] = {}
    for names in terms.names():
        for name, at_start in names.beginning(typed):
            known = candidates.get(name.term)
            candidates[name.term] = (name, at_start or (known is not None and known[1]))
    ordered = sorted(
        candidates.values(),
        key=lambda pair: (not pair[1], _RANK[pair[0].kind], len(pair[0].units), pair[0].term),
    )
    found: dict[tuple[str, str], Suggestion] = {}
    for name, _ in ordered:
        if len(found) >= limit:
            break
        same = (name.kind, fold(name.text))
        if same not in found and (count := terms.count_named(name.term)):
            found[same] = Suggestion(name.kind, name.text, count)
    return list(found.values())[: max(0, limit)]
