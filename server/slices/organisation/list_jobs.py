"""Lists of organisations on their way (server/web/lists/jobs.py): planned and brought in below a node."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from library.core.clock import local_day
from library.core.errors import Forbidden
from library.core.lists.apart.reader import read_apart
from library.core.lists.listed import Listed
from library.core.lists.outcomes import Choice, Outcome
from library.core.permits import Viewer
from library.organisation import bringing_in
from library.organisation.apart import child
from library.organisation.apart.message import understood
from library.organisation.bringing_in import Tree
from library.organisation.importing import Planned, Row
from library.people import queries as people
from server.web.lists.jobs import ListJob, ListJobs, Tell, Worked


class NodeListJobs(ListJobs):
    """All lists of organisations that are under way on this machine."""

    kind = "organisation"

    def _read(self, data: bytes, file_name: str) -> bytes:
        return read_apart(child.__name__, data, file_name)

    def _done(self, job: ListJob, answer: bytes, apply: bool, tell: Tell) -> Worked:
        listed, now, node_id = understood(answer), self._clock(), job.about["node_id"]
        decided = {line: (Choice(choice), named) for line, (choice, named) in job.decisions().items()}
        if apply:
            with self._db.write() as session:
                viewer = self._viewer(session, job, now)
                by = viewer.person_id
                tree = bringing_in.bring(session, viewer, node_id, listed.rows, decided, tell, now, by)
        else:
            with self._db.read() as session:
                viewer = self._viewer(session, job, now)
                tree = bringing_in.plan_for(session, viewer, node_id, listed.rows, decided, tell)
        return Worked(_rows(listed, tree), listed.remarks, listed.ignored)

    def _viewer(self, session: Session, job: ListJob, now: datetime) -> Viewer:
        """Return whose list it is with the rights of this moment; raises Forbidden for who was locked out."""
        person = people.person(session, job.about["person_id"])
        if not person.active:
            raise Forbidden
        return people.viewer_of(session, person, local_day(now))


def _rows(listed: Listed[Row], tree: Tree) -> Mapping[str, list[dict[str, Any]]]:
    rows: dict[str, list[dict[str, Any]]] = {one: [] for one in Outcome}
    for one in tree.planned:
        rows[one.outcome].append(_row(one, tree))
    for line, error in listed.wrong:
        rows[Outcome.WRONG].append({"line": line, "name": "", "code": error.code, "args": error.values})
    return rows


def _row(one: Planned, tree: Tree) -> dict[str, Any]:
    """Return what becomes of a row, as the page shows it."""
    if one.reason is not None:
        return {
            "line": one.row.line,
            "name": one.row.name[:80],
            "above": (one.row.parent or "")[:80],
            "node_code": (one.row.code or "")[:40],
            "code": one.reason.code,
            "args": one.reason.values,
        }
    known = [tree.known(node_id) for node_id in one.candidates]
    return {
        "line": one.row.line,
        "name": one.values["name"],
        "above": tree.path_of(one.parent_id),
        "node_code": one.values.get("code") or "",
        "kind": str(one.values.get("kind") or ""),
        "changes": [[change.what, change.before, change.after] for change in tree.changes(one)],
        "candidates": [
            {
                "id": node.id,
                "name": node.name,
                "kind": str(node.kind),
                "above": tree.path_of(node.parent_id),
                "node_code": node.code or "",
                "closed": node.closed,
            }
            for node in known
        ],
    }
