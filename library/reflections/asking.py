"""What a node asks its people to write about for a week."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete as sql_delete
from sqlalchemy.orm import Session

from library.core.database import upsert
from library.core.errors import NotFound
from library.core.ids import new_id
from library.core.permits import Viewer
from library.core.text import short_line
from library.organisation import queries as organisation
from library.programme.weeks import read_week
from library.reflections import rules
from library.reflections.permits import may_ask
from library.reflections.tables import Prompt


def ask(session: Session, viewer: Viewer, node_id: str, week: str, question: str, now: datetime) -> None:
    """Ask the people of a node to write about a week, "" no more; raises NotFound, Invalid.

    It is an invitation: nothing anywhere says who has not written.
    """
    node = organisation.node(session, node_id)
    if not may_ask(viewer, node.path):
        raise NotFound
    wanted = str(read_week(week))
    said = short_line(question, "question", rules.QUESTION_MAX)
    if not said:
        session.execute(sql_delete(Prompt).where(Prompt.node_id == node.id, Prompt.week == wanted))
        return
    values = {"question": said, "asked_by": viewer.writer_id, "asked_at": now}
    row = upsert(session, Prompt).values(id=new_id(), node_id=node.id, week=wanted, **values)
    session.execute(row.on_conflict_do_update(index_elements=["node_id", "week"], set_=values))
