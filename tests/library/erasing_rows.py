"""Rows of every slice that tell of somebody, for the tests of erasing."""

from __future__ import annotations

from datetime import timedelta

import pyotp
from sqlalchemy import select
from sqlalchemy.orm import Session

from library.access import entering, mail, second_factor
from library.access import links as access_links
from library.access.identities import linking
from library.access.identities.linking import Trust
from library.access.identities.rules import Claimed, MatchBy
from library.access.sealing import Sealing
from library.access.second_factor_queries import pending_secret
from library.access.second_factor_rules import SecondFactorPolicy
from library.access.tables import FeedLink
from library.books import actions as books
from library.books import practising, studying
from library.books.hours import USUAL
from library.calls import actions as calls
from library.calls import entering as entering_works
from library.calls.rules import CallDraft, Criterion, StageAction
from library.catalog.tables import Lesson
from library.choices import actions as choices
from library.core.clock import local_day
from library.core.ids import new_id
from library.core.permits import Role, Viewer
from library.declaring import actions as declaring
from library.declaring import settings as levels
from library.declaring.rules import LevelRule, Said, Setting
from library.declaring.tables import Remark
from library.evidence import actions as evidence
from library.evidence.rules import EvidenceKind, Piece, Source, StudyForm
from library.gatherings.rules import Due, GatheringState, How, Mark
from library.gatherings.tables import Asked, Gathering, Guess, RollChange, RollEntry, Room, Showing
from library.grades.tables import Appeal, Grade, Item, Period, Rules, Waiver
from library.handling import actions as handling
from library.handling import views
from library.handling.rules import What
from library.marks import actions as marks
from library.notices import actions as notices
from library.notices import pushing
from library.notices import queries as notice_queries
from library.notices.actions import News
from library.notices.pushing import Browser
from library.notices.rules import Kind, Way
from library.organisation.tables import Node
from library.outbox.rules import Words
from library.people.rules import ExemptionReason, MembershipKind, TransferState
from library.people.tables import (
    CommitteeTerm,
    Exemption,
    GroupMember,
    LearningGroup,
    Membership,
    Person,
    RoleGrant,
    Transfer,
)
from library.questions import actions as questions
from library.questions.actions import Answer
from library.questions.actions import Asked as AskedAt
from library.reflections import actions as reflections
from library.reflections import asking
from library.upkeep import actions as upkeep
from library.upkeep.rules import Task
from tests.support import factories as make
from tests.support.databases import NOW

DAY = timedelta(days=1)


def other_doors(session: Session, person: Person, root: Node, viewer: Viewer) -> None:
    """A second factor, a sign-in half done, an account elsewhere, and that of somebody whom they invited."""
    sealing = Sealing(lambda: ["a secret of more than thirty-two characters"], "second factor")
    second_factor.begin(session, sealing, person.id, NOW)
    secret = pending_secret(session, sealing, person.id, NOW)
    assert secret is not None
    second_factor.confirm(session, sealing, person.id, pyotp.TOTP(secret).at(NOW), NOW)
    half = entering.after_first(session, person, "手机", NOW, SecondFactorPolicy.OFFERED)
    assert isinstance(half, entering.FreshHalf)
    mail.set_by_machine(session, person.id, "wang@example.cn", NOW)
    assert mail.ask_reset(session, person.username, lambda _of, _secret: Words("链接", "链接"), NOW)
    theirs = Claimed("https://sso.example", "s-1", "xiaofang")
    linking.recognise(session, "sso", theirs, Trust(MatchBy.USERNAME), "", NOW)
    _link, token = access_links.invite(session, "客人", Role.MEMBER, root, viewer, NOW)
    another = Claimed("https://sso.example", "s-2", "guest", "客人")
    linking.recognise(session, "sso", another, Trust(), token, NOW)


def marked(session: Session, viewer: Viewer, lesson: Lesson) -> None:
    """Where somebody stopped, what they keep, a note; a question of theirs that waits, and one published that
    they answered themselves."""
    me, clip = str(viewer.person_id), lesson.clips[0]
    marks.stop_at(session, me, clip, 20.0, None, NOW)
    marks.pause(session, me, paused=False)
    marks.keep(session, me, lesson, clip, NOW)
    marks.write(session, me, clip, 3.0, "请把字幕记下来", NOW)
    questions.ask(session, viewer, clip, AskedAt(3.0, "请把字幕的字说一说", named=True), NOW)
    shown = questions.ask(session, viewer, clip, AskedAt(4.0, "账本在哪里？", named=True), NOW)
    questions.answer(session, viewer, shown.id, 1, Answer("在村委会。"), NOW)


def met(session: Session, viewer: Viewer, root: Node) -> None:
    """Gatherings that somebody planned, chairs, writes down, hosts, is asked to, is on the roll of and
    screened, with a record that they wrote, signed and added to, and a template that they brought."""
    me = viewer.person_id
    assert me is not None
    one = Gathering(
        id=new_id(),
        node_id=root.id,
        kind="study",
        form=StudyForm.GATHERED,
        title="学习",
        week="2026-W11",
        starts_at=NOW,
        ends_at=NOW + DAY,
        place="村部",
        chair_id=me,
        recorder_id=me,
        agenda="",
        state=GatheringState.OPEN,
        made_by=me,
        changed_at=NOW,
    )
    session.add(one)
    session.flush()
    entry = RollEntry(id=new_id(), gathering_id=one.id, person_id=me, due=Due.DUE)
    session.add_all(
        [
            entry,
            Room(id=new_id(), gathering_id=one.id, n=1, place="村部", host_id=me),
            Asked(gathering_id=one.id, person_id=me),
            Guess(id=new_id(), gathering_id=one.id, person_id=me, at=NOW),
            Showing(id=new_id(), gathering_id=one.id, started_at=NOW, last_at=NOW, started_by=me),
        ]
    )
    session.flush()
    session.add(
        RollChange(
            id=new_id(),
            gathering_id=one.id,
            entry_id=entry.id,
            mark=Mark.PRESENT,
            how=How.SECRETARY,
            at=NOW,
            by_person=me,
        )
    )
    session.flush()


def reflected(session: Session, wang: Viewer, admin: Viewer) -> None:
    """Somebody who writes, who decided about what another wrote, and who asked others to write."""
    draft = reflections.Draft("红船", "请把字幕放大的事，村东头都知道。")
    reflections.save(session, wang, new_id(), draft, reflections.About(), None, NOW)
    others = reflections.save(session, admin, new_id(), draft, reflections.About(), None, NOW)
    others.title, others.text, others.decided_by = "", "", wang.person_id
    asking.ask(session, wang, make.root(session).id, "2026-W49", "写什么", NOW)


def declared(session: Session, wang: Viewer, admin: Viewer, lesson: Lesson) -> None:
    """Somebody who says who reviews, declares a lesson and remarks something of one."""
    levels.put(session, wang, lesson.node_id, Setting((LevelRule(0, deciders=1),)), NOW)
    row = declaring.declare(session, wang, lesson.id, NOW, declaring.Given(checked=None))
    declaring.remark(session, admin, row.id, Said("请核对", 1.0), NOW)
    session.scalars(select(Remark)).one().person_id = wang.person_id


def call(session: Session, admin: Viewer, wang: Viewer, lesson: Lesson) -> None:
    """A call that somebody changed last, into which they entered a work and in which they judge."""
    day = local_day(NOW)
    draft = CallDraft("征集", day, day, day, day, criteria=(Criterion("内容", 1),))
    call = calls.make(session, admin, make.root(session).id, draft, NOW)
    calls.move(session, admin, call.id, None, StageAction.OPEN, NOW)
    calls.invite(session, admin, call.id, "xiaofang", NOW)
    entering_works.enter(session, wang, call.id, lesson.id, "lecture", NOW)
    call.changed_by = wang.person_id


def learned(session: Session, viewer: Viewer, root: Node) -> None:
    """What somebody studied and practised, what they confirmed, and by what they let others count."""
    wang, today = str(viewer.person_id), local_day(NOW)
    studying.plan(session, viewer, "党章第一章", None, today, today, NOW)
    told = practising.Told("清理河道", "村口", today, "做了。")
    practice = practising.say(session, viewer, told, NOW)
    practice.answered_by = wang
    books.put_rules(session, viewer, root.id, today, USUAL.model_dump(mode="json"), NOW)
    piece = Piece(
        wang, root.id, EvidenceKind.ATTENDED, StudyForm.GATHERED, 3600, today, Source.GATHERING, "g"
    )
    evidence.say(session, Source.GATHERING, "g", [piece], NOW, wang)


def told(session: Session, viewer: Viewer) -> None:
    """What somebody was told, has read, and wants to be told; where they subscribe."""
    wang = str(viewer.person_id)
    notices.tell(session, [wang], News(Kind.UPLOAD_READY, "x"), NOW)
    told = notice_queries.page(session, viewer).items
    notices.read(session, viewer, [one.id for one in told], NOW)
    notices.read_all(session, viewer, NOW - DAY)
    notices.choose(session, wang, {(Kind.WEEK_OUT, Way.APP): False})
    pushing.subscribe(session, wang, Browser("https://push.example/x", "key", "secret"), NOW)
    session.add(FeedLink(person_id=wang, serial="feed", made_at=NOW))


def belong(session: Session, wang: str, node_id: str) -> None:
    """Wherever somebody is noted, or notes, among the people of a node."""
    today, noted = NOW.date(), {"noted_at": NOW, "noted_by": wang}
    other = session.scalars(select(RoleGrant).where(RoleGrant.person_id != wang)).first()
    assert other is not None
    other.ended_by = wang
    group = LearningGroup(id="group", node_id=node_id, name="学习小组", created_at=NOW)
    rows = (
        Membership(id="guest", kind=MembershipKind.GUEST, node_id=node_id, since=today, **noted),
        Exemption(id="leave", reason=ExemptionReason.LEAVE, since=today, **noted),
        CommitteeTerm(id="leads", since=today, **noted),
        Transfer(
            id="away",
            from_id=node_id,
            to_id=node_id,
            state=TransferState.ACCEPTED,
            asked_at=NOW,
            asked_by=wang,
            answered_by=wang,
        ),
        GroupMember(id="learns", group_id=group.id, since=today),
    )
    session.add(group)
    session.flush()
    for row in rows:
        row.person_id = wang
        session.add(row)
    graded(session, wang, str(group.node_id))


def graded(session: Session, wang: str, node_id: str) -> None:
    """Rules that somebody made, what they entered and decided, and their own grade with an appeal."""
    ruled = {"id": "ruled", "node_id": node_id, "kind": "month", "n": 1, "name": "规则", "document": {}}
    session.add(
        Rules(**ruled, valid_from="2026-01", state="ended", made_at=NOW, made_by=wang, decided_by=wang)
    )
    waived = {"id": "waived", "node_id": node_id, "point": "time", "basis": "依据", "at": NOW}
    session.add(Waiver(**waived, by_person=wang, ended_at=NOW, ended_by=wang))
    item = {"id": "item", "node_id": node_id, "period": "2026-01", "name": "表现", "cents": 1, "reason": ""}
    session.add(Item(**item, person_id=wang, at=NOW, by_person=wang))
    session.flush()
    period = {"id": "period", "node_id": node_id, "period": "2026-01", "rules_id": "ruled"}
    session.add(Period(**period, state="frozen", asked_at=NOW, frozen_at=NOW, frozen_by=wang))
    session.flush()
    grade = {"id": "grade", "period_id": "period", "facts": {}, "lines": [], "daily": 0, "reason": "理由"}
    session.add(Grade(**grade, person_id=wang, at=NOW, by_person=wang))
    session.flush()
    appeal = {"id": "appeal", "grade_id": "grade", "text": "", "state": "upheld", "at": NOW}
    session.add(Appeal(**appeal, person_id=wang, answered_by=wang))
    session.flush()


def chose(session: Session, viewer: Viewer, lesson_id: str) -> None:
    """Settings, what takes space and several lessons at once."""
    choices.choose(session, viewer.person_id, "invitation_days", "9", NOW)
    upkeep.ask(session, viewer.person_id, Task.MEASURE, NOW)
    handling.handle(session, viewer, What.TOPIC_ADD, "党史", [lesson_id], NOW)
    views.keep(session, viewer, "待办", {"state": "draft"}, NOW)
