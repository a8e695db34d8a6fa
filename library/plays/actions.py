"""The only writer of plays and views, with `bulk` behind it; what days bring is rolled up in `rolling`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from library.catalog.tables import Clip
from library.core.ids import new_id
from library.core.permits import Viewer
from library.people.rules import home_node
from library.people.tables import Person
from library.plays import bulk, queries, rules
from library.plays.crediting import Beat, Credited
from library.plays.rules import Source, ViewRule, kind_of, token
from library.plays.tables import OriginView, Play, View, Watcher


def declare(session: Session, viewer: Viewer, people: int, now: datetime, rule: ViewRule) -> int:
    """Return how many people a viewer's screening has; raises as rules.check_people.

    Of two screenings that begin at once at one place the second waits and knows of the first.
    """
    place = home_node(viewer) or f"g:{viewer.person_id}"
    bulk.lock_place(session, place)
    declared = queries.declared(session, place, now - rules.AN_HOUR)
    return rules.check_people(people, rules.most_people(viewer, rule), declared, rule)


def forget_origins(session: Session, now: datetime) -> None:
    """Forget from which addresses views came that no longer limit any other."""
    session.execute(delete(OriginView).where(OriginView.at <= now - rules.AN_HOUR))


def start(
    session: Session,
    clip: Clip,
    viewer: str,
    now: datetime,
    *,
    source: Source = Source.LINK,
    people: int = 1,
    node_id: str | None = None,
) -> Play:
    """Begin a play; it counts for nothing until beats arrive.

    `viewer` is "p:<person>", "v:<visitor>", or "g:<person>" for a screening to `people`; `node_id` is where
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
        node_id=node_id,
        started_at=now,
        last_at=now,
        ranges=[],
        doubted=[],
    )
    session.add(play)
    session.flush()
    return play


def credit_beats(session: Session, beats: Sequence[Beat], rule: ViewRule) -> list[Credited | None]:
    """Credit what players report, all in this one transaction; returns what came of each beat, in order.

    None stands for a beat of a play, or of a clip, that is not there. The same beat twice changes nothing. A
    play becomes a view once, when it passes the rule. Before a lesson is published only its lecturer and the
    staff see it, and their looking over it earns nothing. Raises closing.DayClosed when one of them was heard
    on a day that is closed by now: sent again it counts on the present one.
    """
    book = bulk.read(session, beats, rule)
    credited = [book.credit(beat) for beat in beats]
    bulk.write(session, book)
    return credited


def erase(session: Session, person: Person) -> None:
    """Take a person out of plays and views: their tokens stay, and every figure and every seal with them.

    What they had seen of each clip is deleted, and a play that is still running earns nothing any more.
    """
    bulk.lock_person(session, person.id)
    for viewer in (f"p:{person.id}", f"g:{person.id}"):
        for table in (View, Play):
            session.execute(update(table).where(table.viewer == viewer).values(viewer=token(viewer)))
        session.execute(delete(Watcher).where(Watcher.viewer == viewer))
