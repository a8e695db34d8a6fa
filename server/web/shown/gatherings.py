"""Gatherings as pages, programs and commands show them, and the desk at which they are kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from library.core.permits import Viewer
from library.evidence.rules import StudyForm
from library.gatherings import queries
from library.gatherings.actions import Desk
from library.gatherings.kinds import Kinds, extended
from library.gatherings.rules import Counts, GatheringState
from library.gatherings.tables import Gathering
from library.organisation import queries as organisation
from server.settings import Settings


def kinds_of(settings: Settings) -> Kinds:
    """Return the kinds of gatherings that are known here."""
    return extended(settings.gathering_kinds)


def desk_of(settings: Settings, viewer: Viewer, now: datetime) -> Desk:
    """Return the desk of somebody who plans or keeps gatherings."""
    return Desk(viewer, now, kinds_of(settings), timedelta(minutes=settings.gathering_late_min))


@dataclass(frozen=True, slots=True, kw_only=True)
class GatheringRow:
    """A gathering in a list. `kind` is its name in the reader's language; `counts` is None before it opened,
    and for whoever does not keep it."""

    id: str
    kind: str
    form: StudyForm
    title: str
    node: str
    place: str
    starts_at: datetime
    ends_at: datetime
    state: GatheringState
    counts: Counts | None = None


def gathering_rows(
    session: Session,
    found: Sequence[Gathering],
    kinds: Kinds,
    language: str,
    counts: Mapping[str, Counts] | None = None,
) -> tuple[GatheringRow, ...]:
    """Return gatherings as rows, in their order; two statements for all."""
    names = organisation.node_names(session, {one.node_id for one in found})
    return tuple(
        GatheringRow(
            id=one.id,
            kind=kinds.name(one.kind, language),
            form=one.form,
            title=one.title,
            node=names.get(one.node_id, ""),
            place=one.place,
            starts_at=one.starts_at,
            ends_at=one.ends_at,
            state=one.state,
            counts=(counts or {}).get(one.id),
        )
        for one in found
    )


def counts_for(session: Session, found: Sequence[Gathering]) -> Mapping[str, Counts]:
    """Return the rolls of some gatherings in numbers, those that opened."""
    opened = [one.id for one in found if one.opened_at is not None]
    return queries.counts_of(session, opened) if opened else {}
