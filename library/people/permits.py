"""Who may give which role where. Pure."""

from __future__ import annotations

from library.core.permits import Role, Viewer


def roles_below(viewer: Viewer, path: str) -> tuple[Role, ...]:
    """Return the roles the viewer may give at a branch: staff give up to lecturer, admins all."""
    if viewer.holds_at(Role.ADMIN, path):
        return tuple(Role)
    if viewer.holds_at(Role.STAFF, path):
        return (Role.MEMBER, Role.LECTURER)
    return ()
