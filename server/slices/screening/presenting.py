"""Records as pages, paper and programs see them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from library.choices import queries as choices
from library.core.errors import NotFound
from library.core.permits import Viewer
from library.gatherings.tables import Gathering
from library.records import permits, photos, queries
from library.records.content import changes
from library.records.permits import RecordFacts
from library.records.queries import BookLine, Reading
from library.records.rules import RecordState, SignerRole
from library.records.writing.values import Paper
from server.in_force import SettingsInForce
from server.settings import Settings
from server.slices.screening.contexts import (
    AdditionView,
    BookLineView,
    LineView,
    PhotoView,
    RecordView,
    SignerView,
)
from server.web.shown.gatherings import kinds_of

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def kind_of(gathering: Gathering, settings: Settings) -> str:
    """Return what a gathering's kind is called on paper: in Chinese, whoever reads."""
    return kinds_of(settings).name(gathering.kind)


def readable(session: Session, viewer: Viewer, gathering_id: str) -> tuple[Gathering, RecordFacts]:
    """Return a gathering whose record the viewer may read; raises NotFound."""
    gathering = queries.gathering(session, gathering_id)
    facts = queries.facts_of(session, gathering, viewer)
    if not permits.may_read(viewer, facts):
        raise NotFound
    return gathering, facts


def to_read(
    session: Session, viewer: Viewer, gathering_id: str, settings: Settings
) -> tuple[Reading, RecordFacts]:
    """Return a record that the viewer may read; raises NotFound."""
    gathering, facts = readable(session, viewer, gathering_id)
    return queries.reading(session, gathering, kind_of(gathering, settings)), facts


def record_view(reading: Reading, facts: RecordFacts, viewer: Viewer) -> RecordView:
    """Return a record as it is shown to somebody."""
    return RecordView(
        gathering_id=reading.gathering.id,
        content=reading.content,
        began=_moment(reading.content.began),
        ended=_moment(reading.content.ended),
        state=reading.state,
        signers=tuple(_signer(reading, facts, viewer, role) for role in SignerRole),
        additions=tuple(AdditionView(text=one.text, name=one.name, at=one.at) for one in reading.additions),
        changed=tuple(one.field_name for one in changes(reading.content, reading.now)) if reading.now else (),
    )


def _moment(iso: str) -> datetime | None:
    return datetime.fromisoformat(iso) if iso else None


def _signer(reading: Reading, facts: RecordFacts, viewer: Viewer, role: SignerRole) -> SignerView:
    signed = reading.signatures.get(role)
    lost = next((one for one in reversed(reading.lost) if one.role is role), None)
    is_open = reading.state is RecordState.OPEN
    named = reading.content.chair if role is SignerRole.CHAIR else reading.content.recorder
    return SignerView(
        role=role,
        named=named,
        signed_by=signed.name if signed else "",
        at=signed.at if signed else None,
        for_other=bool(signed and signed.for_other),
        lost=signed is None and lost is not None,
        may_sign=is_open and signed is None and permits.may_sign(viewer, facts, role),
        may_take_back=is_open and signed is not None and signed.person_id == viewer.writer_id,
    )


def photo_views(session: Session, gathering_id: str) -> tuple[PhotoView, ...]:
    """Return the photos of a gathering, without their pictures."""
    return tuple(
        PhotoView(id=one.id, caption=one.caption, width=one.width, height=one.height, put_at=one.put_at)
        for one in photos.of(session, gathering_id)
    )


def emblem_of(session: Session, in_force: SettingsInForce) -> bytes:
    """Return the site's picture (PNG), b"" for none of its own."""
    chosen = in_force.now.brand.emblem
    return (choices.emblem(session, chosen) or b"") if chosen else b""


def line_views(session: Session, gathering_id: str) -> tuple[LineView, ...]:
    """Return the lines of a record in their order."""
    return tuple(
        LineView(
            id=one.id,
            part=one.part,
            speaker=one.speaker,
            text=one.text,
            version=one.version,
            beside=one.beside or "",
        )
        for one in queries.lines(session, gathering_id)
    )


def book_line(one: BookLine, settings: Settings) -> BookLineView:
    """Return a gathering of a year's list."""
    return BookLineView(
        gathering_id=one.gathering.id,
        title=one.gathering.title,
        kind=kind_of(one.gathering, settings),
        starts_at=one.gathering.opened_at or one.gathering.starts_at,
        gathering_state=one.gathering.state,
        state=one.state,
        written=one.written,
        signed=len(one.signed),
        additions=one.additions,
    )


def paper_of(reading: Reading, pictures: Sequence[tuple[str, bytes]] = (), emblem: bytes = b"") -> Paper:
    """Return a record as it stands on paper, with photos below it (caption, JPEG)."""
    return Paper(
        reading.content,
        reading.state,
        reading.signatures,
        tuple((one.text, one.name, one.at) for one in reading.additions),
        pictures,
        emblem,
    )
