"""Lessons that an index is to follow, and what it finds of them."""

from __future__ import annotations

from library.catalog import actions as catalog
from library.catalog import audiences, queries
from library.catalog.actions import Details
from library.catalog.permits import Audience, LessonState
from library.core.database import Database
from library.finding.indexer import Indexer
from tests.support import factories as make
from tests.support.databases import NOW

EVERYONE, SIGNED_IN = frozenset({"everyone"}), frozenset({"everyone", "signed_in"})


def found(indexer: Indexer, query: str, scope: frozenset[str] = EVERYONE) -> set[str]:
    """The lessons that a query finds."""
    return {hit.lesson for hit in indexer.reader().search(query, scope, limit=100).hits}


def add(db: Database, title: str, *spoken: str, state: LessonState = LessonState.PUBLISHED) -> str:
    """A lesson of which this is said; returns its id."""
    with db.write() as session:
        return make.lesson(session, title, spoken=spoken, clips=1 if spoken else 0, state=state).id


def change(db: Database, lesson_id: str, what: str) -> None:
    """Withdraw, delete or hide a lesson, or give it another title."""
    with db.write() as session:
        lesson = queries.lesson(session, lesson_id)
        if what == "withdraw":
            catalog.set_state(session, lesson, LessonState.WITHDRAWN, NOW)
        elif what == "delete":
            catalog.delete_lesson(session, lesson, NOW)
        elif what == "hide":
            audiences.set_audience(session, lesson, Audience.SIGNED_IN, NOW)
        else:
            catalog.edit(session, lesson, Details(title=what))
