"""Contexts of the pages about rights."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from library.core.permits import Role
from server.web.parts import Context, LessonRef, RefusedForm


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenBy:
    """One reason for which people see a thing, in words, and how many they are (None: nobody counts them)."""

    text: str
    count: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonAnswer:
    """Whether one person may see a lesson: reasons in words, or what is missing and who can change it."""

    name: str
    may: bool
    reasons: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WhoPage(Context):
    """GET /lessons/{id}/who?person= : who may see a lesson and why, who may change that, and, for those who
    keep people (`may_ask`), why one person may or may not. `refused`: the person is not known here."""

    template: ClassVar[str] = "rights/who.html"
    lesson: LessonRef
    seen_by: tuple[SeenBy, ...]
    changed_by: tuple[tuple[str, str], ...]
    may_ask: bool
    person: str = ""
    answer: PersonAnswer | None = None
    refused: RefusedForm | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ActAnswer:
    """Whether a person may do one thing at a node: what it is called, and why, or what is missing."""

    act: str
    may: bool
    reasons: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleHolder:
    """Somebody who holds a role at this very node; `until` is the last day, None for no end."""

    name: str
    username: str
    role: Role
    since: datetime
    until: date | None
    to_come: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RolesPage(Context):
    """GET /organisation/{id}/roles?person= : who holds which role here, who may do what here and why; and
    what one person may do here (`answers` about `asked`), or that nobody is meant (`unknown`).

    `given` are the roles that this viewer may hand over; POST .../hand-over takes (role, from, to, day).
    """

    template: ClassVar[str] = "rights/roles.html"
    node_id: str
    name: str
    members: int
    holders: tuple[RoleHolder, ...]
    rights: tuple[tuple[str, str], ...]
    given: tuple[Role, ...]
    today: date
    person: str = ""
    asked: str = ""
    answers: tuple[ActAnswer, ...] = ()
    unknown: RefusedForm | None = None
    refused: RefusedForm | None = None
