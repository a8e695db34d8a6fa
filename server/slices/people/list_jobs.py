"""Lists of people on their way (server/web/lists/jobs.py): planned and brought in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from library.core.clock import local_day
from library.core.errors import Forbidden
from library.core.lists.outcomes import Choice, Outcome
from library.core.permits import Role, Viewer
from library.people import queries
from library.people.lists import bringing_in
from library.people.lists.apart.message import understood
from library.people.lists.apart.reader import read_apart
from library.people.lists.importing import Decision, Planned
from library.people.lists.places import Places
from library.people.lists.reading import Listed
from server.web.lists.jobs import ListJob, ListJobs, Tell, Worked


class PeopleListJobs(ListJobs):
    """All lists of people that are under way on this machine."""

    kind = "people"

    def _read(self, data: bytes, file_name: str) -> bytes:
        return read_apart(data, file_name)

    def _done(self, job: ListJob, answer: bytes, apply: bool, tell: Tell) -> Worked:
        listed, now, decided = understood(answer), self._clock(), decisions(job)
        if apply:
            with self._db.write() as session:
                viewer = self._viewer(session, job, now)
                planned, places = bringing_in.bring(session, viewer, listed.rows, now, decided, tell)
        else:
            with self._db.read() as session:
                viewer = self._viewer(session, job, now)
                planned, places = bringing_in.plan_for(session, viewer, listed.rows, now, decided, tell)
        return Worked(_rows(listed, planned, places), listed.remarks, listed.ignored)

    def _viewer(self, session: Session, job: ListJob, now: datetime) -> Viewer:
        """Return whose list it is with the rights of this moment; raises Forbidden when they have ended."""
        person = queries.person(session, job.about["person_id"])
        viewer = queries.viewer_of(session, person, local_day(now))
        if not person.active or not viewer.has(Role.SECRETARY):
            raise Forbidden
        return viewer


def decisions(job: ListJob) -> Mapping[int, Decision]:
    """Return what was decided of doubtful rows, by their lines."""
    return {line: Decision(Choice(choice), person) for line, (choice, person) in job.decisions().items()}


def _rows(listed: Listed, planned: Iterable[Planned], places: Places) -> Mapping[str, list[dict[str, Any]]]:
    rows: dict[str, list[dict[str, Any]]] = {one: [] for one in Outcome}
    for one in planned:
        rows[one.outcome].append(_row(one, places))
    for line, name, error in listed.wrong:
        rows[Outcome.WRONG].append({"line": line, "name": name, "code": error.code, "args": error.values})
    return rows


def _row(one: Planned, places: Places) -> dict[str, Any]:
    """Return what becomes of a row, as the page shows it."""
    values = one.values
    return {
        "line": one.row.line,
        "name": values.name if values else one.row.name[:80],
        "account": one.username or one.row.account[:80],
        "branch": places.path_of(values.place.id) if values else one.row.branch[:80],
        "changes": [
            [c.what, *(places.name_of(v) if v and c.what in _NODES else v for v in (c.before, c.after))]
            for c in one.changes
        ],
        "day": one.day.isoformat() if one.day else "",
        "state": str(values.state) if values and values.state else "",
        "since": values.since.isoformat() if values and values.since else "",
        "decided": one.decided.value if one.decided else "",
        "person_id": one.person_id,
        "candidates": [
            {
                "id": known.id,
                "name": known.name,
                "account": known.username,
                "branch": places.path_of(known.home.node_id) if known.home else "",
                "state": str(known.home.state) if known.home and known.home.state else "",
                "since": known.home.since.isoformat() if known.home else "",
            }
            for known in one.candidates
        ],
        "code": one.reason.code if one.reason else "",
        "args": one.reason.values if one.reason else {},
    }


_NODES = ("home", "transfer", "guest")
