"""What makes a good name and password, and where a person belongs. Pure."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

from library.core.errors import Invalid
from library.core.permits import THREE_ADMINS, Role, Viewer
from library.core.text import name_key, required_name
from library.people.common_passwords import common_passwords

# NIST SP 800-63B: length matters, composition rules do not; at least 8, and 64 or more must be allowed.
PASSWORD_MIN = 8
PASSWORD_MAX = 256

NOTE_MAX = 200
"""Of what is said with a transfer and with its answer."""


KEPT_APART = "three_admins"
"""The setting under which sessions carry that the three administrators are kept apart (`two_of_three`)."""


def two_of_three(held: Collection[Role], wanted: Role) -> Role | None:
    """Return which of the three administrators somebody is already who is to become another of them.

    None where nothing stands against it: 三员 are three persons, wherever in the tree they hold it.
    """
    if wanted not in THREE_ADMINS:
        return None
    return next((role for role in THREE_ADMINS if role in held and role is not wanted), None)


class MembershipKind(StrEnum):
    """How a person belongs to a node: it is their home (组织关系所在), or they are a guest (挂靠、流动)."""

    HOME = "home"
    GUEST = "guest"


class TransferState(StrEnum):
    """What became of a transfer."""

    ASKED = "asked"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class ExemptionReason(StrEnum):
    """Why somebody is not counted among those who are due: age or illness, a long leave, work elsewhere."""

    FRAIL = "frail"
    LEAVE = "leave"
    AWAY = "away"
    OTHER = "other"


def clean_username(text: str) -> str:
    """Return the folded user name; raises Invalid when empty, too long, or with space inside."""
    _typed, name = required_name(text, "username")
    if " " in name:
        raise Invalid("space_inside", field="username")
    return name


def check_password(password: str, username: str) -> None:
    """Raise Invalid when the password is too short, too long, common, or the user name itself."""
    if len(password) < PASSWORD_MIN:
        raise Invalid("password_short", field="password", least=PASSWORD_MIN)
    if len(password) > PASSWORD_MAX:
        raise Invalid("too_long", field="password", most=PASSWORD_MAX, length=len(password))
    if (
        password.lower() in common_passwords(PASSWORD_MIN)
        or name_key(password) == username
        or len(set(password)) < 3
    ):
        raise Invalid("password_common", field="password")


def home_node(viewer: Viewer) -> str | None:
    """Return the id of the node a person belongs to: the home of their membership; None without one."""
    return next((one.node_id for one in viewer.belongs if one.is_home), None)


def teaches_for(viewer: Viewer) -> str | None:
    """Return the id of the node that a lecturer's lessons belong to: where they first became one, or more.

    None for who is no lecturer. What is given later, or further up, moves no lesson.
    """
    return next((grant.node_id for grant in viewer.grants if grant.gives(Role.LECTURER)), None)
