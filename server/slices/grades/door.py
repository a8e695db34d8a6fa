"""One request at grades: what its pages have in common, and how a form that was not taken comes back."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from sqlalchemy.orm import Session

from library.core.errors import Invalid, NotFound
from library.grades import queries, rules
from library.organisation import queries as organisation
from library.organisation.tables import Node
from server.web.form_door import FormDoor


class GradesDoor(FormDoor):
    """Who asks, and what is open for them."""

    @property
    def last_month(self) -> str:
        """The month before this one: the one that is graded."""
        return rules.month_after(rules.month_of(self.today), -1)

    def node(self, session: Session, node_id: str) -> Node:
        """Return a node whose grades the viewer keeps, "" being the topmost; raises NotFound."""
        within = queries.outermost(self.viewer)
        return queries.node_kept(session, self.viewer, node_id or (within[0] if within else ""))

    def choices(self, session: Session, node: Node) -> tuple[tuple[str, str], ...]:
        """Return the topmost nodes that the viewer keeps, and the one that is shown, with their names."""
        ids = list(dict.fromkeys([*queries.outermost(self.viewer), node.id]))
        names = organisation.node_names(session, ids)
        return tuple((one, names[one]) for one in ids if one in names)


DoorDep = Annotated[GradesDoor, Depends()]


def period_at(text: str, usual: str) -> str:
    """Return the period of an address, `usual` where it says none; raises NotFound for what is none."""
    try:
        return rules.read_period(text) if text else usual
    except Invalid:
        raise NotFound from None
