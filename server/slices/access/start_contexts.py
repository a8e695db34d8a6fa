"""Contexts of those who come in: a code that is typed, a branch that takes people in, and the wait for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from library.access.coming_in.tables import JoinState
from library.people.rules import PASSWORD_MIN
from server.web.parts import Context, Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class StartPage(Context):
    """GET /start : a code from paper, one's own or a branch's; POST to the same address (code)."""

    template: ClassVar[str] = "access/start.html"
    code: str = ""
    problem: Reason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinPage(Context):
    """GET /join/{code} : ask to be taken into `branch`; POST to the same address (name, username, password,
    again)."""

    template: ClassVar[str] = "access/join.html"
    code: str
    branch: str
    name: str = ""
    username: str = ""
    min_password: int = PASSWORD_MIN
    problem: Reason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedPage(Context):
    """GET /welcome/asked/{receipt} : what became of it. `username` is the account's, once there is one, and
    until then what was asked for."""

    template: ClassVar[str] = "access/asked.html"
    state: JoinState
    branch: str
    name: str = ""
    username: str = ""
