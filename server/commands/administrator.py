"""Who the command line is: the administrator of the machine, at the root of the organisation tree."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from library.core.clock import local_day
from library.core.errors import NotFound
from library.core.permits import MACHINE_ID, Grant, Role, Viewer
from library.core.text import name_key
from library.organisation import queries as organisation
from library.organisation.tables import Node
from library.people import queries as people


def root(session: Session) -> Node:
    """Return the root of the organisation tree."""
    return organisation.root_node(session)


def node(session: Session, text: str) -> Node:
    """Return the node that is meant by a code, a name, a path of names or an id, also a closed one; the root
    for nothing. Raises Invalid: node_unknown, node_ambiguous."""
    top = root(session)
    if not text.strip():
        return top
    if not organisation.called(session, [top.id], text, 1)[1]:  # a closed one by its code or its id
        one = session.get(Node, text.strip())
        one = one or (organisation.node_by_code(session, text) if " " not in text.strip() else None)
        if one is not None:
            return one
    return organisation.meant(session, [top.id], text, "to")


def known_viewer(session: Session, name: str, now: datetime) -> Viewer:
    """Return somebody as the library sees them now, by their user name; raises NotFound("person_unknown")."""
    person = people.person_by_username(session, name_key(name))
    if person is None or not person.active:
        raise NotFound("person_unknown", name=name)
    return people.viewer_of(session, person, local_day(now))


def machine(session: Session) -> Viewer:
    """Return the viewer who may see and do all: whoever may run commands here can read the files anyway."""
    top = root(session)
    return Viewer(MACHINE_ID, "", (Grant(Role.ADMIN, top.id, top.path),))
