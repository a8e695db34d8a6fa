"""The language in which permits are written: roles at nodes, viewers, scope tokens.

A viewer holds *scope tokens*, what is shown carries *scope tokens*, and whoever shares one may see it. What a
noun carries, and what may be done with it, is decided beside the noun (library.catalog.permits for lessons).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a person is at a node of the organisation tree; what each holds of the others is in `HOLDS`.

    A secretary keeps the people of a branch, a reviewer reads what is declared, an auditor reads the ledger
    of deeds and nothing else.
    """

    MEMBER = "member"
    LECTURER = "lecturer"
    SECRETARY = "secretary"
    REVIEWER = "reviewer"
    STAFF = "staff"
    AUDITOR = "auditor"
    ADMIN = "admin"


class MemberState(StrEnum):
    """What a person is to the party: full, probationary, wants to become a member, none."""

    FULL = "full"
    PROBATIONARY = "probationary"
    ACTIVIST = "activist"
    MASSES = "masses"


_STAFF = frozenset({Role.STAFF, Role.REVIEWER, Role.SECRETARY, Role.LECTURER, Role.MEMBER})
HOLDS: Mapping[Role, frozenset[Role]] = {
    Role.MEMBER: frozenset({Role.MEMBER}),
    Role.LECTURER: frozenset({Role.LECTURER, Role.MEMBER}),
    Role.SECRETARY: frozenset({Role.SECRETARY, Role.MEMBER}),
    Role.REVIEWER: frozenset({Role.REVIEWER, Role.MEMBER}),
    Role.STAFF: _STAFF,
    Role.AUDITOR: frozenset({Role.AUDITOR, Role.MEMBER}),
    Role.ADMIN: _STAFF | {Role.AUDITOR, Role.ADMIN},
}
"""What each role holds: itself, and the roles that it includes. Not an order: a secretary is no lecturer."""

THREE_ADMINS = (Role.ADMIN, Role.STAFF, Role.AUDITOR)
"""三员 where they are kept apart (a setting): who runs the system, who keeps its rights and contents (the
security administrator of 分级保护), and who audits both. Nobody holds two of them."""


def held_by(role: Role, *, apart: bool = False) -> frozenset[Role]:
    """Return what a role holds; where the three administrators are kept apart, no other holds the auditor."""
    if apart and role is not Role.AUDITOR:
        return HOLDS[role] - {Role.AUDITOR}
    return HOLDS[role]


@dataclass(frozen=True)
class Grant:
    """A role held at a branch; `path` is the branch's chain of ids from the root, "/a/b/".

    `apart`: the three administrators are kept apart (`held_by`).
    """

    role: Role
    node_id: str
    path: str
    apart: bool = False

    def gives(self, role: Role) -> bool:
        """Tell whether it is `role`, or one that includes it."""
        return role in held_by(self.role, apart=self.apart)


@dataclass(frozen=True)
class Belonging:
    """That a person is a member of a node today; `path` as in Grant, `state` None while nobody told it."""

    node_id: str
    path: str
    is_home: bool
    state: MemberState | None = None


MACHINE_ID = "-"
"""Stands for a person's id where the machine itself is the viewer: no id looks like this."""


@dataclass(frozen=True)
class Viewer:
    """The person who asks, or nobody (`person_id` None).

    With the roles they hold, first given first, where they belong, their home first, and the ids of their
    learning groups.
    """

    person_id: str | None = None
    name: str = ""
    grants: tuple[Grant, ...] = ()
    belongs: tuple[Belonging, ...] = ()
    groups: tuple[str, ...] = ()

    @property
    def signed_in(self) -> bool:
        """Whether the viewer has an account."""
        return self.person_id is not None

    @property
    def writer_id(self) -> str | None:
        """Whose id stands in what the viewer writes, None for nobody and for the machine itself."""
        return self.person_id if self.person_id != MACHINE_ID else None

    def has(self, role: Role) -> bool:
        """Tell whether the viewer holds `role`, or one that includes it, anywhere."""
        return any(g.gives(role) for g in self.grants)

    def holds_at(self, role: Role, path: str) -> bool:
        """Tell whether the viewer holds `role`, or one that includes it, at the node with `path` or above."""
        return any(g.gives(role) and path.startswith(g.path) for g in self.grants)

    def holds_at_root(self, role: Role) -> bool:
        """Tell whether the viewer holds `role`, or one that includes it, at the root of the tree."""
        return any(g.gives(role) and len(node_chain(g.path)) == 1 for g in self.grants)


NOBODY = Viewer()


WHOLE_TREE = "tree"
"""The token of everything, for those who read all that the whole organisation has."""

ORGANISATION = "organisation"
"""The token of whoever belongs to a node, whichever it is."""


def node_token(node_id: str, state: MemberState | None = None) -> str:
    """Return the token of the members of a node and of all below it; with `state` of those who are that."""
    return f"in:{node_id}:{state}" if state else f"in:{node_id}"


def group_token(group_id: str, state: MemberState | None = None) -> str:
    """Return the token of a learning group; with `state` of those in it who are that."""
    return f"group:{group_id}:{state}" if state else f"group:{group_id}"


def kind_token(state: MemberState) -> str:
    """Return the token of all who are `state`, wherever they belong."""
    return f"kind:{state}"


def belonging_tokens(viewer: Viewer) -> frozenset[str]:
    """Return the tokens of where somebody belongs: every node from there to the root, groups, what they are.

    The paths of their own nodes tell it, so no query is needed, and a moved node gives other tokens to all
    below it at once. A guest of whom nobody told what they are there is what they are at home.
    """
    if not viewer.belongs and not viewer.groups:
        return frozenset()
    home = next((one.state for one in viewer.belongs if one.is_home), None)
    states = {one.state or home for one in viewer.belongs} - {None}
    tokens = {ORGANISATION} if viewer.belongs else set()
    tokens |= {kind_token(state) for state in states if state}
    for one in viewer.belongs:
        for node_id in node_chain(one.path):
            tokens.add(node_token(node_id))
            if state := one.state or home:
                tokens.add(node_token(node_id, state))
    for group_id in viewer.groups:
        tokens.add(group_token(group_id))
        tokens |= {group_token(group_id, state) for state in states if state}
    return frozenset(tokens)


def audience_of(viewer: Viewer) -> frozenset[str]:
    """Return the tokens of the audiences to which a viewer belongs; what is published for one is for them."""
    if viewer.person_id is None:
        return frozenset({"everyone"})
    return belonging_tokens(viewer) | {"everyone", "signed_in"}


def scope_of(viewer: Viewer, overseen: Iterable[str] = ()) -> frozenset[str]:
    """Return the tokens a viewer holds; `overseen` are the ids of the nodes below those where they read all.

    What is shown names the one node that owns it and none above, so that a node can be moved with thousands
    below it and nothing in an index has to change. Whoever reads the whole tree needs no `overseen`.
    """
    if viewer.person_id is None:
        return audience_of(viewer)
    tokens = audience_of(viewer) | {f"owner:{viewer.person_id}"}
    if oversees_all(viewer):
        tokens |= {WHOLE_TREE}
    return tokens | {f"branch:{node_id}" for node_id in overseen}


def oversees_all(viewer: Viewer) -> bool:
    """Tell whether the viewer reads what the whole organisation has, published or not."""
    return viewer.holds_at_root(Role.REVIEWER)


def node_chain(path: str) -> tuple[str, ...]:
    """Return the branch ids in a path "/a/b/", root first."""
    return tuple(part for part in path.split("/") if part)
