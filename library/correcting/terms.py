"""Words that may be said in a lesson: with what its lecturer always wants written so."""

from __future__ import annotations

from sqlalchemy.orm import Session

from library.catalog.tables import Lesson
from library.correcting import queries
from library.hearing.terms import terms_of as spoken_terms_of


def terms_of(session: Session, lesson: Lesson) -> list[str]:
    """Return what `hearing.terms.terms_of` does, behind the lecturer's own corrections: a machine's word that
    sounds like one of them becomes it."""
    own = [pair.now for pair in queries.earlier(session, lesson)]
    return list(dict.fromkeys((*own, *spoken_terms_of(session, lesson))))
