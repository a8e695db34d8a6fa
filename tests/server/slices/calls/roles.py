"""Who gets what answer from the routes of the slice calls."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from library.calls import actions, entering, honouring, judging, queries
from library.calls.awarding import Prize
from library.calls.rules import StageAction
from library.calls.tables import Certificate
from library.core.clock import local_day
from library.organisation.tables import Node
from library.works.rules import HonourLevel
from server.slices.calls.fields import typed_of
from tests.library.calls import making
from tests.server.conftest import Shelf
from tests.server.role_table import EVERYBODY, SIGNED_IN_ONLY, STAFF, STAFF_ONLY, Case
from tests.support import factories as make

JUDGED = "303 200 403 403 403 403"
SCORES = "401 303 403 403 403 403"
ENTERS = "401 403 303 403 303 303"
KEEPERS = "303 404 404 404 200 200"


AS_JSON = {
    "title": "微党课征集",
    "opens_on": "2030-03-01",
    "closes_on": "2030-04-01",
    "judged_until": "2030-05-01",
    "results_on": "2030-05-02",
    "categories": ["lecture", "红色家书"],
    "criteria": [{"name": "内容", "weight": 60}, {"name": "表达", "weight": 40}],
    "demands": {"duration": "must", "most_s": 600},
}


@dataclass(frozen=True)
class Put:
    """A call of the root with one work of a village, and what was made of it."""

    call: str
    lesson: str
    judge: str
    code: str = ""


def put(shelf: Shelf, until: str = "open", *, entered: bool = True, **changes: object) -> Put:
    """A call with a work of `lecturer` that `member` judges, on its way as far as `until`: draft, open,
    judging, scored, handed_in, results, honours."""
    now: datetime = shelf.served.ports.clock()
    node = shelf.node()
    staff, member = shelf.viewer("staff"), shelf.viewer("member")
    with shelf.served.ports.db.write() as session:
        root = make.root(session)
        village = session.get_one(Node, node)
        lesson = making.work(session, village, shelf.viewer("lecturer"), "竹海深处的课")
        call = actions.make(session, staff, root.id, making.draft(local_day(now), **changes), now)
        judge = actions.invite(session, staff, call.id, "member", now)
        steps = ("open", "judging", "scored", "handed_in", "results", "honours")
        for step in steps[: steps.index(until) + 1] if until != "draft" else ():
            match step:
                case "open":
                    actions.move(session, staff, call.id, None, StageAction.OPEN, now)
                    if entered:
                        entering.enter(session, staff, call.id, lesson.id, "lecture", now)
                case "judging":
                    actions.move(session, staff, call.id, None, StageAction.JUDGE, now)
                case "scored":
                    judging.score(session, member, call.id, 1, [90, 80], "好", now)
                case "handed_in":
                    judging.hand_in(session, member, call.id, now)
                case "results":
                    actions.move(session, staff, call.id, None, StageAction.PUBLISH, now)
                case _:
                    honouring.grant(session, staff, call.id, [Prize("一等奖", 1)], HonourLevel.COUNTY, now)
        code = ""
        if until == "honours":
            [certificate] = queries.certificates(session, call).values()
            assert isinstance(certificate, Certificate)
            code = certificate.code
        return Put(call.id, lesson.id, judge.id, code)


def asked(
    shelf: Shelf, until: str = "open", body: str = "form", *, entered: bool = True, **said: Any
) -> dict[str, Any]:
    """Ask about such a call; "{lesson}" in what is said is its lesson."""
    one = put(shelf, until, entered=entered)
    given = {name: one.lesson if value == "{lesson}" else value for name, value in said.items()}
    return {
        "call_id": one.call,
        "judge_id": one.judge,
        "code": one.code,
        "n": 1,
        body: given,
        "lesson": one.lesson,
    }


def fields(shelf: Shelf, **changes: str) -> dict[str, Any]:
    """The form of a call, filled in."""
    typed, genres = typed_of(making.draft(local_day(shelf.served.ports.clock())))
    return {**typed, "genre": list(genres), **changes}


def report_of(shelf: Shelf, path: str) -> dict[str, Any]:
    """Ask what the machine says of a lesson."""
    one = put(shelf, entered=False)
    return {"path": path.format(call=one.call, lesson=one.lesson)}


CASES = [
    Case("GET /calls", SIGNED_IN_ONLY),
    Case("GET /calls/{call_id}", SIGNED_IN_ONLY, asked),
    Case("GET /calls/{call_id}", KEEPERS, partial(asked, until="draft"), name="draft"),
    Case("GET /calls/{call_id}/results", SIGNED_IN_ONLY, partial(asked, until="results")),
    Case("GET /calls/{call_id}/results", KEEPERS, partial(asked, until="handed_in"), name="not out"),
    Case("GET /calls/new", STAFF),
    Case("POST /calls", STAFF_ONLY, lambda shelf: {"form": fields(shelf)}),
    Case("GET /calls/{call_id}/edit", STAFF, asked),
    Case(
        "POST /calls/{call_id}/edit",
        STAFF_ONLY,
        lambda shelf: {**asked(shelf), "form": fields(shelf, version="2", title="改名")},
    ),
    Case("GET /calls/{call_id}/desk", STAFF, asked),
    Case("POST /calls/{call_id}/move", STAFF_ONLY, partial(asked, version="2", action="judge")),
    Case("POST /calls/{call_id}/remove", STAFF_ONLY, partial(asked, until="draft", version="1")),
    Case("POST /calls/{call_id}/judges", STAFF_ONLY, partial(asked, judge="other")),
    Case("POST /calls/{call_id}/judges/{judge_id}/dismiss", STAFF_ONLY, asked),
    Case("POST /calls/{call_id}/judges/{judge_id}/give-back", STAFF_ONLY, partial(asked, until="handed_in")),
    Case(
        "POST /calls/{call_id}/honours",
        STAFF_ONLY,
        partial(asked, until="results", prizes="一等奖 1", level="county"),
    ),
    Case("POST /calls/{call_id}/honours/{n}/withdraw", STAFF_ONLY, partial(asked, until="honours")),
    Case("GET /calls/{call_id}/results/export.xlsx", STAFF, partial(asked, until="results")),
    Case("POST /calls/{call_id}/check", ENTERS, partial(asked, entered=False, lesson="{lesson}")),
    Case(
        "GET /calls/{call_id}/entering",
        "303 403 200 403 200 200",
        partial(report_of, path="/calls/{call}/entering?lesson={lesson}"),
    ),
    Case(
        "POST /calls/{call_id}/entries",
        ENTERS,
        partial(asked, entered=False, lesson="{lesson}", category="lecture"),
    ),
    Case("POST /calls/{call_id}/entries/{n}/take-back", ENTERS, asked),
    Case("GET /calls/{call_id}/judging", JUDGED, partial(asked, until="judging")),
    Case("GET /calls/{call_id}/judging/{n}", JUDGED, partial(asked, until="judging")),
    Case("POST /calls/{call_id}/judging/{n}", SCORES, partial(asked, until="judging", points=["90", "80"])),
    Case("POST /calls/{call_id}/hand-in", SCORES, partial(asked, until="scored")),
    Case("GET /certificates", EVERYBODY),
    Case("GET /certificates/{code}", EVERYBODY, partial(asked, until="honours")),
    Case("GET /certificates/{code}/print", EVERYBODY, partial(asked, until="honours")),
    Case("GET /api/v1/calls", "401 200 200 200 200 200"),
    Case("GET /api/v1/calls/{call_id}", "401 200 200 200 200 200", asked),
    Case("POST /api/v1/calls", "401 403 403 403 201 201", lambda shelf: {"json": AS_JSON}),
    Case(
        "PUT /api/v1/calls/{call_id}",
        "401 403 403 403 200 200",
        lambda shelf: {**asked(shelf, until="draft"), "json": AS_JSON},
    ),
    Case(
        "POST /api/v1/calls/{call_id}/move",
        "401 403 403 403 200 200",
        partial(asked, body="json", until="draft", action="open"),
    ),
    Case(
        "DELETE /api/v1/calls/{call_id}",
        "401 403 403 403 204 204",
        partial(asked, body="json", until="draft"),
    ),
    Case("GET /api/v1/calls/{call_id}/results", "401 200 200 200 200 200", partial(asked, until="results")),
    Case(
        "GET /api/v1/calls/{call_id}/report",
        "401 403 200 403 200 200",
        partial(report_of, path="/api/v1/calls/{call}/report?lesson={lesson}"),
    ),
    Case(
        "POST /api/v1/calls/{call_id}/entries",
        "401 403 201 403 201 201",
        partial(asked, body="json", entered=False, lesson="{lesson}", category="lecture"),
    ),
    Case(
        "DELETE /api/v1/calls/{call_id}/entries/{n}", "401 403 204 403 204 204", partial(asked, body="json")
    ),
    Case("GET /api/v1/calls/{call_id}/judging", "401 200 403 403 403 403", partial(asked, until="judging")),
    Case(
        "PUT /api/v1/calls/{call_id}/judging/{n}",
        "401 204 403 403 403 403",
        partial(asked, until="judging", body="json", points=[90, 80]),
    ),
    Case(
        "POST /api/v1/calls/{call_id}/hand-in",
        "401 204 403 403 403 403",
        partial(asked, until="scored", body="json"),
    ),
    Case("GET /api/v1/certificates/{code}", EVERYBODY, partial(asked, until="honours")),
]
