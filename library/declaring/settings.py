"""The writer of what nodes say of levels."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from library.audit import actions as audit
from library.audit.rules import Deed
from library.core.permits import Viewer
from library.declaring import queries, rules
from library.declaring.rules import Setting
from library.declaring.tables import LevelSetting
from library.people import queries as people


def put(session: Session, viewer: Viewer, node_id: str, setting: Setting, now: datetime) -> Setting:
    """Say how a node and all below it review, from the next declaration on; those on their way keep theirs.

    Raises NotFound, Invalid: level_number, level_twice.
    """
    node = queries.node_to_arrange(session, viewer, node_id)
    kept = rules.cleaned(setting)
    by = people.noted_by(session, viewer)
    row = session.get(LevelSetting, node.id)
    if row is None:
        row = LevelSetting(node_id=node.id)
        session.add(row)
    row.levels, row.quota, row.period = rules.levels_json(kept.levels), kept.quota, kept.period
    row.set_by, row.set_at = by, now
    audit.note(session, Deed.LEVELS, by, thing=node.id, what="levels_set", count=len(kept.levels))
    session.flush()
    return kept


def inherit(session: Session, viewer: Viewer, node_id: str) -> None:
    """Let a node go by what is said above it again; raises NotFound."""
    node = queries.node_to_arrange(session, viewer, node_id)
    row = session.get(LevelSetting, node.id)
    if row is not None:
        session.delete(row)
        audit.note(
            session, Deed.LEVELS, people.noted_by(session, viewer), thing=node.id, what="levels_inherited"
        )
        session.flush()
