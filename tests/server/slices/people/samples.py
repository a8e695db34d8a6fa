"""The list of people: filled with believable contents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from library.core.permits import Role
from server.slices.people import contexts as c
from server.web.parts import HeldRole, Reason, RefusedForm
from tests.server.pages.samples import NOW, STAFF, Sample, frame, pager


def pages() -> Iterator[Sample]:
    """Everybody, and nobody who is called so."""
    held = (HeldRole(role=Role.LECTURER, branch_id="b2", branch="余村党支部"),)
    branches = (
        c.BranchRow(id="b1", name="安吉县委党校", depth=0),
        c.BranchRow(id="b2", name="余村党支部", depth=1),
    )
    people = (
        c.PersonRow(id="p1", username="wangfang", name="王芳", roles=held, last_seen_at=NOW, may_change=True),
        c.PersonRow(
            id="p2",
            username="陈志远",
            name="陈志远",
            roles=(HeldRole(role=Role.ADMIN, branch_id="b1", branch="安吉县委党校"),),
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
