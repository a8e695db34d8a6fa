"""The only writer of plays and views."""

from datetime import datetime

from sqlalchemy.orm import Session

from library.catalog.tables import Clip
from library.core.errors import Invalid
from library.core.ids import new_id
from library.plays.rules import Kind, Source, ViewRule, kind_of
from library.plays.tables import Play


def start(
    session: Session,
    clip: Clip,
    viewer: str,
    now: datetime,
    *,
    source: Source = Source.LINK,
    people: int = 1,
    branch_id: str | None = None,
) -> Play:
    """Begin a play; it counts for nothing until beats arrive.

    `viewer` is "p:<person>", "v:<visitor>", or "g:<person>" for a screening to `people`; `branch_id` is where
    the person belongs.
    """
    play = Play(
        id=new_id(),
        clip_id=clip.id,
        lesson_id=clip.lesson_id,
        viewer=viewer,
        kind=kind_of(viewer),
        people=people,
        source=source,
        branch_id=branch_id,
        started_at=now,
        last_at=now,
        ranges=[],
        doubted=[],
    )
    session.add(play)
    session.flush()
    return play


def check_people(viewer: str, people: int, rule: ViewRule) -> None:
    """Raise Invalid("people_count") for a screening to fewer than two or to more than the rule allows."""
    if kind_of(viewer) is Kind.GROUP and not 2 <= people <= rule.group_most:
        raise Invalid("people_count", field="people", most=rule.group_most)
