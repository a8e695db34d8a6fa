"""The only writer of records: lines, signatures, additions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from library.audit import actions as audit
from library.audit.rules import Deed
from library.core.errors import Conflict, Forbidden, NotFound
from library.core.ids import new_id
from library.core.permits import Viewer
from library.gatherings.rules import GatheringState
from library.gatherings.tables import Gathering
from library.records import permits, queries, rules
from library.records.content import to_json
from library.records.rules import LineDraft, RecordState, SignerRole
from library.records.tables import Record, RecordAddition, RecordLine, RecordSignature


@dataclass(frozen=True)
class Desk:
    """Who writes, when, and what the kind of the gathering is called."""

    viewer: Viewer
    now: datetime
    kind: str = ""


@dataclass(frozen=True)
class Put:
    """Where what was written stands: under `line_id`; `beside`: another line than was meant, since somebody
    else had changed that one meanwhile."""

    line_id: str
    version: int
    beside: bool = False


def put_line(
    session: Session, desk: Desk, gathering_id: str, line_id: str, draft: LineDraft, version: int
) -> Put:
    """Write a line; `version` is that of the line as the writer saw it, 0 for a new one.

    Nothing that somebody wrote is written over unseen: if the line has changed since, what is written now
    stands in a line of its own beside it. The same again changes nothing. Raises NotFound, Invalid,
    Conflict("record_locked", "record_signed", "record_lines").
    """
    record = _writable(session, desk, gathering_id)
    wanted = rules.cleaned(draft)
    line = session.get(RecordLine, line_id, populate_existing=True)
    if line is not None and line.gathering_id != gathering_id:
        raise NotFound
    if line is not None and (line.speaker, line.text, line.gone) == (wanted.speaker, wanted.text, False):
        return Put(line.id, line.version)
    if line is not None and line.version == version and not line.gone:
        line.speaker, line.text, line.beside = wanted.speaker, wanted.text, None
        line.version += 1
        _written(session, record, line, desk)
        return Put(line.id, line.version)
    beside = line.id if line is not None and not line.gone else None
    if line is not None:
        line_id = rules.beside_id(line.id, desk.viewer.writer_id or "", version, wanted.text)
        known = session.get(RecordLine, line_id)
        if known is not None:
            return Put(known.id, known.version, beside=True)
    _check_room(session, gathering_id)
    row = RecordLine(
        id=line_id,
        gathering_id=gathering_id,
        part=line.part if line is not None else wanted.part,
        place=_place(session, gathering_id, wanted, line),
        speaker=wanted.speaker,
        text=wanted.text,
        version=1,
        beside=beside,
    )
    session.add(row)
    _written(session, record, row, desk)
    return Put(row.id, row.version, beside=line is not None)


def keep_line(session: Session, desk: Desk, gathering_id: str, line_id: str) -> None:
    """Say that a line that was written beside another stays, next to it. Raises as `put_line`."""
    record = _writable(session, desk, gathering_id)
    line = _line(session, gathering_id, line_id)
    if line.beside is not None:
        line.beside = None
        line.version += 1
        _written(session, record, line, desk)


def take_line(session: Session, desk: Desk, gathering_id: str, line_id: str, version: int) -> None:
    """Take a line out; only as it was seen. Raises as `put_line`, and Conflict("record_line_changed")."""
    record = _writable(session, desk, gathering_id)
    line = _line(session, gathering_id, line_id)
    if line.gone:
        return
    if line.version != version:
        raise Conflict("record_line_changed")
    line.gone = True
    line.version += 1
    for other in session.scalars(select(RecordLine).where(RecordLine.beside == line.id)):
        other.beside = None
    _written(session, record, line, desk)


def sign(session: Session, desk: Desk, gathering_id: str, role: SignerRole, digest: str) -> RecordState:
    """Sign what has `digest`; with the second signature the record is closed for good. The same again changes
    nothing. Raises NotFound, Forbidden("record_signer"), and as rules.check_signing."""
    gathering = _held(session, gathering_id)
    facts = queries.facts_of(session, gathering, desk.viewer)
    if not permits.may_read(desk.viewer, facts) or not permits.may_write(desk.viewer, facts):
        raise NotFound
    if not permits.may_sign(desk.viewer, facts, role):
        raise Forbidden("record_signer")
    stands = queries.reading(session, gathering, desk.kind)
    rules.check_signing(
        ended=gathering.state is GatheringState.ENDED,
        state=stands.state,
        signed=digest,
        digest=stands.digest,
        unresolved=stands.unresolved,
        blank=stands.content.blank,
    )
    record = _record(session, gathering_id)
    if role not in stands.signatures:
        named = gathering.chair_id if role is SignerRole.CHAIR else gathering.recorder_id
        session.add(
            RecordSignature(
                id=new_id(),
                gathering_id=gathering_id,
                role=role,
                person_id=desk.viewer.writer_id,
                name=desk.viewer.name,
                for_other=named is None,
                digest=digest,
                at=desk.now,
            )
        )
        record.version += 1
        session.flush()
        _note(session, desk, gathering_id, f"signed_{role}", digest)
    if rules.complete(queries.signatures(session, gathering_id), digest):
        record.state, record.locked_at = RecordState.LOCKED, desk.now
        record.content, record.digest = to_json(stands.content), digest
        session.flush()
        _note(session, desk, gathering_id, "locked", digest)
    return record.state


def take_back(session: Session, desk: Desk, gathering_id: str, role: SignerRole) -> None:
    """Take one's signature back, so that the record can be written on; never once it is closed.

    Raises NotFound, Conflict("record_locked").
    """
    gathering = _held(session, gathering_id)
    if not permits.may_write(desk.viewer, queries.facts_of(session, gathering, desk.viewer)):
        raise NotFound
    record = _record(session, gathering_id)
    if record.state is RecordState.LOCKED:
        raise Conflict("record_locked")
    mine = [
        one
        for one in session.scalars(
            select(RecordSignature).where(
                RecordSignature.gathering_id == gathering_id,
                RecordSignature.role == role,
                RecordSignature.taken_back_at.is_(None),
            )
        )
        if one.person_id is None or one.person_id == desk.viewer.writer_id
    ]
    for row in mine:
        row.taken_back_at = desk.now
    if mine:
        record.version += 1
        session.flush()
        _note(session, desk, gathering_id, f"unsigned_{role}")


def add(session: Session, desk: Desk, gathering_id: str, text: str) -> RecordAddition:
    """Add something to a closed record, dated and with one's name. Raises NotFound, Invalid,
    Conflict("record_not_locked", "additions_many")."""
    gathering = _held(session, gathering_id)
    if not permits.may_write(desk.viewer, queries.facts_of(session, gathering, desk.viewer)):
        raise NotFound
    record = _record(session, gathering_id)
    if record.state is not RecordState.LOCKED:
        raise Conflict("record_not_locked")
    said = rules.cleaned_addition(text)
    of_it = RecordAddition.gathering_id == gathering_id
    last = session.scalar(
        select(RecordAddition).where(of_it).order_by(RecordAddition.at.desc(), RecordAddition.id).limit(1)
    )
    if last is not None and (last.text, last.person_id) == (said, desk.viewer.writer_id):
        return last
    if (session.scalar(select(func.count()).where(of_it)) or 0) >= rules.MOST_ADDITIONS:
        raise Conflict("additions_many", most=rules.MOST_ADDITIONS)
    row = RecordAddition(
        id=new_id(),
        gathering_id=gathering_id,
        person_id=desk.viewer.writer_id,
        name=desk.viewer.name,
        text=said,
        at=desk.now,
    )
    session.add(row)
    record.version += 1
    session.flush()
    _note(session, desk, gathering_id, "added")
    return row


def _held(session: Session, gathering_id: str) -> Gathering:
    """Return a gathering; nobody else writes its record, or corrects its roll, until the transaction ends."""
    found = session.scalars(
        select(Gathering)
        .where(Gathering.id == gathering_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def _writable(session: Session, desk: Desk, gathering_id: str) -> Record:
    """Return a record that the viewer may write on; raises NotFound, Conflict."""
    gathering = _held(session, gathering_id)
    if not permits.may_write(desk.viewer, queries.facts_of(session, gathering, desk.viewer)):
        raise NotFound
    if gathering.state is GatheringState.CANCELLED:
        raise Conflict("record_cancelled")
    record = _record(session, gathering_id)
    if record.state is RecordState.LOCKED:
        raise Conflict("record_locked")
    if queries.signatures(session, gathering_id):
        # A signature of what the roll said before a correction is lost anyway, and does not stand in the way.
        stands = queries.reading(session, gathering, desk.kind)
        if stands.signatures:
            raise Conflict("record_signed")
    return record


def _record(session: Session, gathering_id: str) -> Record:
    record = session.get(Record, gathering_id, populate_existing=True)
    if record is None:
        record = Record(gathering_id=gathering_id, state=RecordState.OPEN, version=0)
        session.add(record)
        session.flush()
    return record


def _line(session: Session, gathering_id: str, line_id: str) -> RecordLine:
    line = session.get(RecordLine, line_id, populate_existing=True)
    if line is None or line.gathering_id != gathering_id:
        raise NotFound
    return line


def _written(session: Session, record: Record, line: RecordLine, desk: Desk) -> None:
    line.written_by, line.written_at = desk.viewer.writer_id, desk.now
    record.version += 1
    session.flush()


def _check_room(session: Session, gathering_id: str) -> None:
    of_it = (RecordLine.gathering_id == gathering_id, RecordLine.gone.is_(False))
    if (session.scalar(select(func.count()).where(*of_it)) or 0) >= rules.MOST_LINES:
        raise Conflict("record_lines", most=rules.MOST_LINES)


def _place(session: Session, gathering_id: str, draft: LineDraft, beside: RecordLine | None) -> int:
    """Return the place of a new line: after the one that is named, else at the end of its part."""
    part = beside.part if beside is not None else draft.part
    rows = session.scalars(
        select(RecordLine)
        .where(RecordLine.gathering_id == gathering_id, RecordLine.part == part)
        .order_by(RecordLine.place, RecordLine.id)
    ).all()
    after = beside.id if beside is not None else draft.after
    at = next((n for n, one in enumerate(rows) if one.id == after), len(rows) - 1)
    before = rows[at].place if rows else None
    following = rows[at + 1].place if at + 1 < len(rows) else None
    place = rules.place_between(before, following)
    if place is None:
        for n, one in enumerate(rows, 1):
            one.place = n * rules.STEP
        session.flush()
        place = rules.place_between(rows[at].place, rows[at + 1].place if at + 1 < len(rows) else None)
    return place or rules.STEP


def _note(session: Session, desk: Desk, gathering_id: str, what: str, digest: str = "") -> None:
    audit.note(session, Deed.RECORD, desk.viewer.writer_id, thing=gathering_id, what=what, digest=digest)
