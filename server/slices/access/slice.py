"""Signing in, one-time links and one's own account."""

from __future__ import annotations

import library.access.tables
from server.slices.access import account, sign_in
from server.slices.access.contexts import AccountPage, SignInPage, WelcomePage
from server.slices.access.sentences import SENTENCES
from server.web.slice import Slice

SLICE = Slice(
    name="access",
    routers=(sign_in.router, account.router),
    pages=(SignInPage, WelcomePage, AccountPage),
    sentences=SENTENCES,
    tables=(library.access.tables,),
)
