"""What becomes of reflections: written, sent, published or returned, withdrawn, deleted."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import delete as sql_delete
from sqlalchemy.orm import Session

from library.audit import actions as audit
from library.audit.rules import Deed, Value, changes
from library.catalog import queries as catalog
from library.core.clock import local_day
from library.core.errors import Conflict, Invalid, NotFound
from library.core.ids import ID_LENGTH
from library.core.permits import NOBODY, Role, Viewer
from library.core.text import clean_block, short_line
from library.evidence import actions as evidence
from library.evidence.rules import EvidenceKind, Piece, Source, StudyForm
from library.notices import actions as notices
from library.notices.actions import News
from library.notices.rules import Kind
from library.organisation.tables import Node
from library.people import roles
from library.people.tables import Person
from library.programme.weeks import read_week
from library.reflections import queries, rules
from library.reflections.likeness import prints
from library.reflections.likeness.rules import RULES, prepare
from library.reflections.permits import home_of, reaches_of
from library.reflections.rules import Part, Quote, Reach, ReflectionState, Step
from library.reflections.tables import GoneSound, Reflection, ReflectionQuote, ReflectionSound

_ID = re.compile(rf"[0-9a-z]{{{ID_LENGTH}}}")
_SAME_S = 0.05


@dataclass(frozen=True)
class About:
    """What a reflection is about; whoever hands a gathering in has looked whether it is the writer's."""

    lesson_id: str | None = None
    week: str | None = None
    gathering_id: str | None = None
    form: StudyForm | None = None
    """That of the gathering."""


@dataclass(frozen=True)
class Wanted:
    """A quote as its writer's page has it: the words are looked up here, in what is said at that second."""

    n: int
    clip_id: str
    start_s: float
    text: str = ""


@dataclass(frozen=True)
class Draft:
    """What somebody has written so far; `quotes` None leaves them as they are."""

    title: str
    text: str
    quotes: Sequence[Wanted] | None = None


# ---------------------------------------------------------------------- writing


def save(
    session: Session,
    viewer: Viewer,
    reflection_id: str,
    draft: Draft,
    about: About,
    version: int | None,
    now: datetime,
) -> Reflection:
    """Keep what somebody has written; makes it with the first words, under the id that their page has.

    `about` counts only then. `version` is that which their page knows, None looks at none: another one means
    that they have written elsewhere too. Raises NotFound, Invalid, Conflict: reflection_changed,
    reflection_sent.
    """
    assert viewer.person_id is not None  # noqa: S101 - who writes is signed in
    title = short_line(draft.title, "title", rules.TITLE_MAX)
    text = clean_block(draft.text, "text", rules.TEXT_MAX)
    row = session.get(Reflection, reflection_id, with_for_update=True)
    if row is None:
        row = _new(session, viewer, reflection_id, about, now)
    elif row.person_id != viewer.person_id:
        raise NotFound
    else:
        rules.check_editable(row.state)
        # The same again is no other version: an answer may have been lost on its way.
        if version is not None and version != row.version and (row.title, row.text) != (title, text):
            raise Conflict("reflection_changed", version=row.version)
    quotes_changed = draft.quotes is not None and _put_quotes(session, viewer, row, draft.quotes)
    if (row.title, row.text) != (title, text) or quotes_changed:
        row.title, row.text = title, text
        _touch(row, now)
    session.flush()
    return row


def _new(session: Session, viewer: Viewer, reflection_id: str, about: About, now: datetime) -> Reflection:
    if _ID.fullmatch(reflection_id) is None:
        raise NotFound
    person_id = viewer.person_id or ""
    if queries.count_of(session, person_id) >= rules.MOST_OWN:
        raise Invalid("reflections_many", most=rules.MOST_OWN)
    if about.lesson_id is not None:
        catalog.lesson_for(session, viewer, about.lesson_id)
    row = Reflection(
        id=reflection_id,
        number=prints.new_number(),
        person_id=person_id,
        node_id=None,
        lesson_id=about.lesson_id,
        week=str(read_week(about.week)) if about.week else None,
        gathering_id=about.gathering_id,
        form=about.form,
        title="",
        text="",
        state=ReflectionState.DRAFT,
        reach=None,
        reach_node_id=None,
        version=1,
        made_at=now,
        changed_at=now,
        sent_at=None,
        published_at=None,
        decided_by=None,
    )
    session.add(row)
    session.flush()
    return row


def _touch(row: Reflection, now: datetime) -> None:
    row.version += 1
    row.changed_at = now


def _put_quotes(session: Session, viewer: Viewer, row: Reflection, wanted: Sequence[Wanted]) -> bool:
    """Let a reflection have these quotes; returns whether that changed something.

    One that is there keeps its words, whatever is said at its second by now. Of a new one the words are those
    of the line, not those that were sent: nobody puts words into a lecturer's mouth.
    """
    if len(wanted) > rules.MOST_QUOTES:
        raise Invalid("reflection_quotes", field="text", most=rules.MOST_QUOTES)
    known = queries.quotes_of(session, [row.id])[row.id]
    kept: dict[int, Quote] = {}
    for one in wanted:
        if not 1 <= one.n <= 99 or one.n in kept:
            raise Invalid("reflection_quote", field="text")
        there = next((quote for quote in known if _is_same(quote, one)), None)
        kept[one.n] = replace(there, n=one.n) if there else _made(session, viewer, row, one)
    if sorted(kept.values(), key=lambda one: one.n) == known:
        return False
    session.execute(sql_delete(ReflectionQuote).where(ReflectionQuote.reflection_id == row.id))
    for quote in kept.values():
        session.add(_quote_row(row, quote))
    session.flush()
    return True


def _is_same(quote: Quote, wanted: Wanted) -> bool:
    near = abs(quote.start_s - wanted.start_s) <= _SAME_S
    return near and wanted.clip_id == (quote.clip_id or "")


def _quote_row(row: Reflection, quote: Quote) -> ReflectionQuote:
    return ReflectionQuote(
        reflection_id=row.id, n=quote.n, clip_id=quote.clip_id, start_s=quote.start_s, text=quote.text
    )


def _made(session: Session, viewer: Viewer, row: Reflection, wanted: Wanted) -> Quote:
    clip = catalog.clip_for(session, viewer, wanted.clip_id)
    if clip.lesson_id != row.lesson_id:
        raise Invalid("reflection_quote", field="text")
    line = rules.line_at(queries.lines_of(session, [clip.lesson_id])[clip.lesson_id], clip.id, wanted.start_s)
    if line is None:
        raise Invalid("reflection_no_words", field="text")
    return Quote(wanted.n, clip.id, round(line.start_s, 2), line.text[: rules.QUOTE_MAX])


def quote(
    session: Session, viewer: Viewer, reflection_id: str, clip_id: str, at_s: float, now: datetime
) -> Quote:
    """Quote what is said at a second of a clip, at the end of the text; raises as `save`."""
    row = queries.own(session, viewer, reflection_id, held=True)
    rules.check_editable(row.state)
    known = queries.quotes_of(session, [row.id])[row.id]
    made = _made(session, viewer, row, Wanted(rules.free_number(known), clip_id, at_s))
    session.add(_quote_row(row, made))
    row.text = f"{row.text}\n{rules.mark_of(made.n)}\n".lstrip("\n")
    _touch(row, now)
    session.flush()
    return made


def unquote(session: Session, viewer: Viewer, reflection_id: str, n: int, now: datetime) -> None:
    """Take a quote out, and its mark; raises NotFound, Conflict("reflection_sent")."""
    row = queries.own(session, viewer, reflection_id, held=True)
    rules.check_editable(row.state)
    gone = session.get(ReflectionQuote, (row.id, n))
    if gone is None:
        raise NotFound
    session.delete(gone)
    row.text = row.text.replace(rules.mark_of(n), "")
    _touch(row, now)
    session.flush()


# ---------------------------------------------------------------------- its way


def send(session: Session, viewer: Viewer, reflection_id: str, now: datetime) -> Reflection:
    """Hand a reflection to the secretary of the writer's home; raises NotFound, Conflict, Invalid."""
    row = queries.own(session, viewer, reflection_id, held=True)
    after = rules.following(row.state, Step.SEND, Part.WRITER)
    rules.check_sendable(row.text, _sound_state(session, row))
    home = home_of(viewer)
    if home is None:
        raise Invalid("reflection_homeless")
    row.node_id, row.sent_at, row.remark = home, now, ""
    _move(session, row, after, Step.SEND, viewer, now)
    prints.keep(session, row.number, prepare(rules.without_marks(row.text)))
    row.print_rules = RULES
    _tell_readers(session, home, viewer, now)
    return row


def _tell_readers(session: Session, node_id: str, viewer: Viewer, now: datetime) -> None:
    """Tell the secretaries of a node that something waits: once a day, however much does."""
    day = local_day(now)
    those = [one for one in roles.holders(session, node_id, day) if one.role is Role.SECRETARY]
    news = News(Kind.REFLECTIONS_WAITING, node_id, key=f"reflections-waiting:{node_id}:{day}")
    notices.tell(session, [one.person_id for one in those if one.person_id != viewer.person_id], news, now)


def _sound_state(session: Session, row: Reflection) -> rules.SoundState | None:
    sound = queries.sound_of(session, row.id)
    return sound.state if sound is not None else None


def withdraw(session: Session, viewer: Viewer, reflection_id: str, now: datetime) -> Reflection:
    """Take one's own reflection back, before or after it was published; raises NotFound, Conflict."""
    row = queries.own(session, viewer, reflection_id, held=True)
    after = rules.following(row.state, Step.WITHDRAW, Part.WRITER)
    _unpublish(session, row, viewer, now)
    _move(session, row, after, Step.WITHDRAW, viewer, now)
    return row


@dataclass(frozen=True)
class Readers:
    """For whom something is published; `node_id` for Reach.BELOW. `public_allowed` is a setting."""

    reach: Reach
    node_id: str | None = None
    public_allowed: bool = False


def publish(
    session: Session, viewer: Viewer, reflection_id: str, version: int, readers: Readers, now: datetime
) -> Reflection:
    """Publish what was sent, or let others than before read it; it is evidence from then on.

    Raises NotFound, Conflict, Invalid: reflection_reach, reflection_public_off, reflection_lesson_closed,
    reflection_nothing, reflection_sound_waiting.
    """
    row = _held(session, viewer, reflection_id, version)
    after = rules.following(row.state, Step.PUBLISH, Part.READER)
    rules.check_publishable(row.text, _sound_state(session, row))
    before = _facts_told(row)
    node = session.get_one(Node, row.node_id)
    row.reach, row.reach_node_id = readers.reach, _reach_node(session, viewer, row, node, readers)
    row.published_at = row.published_at or now
    row.remark = ""
    _move(session, row, after, Step.PUBLISH, viewer, now, before)
    _say_evidence(session, row, viewer, now)
    news = News(Kind.REFLECTION_PUBLISHED, row.id, key=f"reflection-published:{row.id}:{row.version}")
    notices.tell(session, [row.person_id], news, now)
    return row


def _reach_node(
    session: Session, viewer: Viewer, row: Reflection, node: Node, readers: Readers
) -> str | None:
    if readers.reach is Reach.BRANCH:
        return node.id
    if readers.reach is Reach.BELOW:
        if readers.node_id not in reaches_of(viewer, node.path):
            raise Invalid("reflection_reach", field="node")
        return readers.node_id
    if not readers.public_allowed:
        raise Invalid("reflection_public_off", field="reach")
    if row.lesson_id and row.lesson_id not in queries.lessons_seen(session, NOBODY, [row.lesson_id]):
        # It quotes the lesson and names it.
        raise Invalid("reflection_lesson_closed", field="reach")
    return None


def _say_evidence(session: Session, row: Reflection, viewer: Viewer, now: datetime) -> None:
    assert row.sent_at is not None  # noqa: S101 - what is published was sent
    piece = Piece(
        person_id=row.person_id,
        node_id=row.node_id,
        kind=EvidenceKind.WROTE,
        # Asked for by a gathering it is a part of that kind of study.
        form=row.form or StudyForm.SELF,
        amount=1,
        day=local_day(row.sent_at),
        source=Source.REFLECTION,
        source_id=row.id,
        lesson_id=row.lesson_id,
    )
    evidence.say(session, Source.REFLECTION, row.id, [piece], now, viewer.writer_id)


def return_to_writer(
    session: Session, viewer: Viewer, reflection_id: str, version: int, remark: str, now: datetime
) -> Reflection:
    """Give what was sent back with a remark, or withdraw what was published; the remark says why.

    Raises NotFound, Conflict, Invalid.
    """
    row = _held(session, viewer, reflection_id, version)
    step = Step.TAKE_BACK if row.state is ReflectionState.PUBLISHED else Step.RETURN
    after = rules.following(row.state, step, Part.READER)
    said = clean_block(remark, "remark", rules.REMARK_MAX)
    if not said:
        raise Invalid("reflection_remark", field="remark")
    _unpublish(session, row, viewer, now)
    row.remark = said
    _move(session, row, after, step, viewer, now)
    news = News(Kind.REFLECTION_RETURNED, row.id, key=f"reflection-returned:{row.id}:{row.version}")
    notices.tell(session, [row.person_id], news, now)
    return row


def _held(session: Session, viewer: Viewer, reflection_id: str, version: int) -> Reflection:
    row = queries.to_decide(session, viewer, reflection_id, held=True)
    if row.version != version:
        raise Conflict("reflection_changed", version=row.version)
    return row


def _unpublish(session: Session, row: Reflection, viewer: Viewer | None, now: datetime) -> None:
    """Let nobody else read it any more: fingerprints and evidence go too."""
    if row.state in rules.EDITABLE:
        return
    _drop_prints(session, row)
    if row.state is ReflectionState.PUBLISHED:
        evidence.say(session, Source.REFLECTION, row.id, (), now, viewer.writer_id if viewer else None)
    row.reach, row.reach_node_id, row.published_at = None, None, None


def _drop_prints(session: Session, row: Reflection) -> None:
    prints.drop(session, row.number, prepare(rules.without_marks(row.text)))
    # What other rules have kept of it is nobody's by that.
    row.number = prints.new_number()


def _facts_told(row: Reflection) -> dict[str, object]:
    return {"state": row.state, "reach": row.reach}


def _move(
    session: Session,
    row: Reflection,
    after: ReflectionState,
    step: Step,
    viewer: Viewer,
    now: datetime,
    before: Mapping[str, object] | None = None,
) -> None:
    known = before or {"state": row.state}
    row.state = after
    if step not in (Step.SEND, Step.WITHDRAW):
        row.decided_by = viewer.writer_id
    _touch(row, now)
    told = changes(known, {name: getattr(row, name) for name in known})
    _note(session, row, viewer, step.value, told)
    session.flush()


def _note(
    session: Session, row: Reflection, viewer: Viewer, what: str, changed: Mapping[str, list[Value]]
) -> None:
    of = row.person_id if row.person_id != viewer.person_id else None
    audit.note(
        session,
        Deed.REFLECTION,
        viewer.writer_id,
        of=of,
        thing=row.id,
        changed=dict(changed),
        what=f"reflection_{what}",
    )


# ---------------------------------------------------------------------- its end


def delete(session: Session, viewer: Viewer, reflection_id: str, now: datetime) -> None:
    """Delete one's own reflection with all that belongs to it, whatever state it is in; raises NotFound."""
    row = queries.own(session, viewer, reflection_id, held=True)
    _note(session, row, viewer, "delete", {})
    _delete(session, row, viewer, now)


def _delete(session: Session, row: Reflection, viewer: Viewer | None, now: datetime) -> None:
    _unpublish(session, row, viewer, now)
    sound = queries.sound_of(session, row.id)
    if sound is not None:
        session.add(GoneSound(id=sound.id, gone_at=now))
        session.execute(sql_delete(ReflectionSound).where(ReflectionSound.id == sound.id))
    session.execute(sql_delete(ReflectionQuote).where(ReflectionQuote.reflection_id == row.id))
    session.delete(row)
    session.flush()


def erase(session: Session, person: Person, now: datetime) -> None:
    """Forget all that somebody wrote and said; what was counted of it stays in the ledger of evidence, as all
    evidence of who is erased does, until that ledger forgets whose it was."""
    for row in queries.all_of(session, person.id):
        if row.state not in rules.EDITABLE:
            _drop_prints(session, row)
        row.state = ReflectionState.DRAFT
        _delete(session, row, None, now)
