"""Sites: where lessons are held. The staff keep them; a lesson is put there by who may change it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from library.audit import actions as audit
from library.audit.rules import Deed
from library.catalog import queries as catalog
from library.catalog.permits import Action
from library.core.errors import Conflict, Forbidden, Invalid
from library.core.ids import new_id
from library.core.permits import Role, Viewer
from library.core.text import clean_block, name_key, required_name, short_line
from library.works import queries
from library.works.rules import PLACE_MAX, TEXT_MAX, Point
from library.works.tables import LessonSite, Site


@dataclass(frozen=True)
class SiteWords:
    """What somebody types of a site; `point` is None where nobody says where exactly it is."""

    name: str
    place: str = ""
    text: str = ""
    point: Point | None = None


def make(session: Session, viewer: Viewer, what: SiteWords, now: datetime) -> Site:
    """Make a site of the node whose staff the viewer is; raises Forbidden, Invalid,
    Conflict("site_taken")."""
    home = next((grant.node_id for grant in viewer.grants if grant.gives(Role.STAFF)), None)
    if home is None:
        raise Forbidden
    row = Site(id=new_id(), node_id=home, created_at=now)
    _put(session, row, what)
    session.add(row)
    session.flush()
    audit.note(session, Deed.SITE, viewer.person_id, thing=row.id, what="made")
    return row


def describe(session: Session, viewer: Viewer, site_id: str, what: SiteWords) -> Site:
    """Change what is written about a site; raises NotFound, Forbidden, Invalid, Conflict("site_taken")."""
    row = queries.site_kept(session, viewer, site_id)
    _put(session, row, what)
    session.flush()
    audit.note(session, Deed.SITE, viewer.person_id, thing=row.id, what="described")
    return row


def remove(session: Session, viewer: Viewer, site_id: str) -> None:
    """Take a site away; its lessons stay. Raises NotFound, Forbidden."""
    row = queries.site_kept(session, viewer, site_id)
    session.delete(row)
    session.flush()
    audit.note(session, Deed.SITE, viewer.person_id, thing=site_id, what="deleted")


def _put(session: Session, row: Site, what: SiteWords) -> None:
    name, folded = required_name(what.name, "name")
    other = session.scalar(select(Site.id).where(Site.folded == folded, Site.id != row.id))
    if other is not None:
        raise Conflict("site_taken", field="name")
    row.name, row.folded = name, folded
    row.place = short_line(what.place, "place", PLACE_MAX)
    row.text = clean_block(what.text, "text", TEXT_MAX)
    row.latitude, row.longitude = what.point or (None, None)


def hold_at(session: Session, viewer: Viewer, lesson_id: str, name: str) -> None:
    """Note where a lesson was held, by the site's name; "" nowhere. Raises NotFound, Forbidden,
    Invalid("site_unknown")."""
    lesson = catalog.lesson_for(session, viewer, lesson_id, Action.EDIT)
    known = session.get(LessonSite, lesson.id)
    folded = name_key(name)
    if not folded:
        if known is not None:
            session.delete(known)
            session.flush()
        return
    site_id = session.scalar(select(Site.id).where(Site.folded == folded))
    if site_id is None:
        raise Invalid("site_unknown", field="site")
    if known is None:
        session.add(LessonSite(lesson_id=lesson.id, site_id=site_id))
    else:
        known.site_id = site_id
    session.flush()
