"""The language in which permits are written: roles at nodes, viewers, scope tokens.

A viewer holds *scope tokens*, what is shown carries *scope tokens*, and whoever shares one may see it. What a
noun carries, and what may be done with it, is decided beside the noun (library.catalog.permits for lessons).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a person is at a node of the organisation tree; each holds what the ones before it hold."""

    MEMBER = "member"
    LECTURER = "lecturer"
    STAFF = "staff"
    ADMIN = "admin"


_RANK = {role: rank for rank, role in enumerate(Role)}


@dataclass(frozen=True)
class Grant:
    """A role held at a branch; `path` is the branch's chain of ids from the root, "/a/b/"."""

    role: Role
    branch_id: str
    path: str

    def gives(self, role: Role) -> bool:
        """Tell whether it is `role`, or a higher one."""
        return _RANK[self.role] >= _RANK[role]


@dataclass(frozen=True)
class Viewer:
    """The person who asks, or nobody (`person_id` None), with the roles they hold, first given first."""

    person_id: str | None = None
    name: str = ""
    grants: tuple[Grant, ...] = ()

    @property
    def signed_in(self) -> bool:
        """Whether the viewer has an account."""
        return self.person_id is not None

    def has(self, role: Role) -> bool:
        """Tell whether the viewer holds `role`, or a higher one, anywhere."""
        return any(g.gives(role) for g in self.grants)

    def holds_at(self, role: Role, path: str) -> bool:
        """Tell whether the viewer holds `role`, or a higher one, at the branch with `path` or above it."""
        return any(g.gives(role) and path.startswith(g.path) for g in self.grants)


NOBODY = Viewer()


def scope_of(viewer: Viewer) -> frozenset[str]:
    """Return the tokens a viewer holds."""
    if viewer.person_id is None:
        return frozenset({"everyone"})
    staffed = {f"branch:{g.branch_id}" for g in viewer.grants if g.gives(Role.STAFF)}
    return frozenset({"everyone", "signed_in", f"owner:{viewer.person_id}"} | staffed)


def branch_chain(path: str) -> tuple[str, ...]:
    """Return the branch ids in a path "/a/b/", root first."""
    return tuple(part for part in path.split("/") if part)
