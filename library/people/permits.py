"""Who may give which role where, and whose account anybody may change. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from library.core.permits import Role, Viewer
from library.core.rights import Act, Thing, allowed, given_by

Held = Sequence[tuple[Role, str]]
"""The roles of a person, each with the path of its branch."""


def roles_below(viewer: Viewer, path: str) -> tuple[Role, ...]:
    """Return the roles the viewer may give at a node (library.core.rights.GIVES), in their order."""
    given = given_by(viewer, path)
    return tuple(role for role in Role if role in given)


def keeps(viewer: Viewer, path: str) -> bool:
    """Tell whether the viewer keeps the people of a node: its secretary, or the staff there or above."""
    return allowed(viewer, Act.PEOPLE_KEEP, Thing(path))


def administers_all(viewer: Viewer) -> bool:
    """Tell whether the viewer administers the whole organisation tree."""
    return viewer.holds_at_root(Role.ADMIN)


def may_change(viewer: Viewer, person_id: str, held: Held) -> bool:
    """Tell whether the viewer may reset, close or open somebody's account: never their own.

    They must be able to give every role that the person holds. Whoever holds none belongs to no branch: they
    are for those who administer the whole tree.
    """
    if person_id == viewer.person_id:
        return False
    if not held:
        return administers_all(viewer)
    return all(role in roles_below(viewer, path) for role, path in held)


def may_erase(viewer: Viewer, person_id: str, held: Held) -> bool:
    """Tell whether the viewer may erase somebody: who may change them, and administers all their branches."""
    administers = all(allowed(viewer, Act.PEOPLE_ERASE, Thing(path)) for _role, path in held)
    return administers and may_change(viewer, person_id, held)


def may_start(viewer: Viewer, person_id: str, held: Held, home: str | None) -> bool:
    """Tell whether the viewer may let somebody in, or let them choose a new password: never oneself.

    Whoever keeps the people of their home (the path of its node, None without one) may, if the person holds
    no role that the viewer could not give; to be a plain member elsewhere too is none of these. Who may
    change them may as well.
    """
    if person_id == viewer.person_id:
        return False
    if home is None or not keeps(viewer, home):
        return may_change(viewer, person_id, held)
    return all(role is Role.MEMBER or role in roles_below(viewer, path) for role, path in held)
