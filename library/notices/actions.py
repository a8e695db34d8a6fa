"""The only writer of notices; the slices above tell people through `tell` and `tell_all`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from library.core.database import upsert
from library.core.ids import new_id
from library.core.permits import Viewer
from library.notices import queries
from library.notices.rules import BY_ITSELF, KEPT, MOST, Kind, Way
from library.notices.tables import Notice, NoticeChoice, NoticeRead, NoticeReader


@dataclass(frozen=True)
class News:
    """What is told: its kind, the thing it is about, and codes and numbers (never what somebody wrote).

    `key` names the event, so that it is told once; "" is told each time.
    """

    kind: Kind
    thing: str
    key: str = ""
    told: Mapping[str, Any] = field(default_factory=dict)


def tell(session: Session, people: Iterable[str | None], news: News, now: datetime) -> None:
    """Tell some people (None: nobody) something, in the transaction of what it tells; once each by its key.

    One row for each of them, in one go. What concerns a node, a group, everybody is told with
    `tell_all`, which takes one row however many they are.
    """
    rows = [_row(news, now, person_id=one) for one in dict.fromkeys(people) if one is not None]
    _insert(session, rows)


def tell_all(session: Session, news: Mapping[str, News], now: datetime) -> None:
    """Tell audiences something, each its own: by their tokens (core.permits.node_token, group_token).

    One row each. Who belongs there is asked when somebody looks, so a week for ten thousand people costs one
    row, and whoever comes later to the node finds it too.
    """
    _insert(session, [_row(one, now, audience=token) for token, one in news.items()])


def _row(news: News, now: datetime, **whom: str) -> dict[str, Any]:
    row_id = new_id()
    key = f"{news.key}:{next(iter(whom.values()))}" if news.key else row_id
    row: dict[str, Any] = {"id": row_id, "key": key, "kind": news.kind, "thing": news.thing, "at": now}
    return {**row, "told": dict(news.told), "person_id": None, "audience": None, "spread_at": None, **whom}


def _insert(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    insert = upsert(session, Notice).on_conflict_do_nothing(index_elements=["key"])
    if rows:
        session.execute(insert, rows)


def read(session: Session, viewer: Viewer, notice_ids: Collection[str], now: datetime) -> int:
    """Note that somebody has read notices; what is not theirs is passed over. Returns how many were new."""
    person_id = viewer.person_id
    theirs = queries.ids_among(session, viewer, notice_ids) if person_id is not None else []
    if not theirs:
        return 0
    rows = [{"person_id": person_id, "notice_id": one, "read_at": now} for one in theirs]
    new = upsert(session, NoticeRead).values(rows).on_conflict_do_nothing()
    return len(session.scalars(new.returning(NoticeRead.notice_id)).all())


def read_all(session: Session, viewer: Viewer, to: datetime) -> None:
    """Note that somebody has read all that came up to a moment: that of the page they saw."""
    if viewer.person_id is None:
        return
    mark = upsert(session, NoticeReader).values(person_id=viewer.person_id, all_read_to=to)
    later = {"all_read_to": mark.excluded.all_read_to}
    session.execute(
        mark.on_conflict_do_update(
            index_elements=["person_id"],
            set_=later,
            where=NoticeReader.all_read_to < mark.excluded.all_read_to,
        )
    )
    covered = select(Notice.id).where(Notice.at <= to)
    mine = NoticeRead.person_id == viewer.person_id
    session.execute(
        delete(NoticeRead)
        .where(mine, NoticeRead.notice_id.in_(covered))
        .execution_options(synchronize_session=False)
    )


def choose(session: Session, person_id: str, wanted: Mapping[tuple[Kind, Way], bool]) -> None:
    """Keep what somebody wants to be told on which way; what is not named stays."""
    for (kind, way), on in wanted.items():
        if on == BY_ITSELF[way]:
            session.execute(
                delete(NoticeChoice).where(
                    NoticeChoice.person_id == person_id, NoticeChoice.kind == kind, NoticeChoice.way == way
                )
            )
            continue
        row = upsert(session, NoticeChoice).values(person_id=person_id, kind=kind, way=way, wanted=on)
        session.execute(
            row.on_conflict_do_update(index_elements=["person_id", "kind", "way"], set_={"wanted": on})
        )


def sweep(session: Session, now: datetime) -> int:
    """Forget what is older than rules.KEPT, and of each person's own notices all but the newest rules.MOST.

    Returns how many were forgotten.
    """
    place = func.row_number().over(
        partition_by=Notice.person_id, order_by=(Notice.at.desc(), Notice.id.desc())
    )
    numbered = select(Notice.id, place.label("n")).where(Notice.person_id.is_not(None)).subquery()
    beyond = select(numbered.c.id).where(numbered.c.n > MOST)
    gone = delete(Notice).where((Notice.at < now - KEPT) | Notice.id.in_(beyond)).returning(Notice.id)
    return len(session.scalars(gone.execution_options(synchronize_session=False)).all())
