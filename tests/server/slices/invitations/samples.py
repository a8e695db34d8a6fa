"""Letting a branch in: filled with believable contents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from library.people.name_rules import NameKind
from server.slices.invitations import contexts as c
from server.web.parts import Reason, RefusedForm
from server.web.shown.sharing import qr_path
from tests.server.pages.samples import NOW, STAFF, Sample, frame

_BRANCH = "天荒坪镇余村村党支部"
_SECRET = "q4Jx0mXb2Jt0yQm8vH1nR5cS7dT9eU3fW6gZ_hA-iBk"


def _card(name: str, username: str, code: str) -> c.CardView:
    url = f"https://weike.example/welcome/{_SECRET}"
    qr, size = qr_path(url)
    return c.CardView(name=name, username=username, node=_BRANCH, code=code, url=url, qr=qr, size=size)


def pages() -> Iterator[Sample]:
    """A branch on Friday, its sheet, its poster, a reset."""
    people = (
        c.ComerRow(
            id="p1",
            name="王芳",
            username="wangfang",
            node=_BRANCH,
            has_password=True,
            active=True,
            may_start=True,
            names=((NameKind.PHONE, "138****5678"), (NameKind.STAFF_NUMBER, "20****33")),
        ),
        c.ComerRow(
            id="p2",
            name="李强",
            username="20150034",
            node=_BRANCH,
            has_password=False,
            active=True,
            may_start=True,
            invited_until=NOW + timedelta(days=14),
        ),
        c.ComerRow(
            id="p3",
            name="欧阳建国",
            username="ouyang",
            node="第一党小组",
            has_password=False,
            active=True,
            may_start=True,
        ),
        c.ComerRow(
            id="p4",
            name="陈志远",
            username="chen",
            node=_BRANCH,
            has_password=True,
            active=True,
            may_start=False,
        ),
        c.ComerRow(
            id="p5",
            name="刘老",
            username="liu",
            node=_BRANCH,
            has_password=True,
            active=False,
            may_start=False,
        ),
    )
    waiting = (
        c.WaitingRow(
            id="r1",
            name="李强",
            username="liqiang",
            node=_BRANCH,
            asked_at=NOW,
            known=(("p2", "李强", "20150034"), ("p3", "欧阳建国", "ouyang")),
            alike=1,
        ),
        c.WaitingRow(
            id="r2", name="王芳", username="fang2026", node=_BRANCH, asked_at=NOW, known=(), inside=1
        ),
    )
    url = "https://weike.example/join/K7QF2M9XTB"
    code = c.CodeView(code="K7QF2-M9XTB", url=url, ends_on=(NOW + timedelta(days=14)).date())
    page = c.InvitationsPage(
        frame=frame(STAFF, "/invitations"),
        node_id="b2",
        node=_BRANCH,
        closed=False,
        nodes=(
            c.NodeChoice(id="b2", name=_BRANCH, depth=0),
            c.NodeChoice(id="b3", name="第一党小组", depth=1),
        ),
        people=people,
        more=3,
        too_wide=False,
        count=8,
        without_password=2,
        invited=1,
        waiting=waiting,
        code=code,
        days=14,
        first_day=NOW.date(),
        last_day=(NOW + timedelta(days=14)).date(),
    )
    yield "invitations", page
    refused = RefusedForm(
        form="people/p1",
        typed={"staff_number": "", "phone": "12345"},
        reason=Reason(code="phone_unreadable", args={"field": "phone"}),
    )
    yield "invitations_wrong", replace(page, waiting=(), code=None, refused=refused, nodes=())
    taken = RefusedForm(
        form="requests/r1",
        typed={"known": "", "username": "liqiang"},
        reason=Reason(code="username_taken", args={"field": "username"}),
    )
    yield "invitations_taken", replace(page, people=(), refused=taken)
    empty = {
        "people": (),
        "more": 0,
        "count": 0,
        "too_wide": True,
        "without_password": 0,
        "invited": 0,
        "waiting": (),
    }
    yield "invitations_nobody", replace(page, code=None, nodes=(), **empty)
    for refusal in ("sheet_nobody", "sheet_too_large"):
        form = RefusedForm(
            form="sheet", typed={"who": "all"}, reason=Reason(code=refusal, args={"most": 500})
        )
        yield f"invitations_{refusal}", replace(page, refused=form, waiting=())
    names = (
        "王芳",
        "李强",
        "欧阳建国",
        "张梅",
        "买买提·艾力",
        "刘建国",
        "陈志远",
        "赵" * 40,
        "周敏",
        "吴桂英",
    )
    cards = tuple(_card(name, f"2015003{n}", "K7QF2-M9XTB") for n, name in enumerate(names))
    sheet = c.SheetPage(
        frame=frame(STAFF, "/invitations"),
        node_id="b2",
        node=_BRANCH,
        cards=cards,
        expires_at=NOW + timedelta(days=14),
        voided=3,
        left_out=1,
        start_url="https://weike.example/start",
        local=True,
    )
    yield "invitation_sheet", sheet
    reset = c.ResetPage(
        frame=frame(STAFF, "/invitations"),
        node_id="b2",
        card=cards[0],
        expires_at=NOW + timedelta(days=1),
        start_url="https://weike.example/start",
        is_first=False,
        local=False,
    )
    yield "invitation_reset", reset
    yield "invitation_first", replace(reset, is_first=True)
    qr, size = qr_path(url)
    yield (
        "invitation_poster",
        c.PosterPage(
            frame=frame(STAFF, "/invitations"),
            node_id="b2",
            node=_BRANCH,
            code=code,
            qr=qr,
            size=size,
            start_url="https://weike.example/start",
            local=False,
        ),
    )
