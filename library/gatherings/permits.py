"""Who may look at a gathering, plan it and keep its roll: what library.core.rights says of it. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from library.core.permits import Viewer, group_token, node_token
from library.core.rights import Act, Thing, allowed


def may_plan(viewer: Viewer, path: str) -> bool:
    """Tell whether the viewer may plan gatherings of a node: its secretary, the staff there or above."""
    return allowed(viewer, Act.GATHERING_PLAN, Thing(path))


def may_host(viewer: Viewer, path: str, hosts: Iterable[str | None]) -> bool:
    """Tell whether the viewer may keep the roll of a gathering whose chair, recorder and hosts of rooms are
    `hosts`: those, and who plans it."""
    things = [Thing(path, owner_id=one) for one in hosts if one is not None]
    return any(allowed(viewer, Act.GATHERING_HOST, thing) for thing in [Thing(path), *things])


def may_lead(viewer: Viewer, path: str, leaders: Iterable[str | None]) -> bool:
    """Tell whether the viewer may begin and end a gathering for all its rooms: its chair, its recorder and
    who made it (`leaders`), and who plans it. The host of one of several rooms keeps a list, and no more."""
    return may_host(viewer, path, leaders)


def may_look(
    viewer: Viewer, path: str, node_id: str, group_id: str | None, concerned: Iterable[str | None]
) -> bool:
    """Tell whether the viewer may know of a gathering: members of the node and below, learners of the group,
    whom it concerns by name (hosts, asked, on the roll), and who plans it."""
    token = group_token(group_id) if group_id is not None else node_token(node_id)
    things = [Thing(path, owner_id=one) for one in concerned if one is not None]
    open_one = Thing(path, open_to=frozenset({token}))
    return any(allowed(viewer, Act.GATHERING_LOOK, thing) for thing in [open_one, *things])
