"""Signing in, one-time links and one's own account."""

from __future__ import annotations

import library.access.coming_in.tables
import library.access.factor_tables
import library.access.identities.tables
import library.access.mail_tables
import library.access.tables
import library.outbox.tables
from server.slices.access import (
    account,
    api,
    mail,
    own_factor,
    second_step,
    sign_in,
    start,
    through_providers,
    ways_in,
)
from server.slices.access.contexts import (
    AccountPage,
    ConfirmMailPage,
    ForgottenPage,
    MailPage,
    SecondFactorPage,
    SecondStepPage,
    SignInPage,
    WaysInPage,
    WelcomePage,
)
from server.slices.access.sentences import SENTENCES
from server.slices.access.start_contexts import AskedPage, JoinPage, StartPage
from server.slices.access.words import WORDS
from server.web.slice import Slice

SLICE = Slice(
    name="access",
    routers=(
        sign_in.router,
        second_step.router,
        through_providers.router,
        start.router,
        account.router,
        own_factor.router,
        mail.router,
        ways_in.router,
        api.router,
    ),
    pages=(
        *(SignInPage, WelcomePage, StartPage, JoinPage, AskedPage),
        *(SecondStepPage, SecondFactorPage, AccountPage, WaysInPage),
        *(ForgottenPage, MailPage, ConfirmMailPage),
    ),
    sentences=SENTENCES,
    words=WORDS,
    tables=(
        library.access.tables,
        library.access.coming_in.tables,
        library.access.factor_tables,
        library.access.identities.tables,
        library.access.mail_tables,
        library.outbox.tables,
    ),
)
