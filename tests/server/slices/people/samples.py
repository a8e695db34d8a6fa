"""The list of people: filled with believable contents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from library.core.permits import MemberState, Role
from library.people.rules import ExemptionReason, MembershipKind, TransferState
from server.slices.people import contexts as c
from server.slices.people import list_contexts as n
from server.slices.people import person_contexts as b
from server.web.lists.shown import ListView
from server.web.parts import HeldRole, Reason, RefusedForm
from tests.server.pages.samples import NOW, STAFF, Sample, frame, pager


def pages() -> Iterator[Sample]:
    """Everybody, and nobody who is called so."""
    held = (HeldRole(role=Role.LECTURER, node_id="b2", branch="余村党支部"),)
    branches = (
        c.NodeRow(id="b1", name="安吉县委党校", depth=0),
        c.NodeRow(id="b2", name="余村党支部", depth=1),
    )
    people = (
        c.PersonRow(id="p1", username="wangfang", name="王芳", roles=held, last_seen_at=NOW, may_change=True),
        c.PersonRow(
            id="p2",
            username="陈志远",
            name="陈志远",
            roles=(HeldRole(role=Role.ADMIN, node_id="b1", branch="安吉县委党校"),),
            last_seen_at=None,
        ),
        c.PersonRow(
            id="p3",
            username="old",
            name="刘建国",
            roles=(),
            last_seen_at=NOW,
            active=False,
            may_change=True,
            may_erase=True,
        ),
    )
    page = c.PeoplePage(
        frame=frame(STAFF, "/people"),
        people=people,
        pager=pager(2, 41),
        branches=branches,
        roles=(Role.MEMBER, Role.LECTURER),
        invites=(
            c.InviteRow(id="i1", name="张梅", role=Role.MEMBER, branch="余村党支部", expires_at=NOW),
            c.InviteRow(id="i2", name="", role=Role.LECTURER, branch="余村党支部", expires_at=NOW),
        ),
        new_link="https://weike.example/welcome/7f3k2q9d5m8x",
    )
    yield "people", page
    yield (
        "people_wrong",
        replace(
            page,
            new_link=None,
            refused=RefusedForm(
                form="p3/erase",
                typed={"confirm": "刘健国"},
                reason=Reason(code="confirm_username", args={"field": "confirm"}),
            ),
        ),
    )
    yield "people_nobody", replace(page, people=(), invites=(), new_link=None, q="赵")
    waiting = (c.WaitingRow(person_id="p9", name="赵敏", sender="横路村党支部", receiver="余村党支部"),)
    why = Reason(code="node_unknown", args={"field": "node", "text": "鱼村党支部"})
    yield (
        "people_many",
        replace(page, new_link=None, more=True, waiting=waiting, node="鱼村党支部", unclear=why),
    )
    yield from _persons()
    yield from _members()
    yield from _lists()


TODAY = NOW.date()


def _persons() -> Iterator[Sample]:
    home = b.StayRow(
        id="m1",
        node_id="b2",
        node="余村党支部",
        kind=MembershipKind.HOME,
        state=MemberState.FULL,
        since=date(2024, 7, 1),
        until=None,
        by="陈志远",
        may_end=True,
    )
    before = replace(
        home, id="m2", state=MemberState.PROBATIONARY, since=date(2023, 7, 1), until=home.since, may_end=False
    )
    guest = replace(
        home,
        id="m3",
        node="县城流动党员党支部",
        kind=MembershipKind.GUEST,
        state=None,
        since=date(2025, 3, 1),
    )
    asked = b.TransferRow(
        id="t1",
        sender="余村党支部",
        receiver="横路村党支部",
        state=TransferState.ASKED,
        note="调到横路村小学",
        asked_at=NOW,
        asked_by="陈志远",
        may_answer=True,
        may_withdraw=True,
    )
    refused = replace(
        asked,
        id="t2",
        state=TransferState.REFUSED,
        answer="不在本村工作",
        answered_at=NOW,
        answered_by="李建国",
    )
    page = b.PersonPage(
        frame=frame(STAFF, "/people/p1"),
        id="p1",
        name="王芳",
        username="wangfang",
        active=True,
        has_password=False,
        today=TODAY,
        home=home,
        stays=(home, guest, before),
        transfers=(asked, refused),
        asked=asked,
        exemptions=(
            b.ExemptionRow(
                id="e1", reason=ExemptionReason.LEAVE, since=date(2026, 9, 1), until=None, is_open=True
            ),
        ),
        terms=(
            b.TermRow(id="t1", since=date(2026, 5, 4), until=None, is_open=True),
            b.TermRow(id="t2", since=date(2021, 5, 4), until=date(2024, 1, 8)),
        ),
        groups=(
            b.GroupStayRow(group_id="g1", name="第三学习小组", since=date(2026, 3, 2), until=None),
            b.GroupStayRow(group_id="g2", name="青年组", since=date(2025, 1, 6), until=date(2026, 3, 2)),
        ),
        roles=(
            b.RoleRow(role=Role.LECTURER, node="余村党支部", given_at=NOW, given_by="陈志远"),
            b.RoleRow(role=Role.MEMBER, node="余村党支部", given_at=NOW, ended_at=NOW, ended_by="陈志远"),
        ),
        group_choices=(b.GroupChoice(id="g3", name="夜校第一组"),),
        may_keep=True,
    )
    yield "person", page
    yield (
        "person_refused",
        replace(
            page,
            transfers=(refused,),
            asked=None,
            refused=RefusedForm(
                form="transfer",
                typed={"to": "鱼村党支部", "note": ""},
                reason=Reason(code="node_unknown", args={"field": "to", "text": "鱼村党支部"}),
            ),
        ),
    )
    yield (
        "person_own",
        replace(
            page,
            may_keep=False,
            has_password=True,
            home=None,
            stays=(),
            transfers=(),
            asked=None,
            exemptions=(),
            terms=(),
            groups=(),
            roles=(),
            group_choices=(),
        ),
    )


def _members() -> Iterator[Sample]:
    page = b.MembersPage(
        frame=frame(STAFF, "/organisation/b2/members"),
        node_id="b2",
        node="余村党支部",
        above=("安吉县委", "天荒坪镇党委"),
        day=TODAY,
        today=TODAY,
        below=False,
        home=41,
        guests=3,
        exempt=2,
        states=(("full", 36), ("probationary", 2), ("activist", 3)),
        people=(
            b.MemberLine(
                person_id="p1",
                name="王芳",
                username="wangfang",
                kind=MembershipKind.HOME,
                state=MemberState.FULL,
                since=date(2015, 7, 1),
                exempt=True,
            ),
            b.MemberLine(
                person_id="p2",
                name="李建国",
                username="lijianguo",
                kind=MembershipKind.GUEST,
                state=None,
                since=date(2026, 2, 10),
            ),
        ),
        pager=pager(1, 44),
        groups=(b.GroupRow(id="g1", name="第三学习小组", members=9),),
    )
    yield "members", page
    yield (
        "members_nobody",
        replace(page, people=(), groups=(), home=0, guests=0, exempt=0, states=(), pager=pager(1, 0)),
    )


def _lists() -> Iterator[Sample]:
    why = Reason(code="manifest_type", args={"field": "file", "suffix": ".doc", "known": ".xlsx, .csv"})
    yield "people_list", n.ListPage(frame=frame(STAFF, "/people/lists/new"))
    yield "people_list_refused", n.ListPage(frame=frame(STAFF, "/people/lists/new"), refused=why)
    said = n.SideRow(
        name="王芳",
        account="wang-2",
        branch="安吉县委 / 天荒坪镇党委 / 横路村党支部",
        state="full",
        since="2026-03-01",
    )
    known = replace(
        said,
        id="p1",
        account="wang2",
        branch="安吉县委 / 天荒坪镇党委 / 余村党支部",
        since="2015-07-01",
    )
    job = ListView(
        url="/people/lists/job/j1",
        file_name="天荒坪镇党员名册.xlsx",
        doing="planned",
        percent=100.0,
        is_working=False,
        counts={"new": 118, "changed": 3, "unchanged": 410, "doubtful": 1, "wrong": 2},
        outcomes=("doubtful", "wrong", "new", "changed", "unchanged"),
        shown="doubtful",
        pager=pager(1, 1),
        warnings=(Reason(code="id_number_refused", args={"count": 533}),),
        not_kept=("联系电话", "民族"),
    )
    page = n.ListJobPage(
        frame=frame(STAFF, "/people/lists/job/j1"),
        job=job,
        rows=(n.ListRow(line=17, said=said, candidates=(known,)),),
    )
    yield "people_list_doubtful", page
    wrong = n.ListRow(
        line=21,
        said=n.SideRow(name="赵敏", account="", branch="鱼村党支部"),
        reason=Reason(code="node_unknown", args={"field": "branch", "text": "鱼村党支部"}),
    )
    yield "people_list_wrong", replace(page, job=replace(job, shown="wrong"), rows=(wrong,))
    moved = n.ListRow(
        line=9, said=said, changes=(("home", "余村党支部", "横路村党支部"), ("state", "probationary", "full"))
    )
    yield "people_list_done", replace(page, job=replace(job, doing="done", shown="changed"), rows=(moved,))
    working = replace(job, doing="write", percent=40.0, is_working=True)
    yield "people_list_working", replace(page, job=working, rows=())
    failed = replace(job, doing="failed", reason=Reason(code="changed_meanwhile"), counts={})
    yield "people_list_failed", replace(page, job=failed, rows=())
