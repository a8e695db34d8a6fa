"""Records: what assembles itself, two who write at once, signing, closing, adding."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from library.core.database import Database
from library.core.errors import Conflict, Forbidden, NotFound
from library.gatherings import opening
from library.gatherings import queries as gatherings
from library.gatherings.rules import Mark
from library.gatherings.showings import actions as showings
from library.gatherings.tables import Gathering, RollEntry
from library.organisation.tables import Node
from library.records import actions, queries, templates
from library.records.actions import Desk
from library.records.content import RecordContent, changes, digest_of, from_json, to_json
from library.records.permits import may_read, may_show, may_sign, may_write
from library.records.rules import LineDraft, LinePart, RecordState, SignerRole
from library.records.tables import Record, RecordLine, RecordSignature
from library.records.writing.values import EXAMPLE
from tests.library.gatherings.meeting import Meeting, mark, meeting, run, show
from tests.support import factories as make
from tests.support.databases import NOW
from tests.support.together import together

CHAIR, RECORDER = SignerRole.CHAIR, SignerRole.RECORDER


def desk(its: Meeting, who: int = 0, at: float = 40) -> Desk:
    its_desk = its.at(at, who)
    return Desk(its_desk.viewer, its_desk.now, "集中学习")


def said(
    text: str, speaker: str = "", part: LinePart = LinePart.DISCUSSION, after: str | None = None
) -> LineDraft:
    return LineDraft(part, speaker, text, after)


def reading(db: Database, its: Meeting) -> queries.Reading:
    with db.read() as session:
        return queries.reading(session, session.get_one(Gathering, its.id), "集中学习")


def held(db: Database, **more: object) -> Meeting:
    """A gathering that has ended, with a roll and a lesson shown."""
    with db.write() as session:
        its = meeting(session, **more)  # type: ignore[arg-type]
        showing = show(session, its, 1)
        showings.beat(session, its.id, showing, [run(its.clips[0][0], 0, 60, 0)], its.at(10).now)
        mark(session, its, 0, Mark.PRESENT, 30)
        if len(its.members) > 3:
            mark(session, its, 1, Mark.LATE, 30)
            mark(session, its, 2, Mark.ABSENT, 30, reason="住院")
        opening.end(session, its.at(90), its.id)
    return its


def test_it_assembles_itself_and_leaves_blank_what_is_not_proven(db: Database) -> None:
    its = held(db)
    content = reading(db, its).content
    assert (content.title, content.kind, content.node, content.place) == (
        *("十二月学习", "集中学习", "余村党支部", "村部二楼"),
    )
    assert (content.chair, content.recorder, content.due) == ("党员0", "党员1", 4)
    assert [one.name for one in content.present] == ["党员0", "党员1"]
    assert [(one.name, one.reason) for one in content.absent] == [("党员2", "住院")]
    assert [one.name for one in content.unmarked] == ["党员3"]
    assert [(one.title, one.seconds) for one in content.shown] == [("微课0", 60)]
    assert content.agenda == ("看课", "讨论")
    assert (content.discussion, content.resolution, content.guests) == ((), (), ())
    assert from_json(to_json(content)) == content


def test_who_was_erased_was_not_counted_among_those_who_came(db: Database) -> None:
    its = held(db)
    with db.write() as session:
        mine = (RollEntry.gathering_id == its.id, RollEntry.person_id == its.members[0].person_id)
        session.scalars(select(RollEntry).where(*mine)).one().person_id = None
    content = reading(db, its).content
    assert [one.name for one in content.present] == ["党员1", queries.ERASED]
    with db.read() as session:
        counts = gatherings.counts_of(session, [its.id])[its.id]
    assert counts.present == len(content.present)


@pytest.mark.slow
def test_two_at_once_lose_no_line(db: Database) -> None:
    its = held(db)

    def write(who: int, n: int) -> actions.Put:
        with db.write() as session:
            draft = said(f"{who} 说 {n}", f"党员{who}")
            return actions.put_line(session, desk(its, who), its.id, f"line-{who}-{n}", draft, 0)

    done = together([lambda who=who, n=n: write(who, n) for who in (0, 1) for n in range(8)])
    assert not [one for one in done if isinstance(one, Exception)]
    assert len(reading(db, its).content.discussion) == 16

    def change(who: int) -> actions.Put:
        with db.write() as session:
            draft = said(f"{who} 改成这样")
            return actions.put_line(session, desk(its, who), its.id, "line-0-0", draft, 1)

    both = together([lambda who=who: change(who) for who in (0, 1)])
    assert sorted(one.beside for one in both if isinstance(one, actions.Put)) == [False, True]
    texts = [one.text for one in reading(db, its).content.discussion]
    assert {"0 改成这样", "1 改成这样"} <= set(texts)
    assert abs(texts.index("0 改成这样") - texts.index("1 改成这样")) == 1, "side by side"
    again = together([lambda who=who: change(who) for who in (0, 1)])
    assert not [one for one in again if isinstance(one, Exception)]
    assert len(reading(db, its).content.discussion) == 17, "what is sent again is known again"
    assert reading(db, its).unresolved == 1
    with db.write() as session:
        beside = session.scalars(select(RecordLine).where(RecordLine.beside.is_not(None))).one()
        with pytest.raises(Conflict, match="record_unresolved"):
            actions.sign(session, desk(its), its.id, CHAIR, reading(db, its).digest)
        with pytest.raises(Conflict, match="record_line_changed"):
            actions.take_line(session, desk(its), its.id, "line-0-0", 1)
        actions.take_line(session, desk(its), its.id, "line-0-0", 2)
        assert beside.beside is None
        written = actions.put_line(session, desk(its), its.id, "line-0-0", said("接着写"), 2)
        assert written.beside, "somebody took the line out meanwhile: what is written stays"


@pytest.mark.slow
def test_lines_stand_where_they_were_put(db: Database) -> None:
    its = held(db)
    with db.write() as session:
        actions.put_line(session, desk(its), its.id, "first-line", said("一"), 0)
        actions.put_line(session, desk(its), its.id, "last-line", said("末"), 0)
        for n in range(30):  # more than fit between two places
            draft = said(f"{n}", after="first-line")
            actions.put_line(session, desk(its), its.id, f"between-{n}", draft, 0)
        actions.put_line(session, desk(its), its.id, "decided", said("定", part=LinePart.RESOLUTION), 0)
    content = reading(db, its).content
    assert [one.text for one in content.discussion] == ["一", *(f"{n}" for n in reversed(range(30))), "末"]
    assert [one.text for one in content.resolution] == ["定"]


@pytest.mark.slow
def test_signed_by_both_it_is_closed_and_only_added_to(db: Database) -> None:
    its = held(db)
    with db.write() as session:
        actions.put_line(session, desk(its, 1), its.id, "line-one", said("讨论了", "党员0"), 0)
    first = reading(db, its).digest
    with db.write() as session:
        for who, role, error in ((1, CHAIR, Forbidden), (0, RECORDER, Forbidden), (3, CHAIR, NotFound)):
            with pytest.raises(error):
                actions.sign(session, desk(its, who), its.id, role, first)
        with pytest.raises(Conflict, match="record_changed"):
            actions.sign(session, desk(its), its.id, CHAIR, "0" * 64)
        assert actions.sign(session, desk(its), its.id, CHAIR, first) is RecordState.OPEN
        assert actions.sign(session, desk(its), its.id, CHAIR, first) is RecordState.OPEN
        with pytest.raises(Conflict, match="record_signed"):
            actions.put_line(session, desk(its, 1), its.id, "line-one", said("改"), 1)
    with db.write() as session:  # the roll is corrected: what was signed is no longer what it says
        mark(session, its, 3, Mark.PRESENT, 100, reason="漏记")
    now = reading(db, its)
    assert (now.signatures, [one.role for one in now.lost]) == ({}, [CHAIR])
    with db.write() as session:
        actions.sign(session, desk(its), its.id, CHAIR, now.digest)
        actions.take_back(session, desk(its), its.id, CHAIR)
    with db.write() as session:
        actions.sign(session, desk(its), its.id, CHAIR, now.digest)
        assert actions.sign(session, desk(its, 1), its.id, RECORDER, now.digest) is RecordState.LOCKED
    with db.write() as session:
        for act in (
            lambda: actions.put_line(session, desk(its, 1), its.id, "line-one", said("改"), 1),
            lambda: actions.put_line(session, desk(its, 1), its.id, "line-two", said("新"), 0),
            lambda: actions.take_line(session, desk(its, 1), its.id, "line-one", 1),
            lambda: actions.keep_line(session, desk(its, 1), its.id, "line-one"),
            lambda: actions.take_back(session, desk(its), its.id, CHAIR),
            lambda: actions.sign(session, desk(its), its.id, CHAIR, now.digest),
        ):
            with pytest.raises(Conflict, match="record_locked"):
                act()
        for _ in range(2):
            actions.add(session, desk(its, 1), its.id, "地点应为一楼。")
        mark(session, its, 2, Mark.PRESENT, 110, reason="其实到了")
    closed = reading(db, its)
    assert [one.text for one in closed.content.discussion] == ["讨论了"]
    assert digest_of(closed.content) == closed.digest == now.digest
    assert [one.name for one in closed.content.absent] == ["党员2"], "as it was signed"
    assert closed.now is not None
    assert {one.field_name for one in changes(closed.content, closed.now)} == {"present", "absent"}
    assert [(one.text, one.name) for one in closed.additions] == [("地点应为一楼。", "党员1")]
    with db.read() as session:
        assert len(session.scalars(select(RecordSignature)).all()) == 4, "none of them is gone"
        (line,) = queries.year(session, its.node_id, 2026)
        assert (line.state, line.signed, line.additions) == (RecordState.LOCKED, {CHAIR, RECORDER}, 1)


@pytest.mark.slow
def test_who_was_both_signs_twice_and_nobody_named_is_signed_for(db: Database) -> None:
    its = held(db, members=1)
    with db.write() as session:
        row = session.get_one(Gathering, its.id)
        row.recorder_id = row.chair_id
        actions.put_line(session, desk(its), its.id, "line-one", said("写了"), 0)
        digest = queries.reading(session, row, "集中学习").digest
        assert actions.sign(session, desk(its), its.id, CHAIR, digest) is RecordState.OPEN
        assert actions.sign(session, desk(its), its.id, RECORDER, digest) is RecordState.LOCKED
    other = held(db, name="另一个党支部")
    with db.write() as session:
        session.get_one(Gathering, other.id).recorder_id = None
        actions.put_line(session, desk(other), other.id, "line-two", said("写了"), 0)
    digest = reading(db, other).digest
    with db.write() as session:
        actions.sign(session, desk(other), other.id, CHAIR, digest)
        actions.sign(session, desk(other), other.id, RECORDER, digest)
    assert [one.for_other for one in reading(db, other).signatures.values()] == [False, True]


def test_who_may_what(db: Database) -> None:
    its = held(db)
    with db.write() as session:
        node = session.get_one(Node, its.node_id)
        one = session.get_one(Gathering, its.id)
        chair, recorder, member = its.members[:3]
        stranger = make.person(session)
        who = (chair, recorder, member, stranger)
        facts = queries.facts_of(session, one, recorder)
        for may in (may_write, may_show):
            assert [may(each, queries.facts_of(session, one, each)) for each in who] == [
                True,
                True,
                False,
                False,
            ]

        def readers() -> list[bool]:
            return [may_read(each, queries.facts_of(session, one, each)) for each in who]

        assert readers() == [True, True, False, False]
        session.add(Record(gathering_id=its.id, state=RecordState.LOCKED, version=1, locked_at=NOW))
        session.flush()
        assert readers() == [True, True, True, False]
        session.delete(session.get_one(Record, its.id))
        session.flush()
        assert not may_sign(recorder, facts, CHAIR)
        with pytest.raises(NotFound):
            actions.put_line(session, desk(its, 2), its.id, "line-one", said("x"), 0)
        with pytest.raises(NotFound):
            templates.put(session, recorder, node, "x.docx", b"x", desk(its).now)
        assert queries.template_of(session, node) is None
        templates.put(session, chair, node, "C:\\会议记录.docx", b"x", desk(its).now)
        found = queries.template_of(session, node)
        assert found is not None
        assert found[1].id == its.node_id
        templates.remove(session, chair, node)
        assert queries.template_of(session, node) is None


names = st.text("甲乙丙", max_size=3)


@given(st.lists(st.tuples(names, names), max_size=4), names)
def test_a_digest_is_that_of_what_is_said(lines: list[tuple[str, str]], title: str) -> None:
    spoken = tuple(type(EXAMPLE.content.discussion[0])(*one) for one in lines)
    one = RecordContent(title=title, kind="", node="", discussion=spoken)
    assert digest_of(from_json(to_json(one))) == digest_of(one)
    other = RecordContent(title=title, kind="", node="", resolution=spoken)
    assert (digest_of(other) == digest_of(one)) == (not spoken)
    assert changes(one, other) == ()
