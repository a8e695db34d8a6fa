"""Doors and the account: filled with believable contents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from library.core.permits import Role
from server.slices.access import contexts as c
from server.web.parts import HeldRole, Reason
from tests.server.pages.samples import LECTURER, NOW, Sample, frame


def pages() -> Iterator[Sample]:
    """Signing in, being invited, the account."""
    sign_in = c.SignInPage(frame=frame(None, "/sign-in"), next="/mine")
    yield "sign_in", sign_in
    yield "sign_in_wrong", replace(sign_in, username="王芳", problem=Reason(code="sign_in_failed"))
    welcome = c.WelcomePage(frame=frame(None, "/welcome/x"), token="x", purpose="first_admin")
    yield "welcome_first", welcome
    yield (
        "welcome_invite",
        replace(welcome, purpose="invite", role=Role.LECTURER, branch="余村党支部", name="张梅"),
    )
    yield (
        "welcome_reset",
        replace(
            welcome,
            purpose="reset",
            username="王芳",
            problem=Reason(code="password_short", args={"least": 8}),
        ),
    )
    held = (HeldRole(role=Role.LECTURER, branch_id="b2", branch="余村党支部"),)
    yield (
        "account",
        c.AccountPage(
            frame=frame(LECTURER, "/account"),
            roles=held,
            tokens=(c.TokenRow(id="t1", label="县里的统计程序", created_at=NOW, last_used_at=None),),
            devices=(
                c.DeviceRow(
                    id="d1",
                    agent="Mozilla/5.0 (Linux; Android 13) MicroMessenger/8",
                    last_seen_at=NOW,
                    this_one=True,
                ),
                c.DeviceRow(id="d2", agent="", last_seen_at=NOW),
            ),
            new_token="wk_7f3k2q9d5m8x",
        ),
    )
