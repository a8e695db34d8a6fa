"""Who reads a reflection, and who decides whether it is published: what library.core.rights says. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from library.core.permits import Role, Viewer, node_chain, node_token
from library.core.rights import Act, Thing, allowed
from library.reflections.rules import Reach, ReflectionState


@dataclass(frozen=True)
class Facts:
    """What permits need to know of a reflection; `path` is that of the writer's home when it was sent, ""
    before."""

    writer_id: str
    state: ReflectionState
    path: str = ""
    reach: Reach | None = None
    reach_node_id: str | None = None


def _thing(facts: Facts) -> Thing:
    open_to = frozenset[str]()
    if facts.state is ReflectionState.PUBLISHED:
        everybody = facts.reach is Reach.PUBLIC
        open_to = frozenset({"everyone" if everybody else node_token(facts.reach_node_id or "-")})
    return Thing(facts.path or "-", facts.writer_id, facts.state, open_to)


def may_view(viewer: Viewer, facts: Facts) -> bool:
    """Tell whether the viewer may read it, and hear it."""
    return allowed(viewer, Act.REFLECTION_VIEW, _thing(facts))


def may_decide(viewer: Viewer, facts: Facts) -> bool:
    """Tell whether the viewer publishes it or gives it back. Nobody decides about their own."""
    return viewer.person_id != facts.writer_id and allowed(viewer, Act.REFLECTION_DECIDE, _thing(facts))


def may_ask(viewer: Viewer, path: str) -> bool:
    """Tell whether the viewer may ask the people of a node to write about a week."""
    return allowed(viewer, Act.WEEK_PLAN, Thing(path))


def home_of(viewer: Viewer) -> str | None:
    """Return the node whose secretary reads what the viewer sends: their home, else that of a role."""
    home = next((one.node_id for one in viewer.belongs if one.is_home), None)
    return home or next((grant.node_id for grant in viewer.grants), None)


def chain_of(viewer: Viewer) -> tuple[str, ...]:
    """Return the nodes from the viewer's home to the root, nearest first."""
    home = next((one.path for one in viewer.belongs if one.is_home), None)
    path = home or next((grant.path for grant in viewer.grants), "")
    return tuple(reversed(node_chain(path)))


def reaches_of(viewer: Viewer, path: str) -> tuple[str, ...]:
    """Return the nodes for whose people the viewer may publish what was sent at a node, from it upwards: as
    far up as they keep people themselves."""
    chain = node_chain(path)
    found = []
    for n in range(len(chain), 0, -1):
        if not viewer.holds_at(Role.SECRETARY, f"/{'/'.join(chain[:n])}/"):
            break
        found.append(chain[n - 1])
    return tuple(found)
