"""Doors and the account: filled with believable contents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from library.access.coming_in.tables import JoinState
from library.access.identities.rules import LinkedBy
from library.access.rules import LinkPurpose, TokenScope
from library.core.permits import Role
from library.hearing.rules import SpeechMode
from library.people.name_rules import NameKind
from server.slices.access import contexts as c
from server.slices.access import start_contexts as s
from server.slices.access.factor_pages import pending_factor
from server.web.parts import HeldRole, Reason, RefusedForm
from server.web.shown.recognition import SpeechChoicePart
from tests.server.pages.samples import LECTURER, NOW, Sample, frame

PROVIDERS = (
    c.ProviderChoice("sso", "全省党员干部统一身份认证平台"),
    c.ProviderChoice("wecom", "企业微信"),
)
LINKS = (
    c.LinkRow(
        id="l1",
        provider="企业微信",
        account="WangFang",
        linked_by=LinkedBy.INVITATION,
        since=NOW - timedelta(days=40),
        used_at=NOW,
    ),
)
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def second_factor_pages() -> Iterator[Sample]:
    """The second step, and every state of a second factor."""
    step = c.SecondStepPage(frame=frame(None, "/sign-in/second"), name="王芳", next="/mine")
    yield "second_step", step
    yield "second_step_wrong", replace(step, problem=Reason(code="second_factor_wrong"))
    own = c.SecondFactorPage(frame=frame(LECTURER, "/account/second-factor"), at="/account/second-factor")
    yield "second_factor_none", own
    pending = pending_factor(SECRET, "王芳", "https://weike.example")
    yield "second_factor_pending", replace(own, pending=pending)
    yield "second_factor_on", replace(own, since=NOW, codes_left=1)
    wrong = RefusedForm(
        form="codes", typed={}, reason=Reason(code="second_factor_wrong", args={"field": "code"})
    )
    yield "second_factor_wrong", replace(own, since=NOW, codes_left=9, required=True, refused=wrong)
    forced = replace(
        own, frame=frame(None, "/sign-in/second"), at="/sign-in/second", forced=True, required=True
    )
    yield "second_factor_forced", forced
    yield "second_factor_forced_pending", replace(forced, pending=pending)
    codes = tuple("-".join([f"{letter}{n}k7" for letter in "wxyz"]) for n in range(2, 10))
    yield (
        "second_factor_codes",
        replace(forced, next="/", codes=(*codes, "a2b3-c4d5-e6f7-g8h9", "zzzz-yyyy-xxxx-wwww")),
    )


def pages() -> Iterator[Sample]:
    """Signing in, being invited, the account."""
    sign_in = c.SignInPage(frame=frame(None, "/sign-in"), next="/mine")
    yield "sign_in", sign_in
    yield "sign_in_wrong", replace(sign_in, username="王芳", problem=Reason(code="sign_in_failed"))
    for code in ("sign_in_wait", "sign_in_wait_name", "sign_in_wait_address", "hashing_busy"):
        yield code, replace(sign_in, username="王芳", problem=Reason(code=code, args={"wait_s": 64}))
    welcome = c.WelcomePage(frame=frame(None, "/welcome/x"), token="x", purpose=LinkPurpose.FIRST_ADMIN)
    yield "welcome_first", welcome
    yield (
        "welcome_invite",
        replace(welcome, purpose=LinkPurpose.INVITE, role=Role.LECTURER, branch="余村党支部", name="张梅"),
    )
    yield (
        "welcome_reset",
        replace(
            welcome,
            purpose=LinkPurpose.RESET,
            username="王芳",
            problem=Reason(code="password_short", args={"least": 8}),
        ),
    )
    yield (
        "welcome_providers",
        replace(welcome, purpose=LinkPurpose.INVITE, branch="余村党支部", name="张梅", providers=PROVIDERS),
    )
    yield "sign_in_providers", replace(sign_in, providers=PROVIDERS)
    for code, provider in (
        *((code, "统一认证") for code in ("provider_away", "provider_clock", "provider_flow_over")),
        *((code, "企业微信") for code in ("identity_outsider", "provider_refused", "provider_denied")),
    ):
        problem = Reason(code=code, args={"provider": provider})
        yield code, replace(sign_in, providers=PROVIDERS, problem=problem)
    unknown = Reason(code="identity_unknown", args={"account": "wangfang@县委"})
    yield "identity_unknown", replace(sign_in, providers=PROVIDERS, problem=unknown)
    yield "signed_out_here", replace(sign_in, providers=PROVIDERS, left=PROVIDERS[0])
    yield from second_factor_pages()
    yield (
        "welcome_start",
        replace(
            welcome,
            purpose=LinkPurpose.START,
            username="20150033",
            name="王芳",
            branch="天荒坪镇余村村党支部",
        ),
    )
    yield (
        "welcome_reset_by",
        replace(welcome, purpose=LinkPurpose.RESET, username="王芳", made_by="张书记", made_at=NOW),
    )
    yield (
        "welcome_mail_reset",
        replace(welcome, purpose=LinkPurpose.MAIL_RESET, username="王芳", made_at=NOW),
    )
    forgotten = c.ForgottenPage(frame=frame(None, "/sign-in/forgotten"))
    yield "forgotten", forgotten
    wait = Reason(code="forgotten_wait", args={"wait_s": 30})
    yield "forgotten_wait", replace(forgotten, username="wangfang", problem=wait)
    own_mail = c.MailPage(frame=frame(LECTURER, "/account/mail"), address="", wanted="", has_password=True)
    yield "mail", own_mail
    yield "mail_wanted", replace(own_mail, address="wangfang@example.cn", wanted="wang.fang@mail.example.cn")
    no_address = Reason(code="mail_address", args={"field": "address", "address": "wang fang"})
    yield "mail_wrong", replace(own_mail, typed="wang fang", problem=no_address)
    yield "mail_without_password", replace(own_mail, has_password=False)
    yield (
        "confirm_mail",
        c.ConfirmMailPage(
            frame=frame(None, "/account/mail/x"), token="x", name="王芳", address="wangfang@example.cn"
        ),
    )
    start = s.StartPage(frame=frame(None, "/start"))
    yield "start", start
    yield "start_wrong", replace(start, code="K7QF2-M9XT8", problem=Reason(code="code_unknown"))
    yield (
        "start_wait",
        replace(start, code="K7QF2-M9XT8", problem=Reason(code="code_wait", args={"wait_s": 9})),
    )
    join = s.JoinPage(frame=frame(None, "/join/x"), code="K7QF2M9XTB", branch="天荒坪镇余村村党支部")
    yield "join", join
    yield (
        "join_wrong",
        replace(
            join,
            name="王<b>芳</b>",
            username="wang fang",
            problem=Reason(code="space_inside", args={"field": "username"}),
        ),
    )
    for code in ("join_full", "join_wait"):
        yield code, replace(join, name="王芳", problem=Reason(code=code, args={"wait_s": 30}))
    for state in JoinState:
        asked = s.AskedPage(
            frame=frame(None, "/welcome/asked/x"),
            state=state,
            branch="余村党支部",
            name="王芳",
            username="wangfang",
        )
        yield f"asked_{state}", asked
    held = (HeldRole(role=Role.LECTURER, node_id="b2", branch="余村党支部"),)
    yield (
        "account",
        c.AccountPage(
            frame=frame(LECTURER, "/account"),
            roles=held,
            tokens=(
                c.TokenRow(
                    id="t1",
                    label="县里的统计程序",
                    scope=TokenScope.READ,
                    created_at=NOW,
                    expires_at=NOW + timedelta(days=90),
                ),
                c.TokenRow(
                    id="t2",
                    label="会议室电脑上自动上传录像的脚本",
                    scope=TokenScope.WRITE,
                    created_at=NOW - timedelta(days=90),
                    expires_at=NOW,
                    over=True,
                    last_used_at=NOW,
                ),
            ),
            devices=(
                c.DeviceRow(
                    id="d1",
                    agent="Mozilla/5.0 (Linux; Android 13) MicroMessenger/8",
                    since=NOW - timedelta(days=12),
                    last_seen_at=NOW,
                    this_one=True,
                    network="203.0.113.0",
                ),
                c.DeviceRow(id="d2", agent="", since=NOW - timedelta(days=3), last_seen_at=NOW),
            ),
            new_token="wk_7f3k2q9d5m8x",
            names=((NameKind.PHONE, "13812345678"), (NameKind.STAFF_NUMBER, "20150033")),
            resets=(
                c.ResetRow(made_at=NOW, by="张书记", used_at=NOW),
                c.ResetRow(made_at=NOW - timedelta(days=9), by="", used_at=None),
            ),
            speech=SpeechChoicePart(
                mode=SpeechMode.ON_REQUEST,
                server=SpeechMode.ON_REQUEST,
                why_not=Reason(code="speech_extra_missing", args={"package": "faster-whisper"}),
            ),
        ),
    )
    yield (
        "account_linked",
        c.AccountPage(
            frame=frame(LECTURER, "/account"),
            roles=held,
            tokens=(),
            devices=(),
            has_password=False,
            second_factor="on",
            links=LINKS,
            speech=SpeechChoicePart(mode=SpeechMode.NEVER, server=SpeechMode.ALWAYS, chosen=SpeechMode.NEVER),
        ),
    )
    ways_in = c.WaysInPage(
        frame=frame(LECTURER, "/people/p1/ways-in"), person_id="p1", name="王芳", username="wangfang"
    )
    yield "ways_in_none", ways_in
    yield (
        "ways_in",
        replace(ways_in, factor_since=NOW, codes_left=7, may_take_off=True, links=LINKS),
    )
