"""Who the command line is: the administrator of the machine, at the root of the organisation tree."""

from __future__ import annotations

from sqlalchemy.orm import Session

from library.core.permits import Grant, Role, Viewer
from library.organisation import queries as organisation
from library.organisation.tables import Branch

_NOBODYS_ID = "-"  # no id looks like this: the machine owns nothing and nothing is written in its name


def root(session: Session) -> Branch:
    """Return the root of the organisation tree."""
    return organisation.root_branch(session)


def machine(session: Session) -> Viewer:
    """Return the viewer who may see and do all: whoever may run commands here can read the files anyway."""
    top = root(session)
    return Viewer(_NOBODYS_ID, "", (Grant(Role.ADMIN, top.id, top.path),))
