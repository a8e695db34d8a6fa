"""What makes a good name and password, and where a person belongs. Pure."""

from __future__ import annotations

from library.core.errors import Invalid
from library.core.permits import Role, Viewer
from library.core.text import name_key, required_name

# NIST SP 800-63B: length matters, composition rules do not; at least 8, and 64 or more must be allowed.
PASSWORD_MIN = 8
PASSWORD_MAX = 256
# The few that every guesser tries first; a full list would not stop a patient one, the throttle does.
_COMMON = frozenset(
    {"12345678", "123456789", "1234567890", "88888888", "66666666", "00000000", "11111111", "password"}
    | {"qwertyuiop", "abc12345", "abcd1234", "11223344", "147258369", "password1", "admin123", "iloveyou"}
)


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
    if password.lower() in _COMMON or name_key(password) == username or len(set(password)) < 3:
        raise Invalid("password_common", field="password")


def home_branch(viewer: Viewer, least: Role = Role.MEMBER) -> str | None:
    """Return the id of the branch a person belongs to: where they were first given `least` or a higher role.

    None without any. What is given later, or further up, moves nobody: plays go on counting for the branch
    that they counted for. A lecturer's lessons belong where they first became one.
    """
    return next((grant.branch_id for grant in viewer.grants if grant.gives(least)), None)
