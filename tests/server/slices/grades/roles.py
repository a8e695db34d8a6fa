"""Who gets what answer from the routes of the slice grades."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import count
from typing import Any

from sqlalchemy import select

from library.core.clock import local_day
from library.core.permits import Viewer
from library.grades import actions, judging, queries, rules, ruling
from library.grades.examples import BASE_SIXTY, DAILY_AND_APPRAISAL
from library.grades.tables import Grade
from library.organisation.tables import Node
from library.people.rules import MembershipKind
from library.people.tables import Membership, Person
from server.commands.administrator import machine
from server.slices.grades.fields import typed_of
from tests.server.conftest import Shelf
from tests.server.role_table import SIGNED_IN_ONLY, STAFF, STAFF_ONLY, Case

_months = count(1)

KEEPS = "401 403 403 403 303 303"
SEES = "303 200 404 404 200 200"
ADMIN_ONLY = "401 403 403 403 403 303"


@dataclass(frozen=True)
class Put:
    """A branch whose one member is `member`, its last month, and their grade there."""

    node: str
    month: str
    rules: str
    person: str
    period: str = ""
    grade: str = ""
    appeal: str = ""
    draft: str = ""
    waiver: str = ""

    @property
    def said(self) -> dict[str, str]:
        """All of it by name, with the year of the month."""
        return {**vars(self), "year": self.month[:4]}


def put(shelf: Shelf, until: str = "frozen", document: Any = DAILY_AND_APPRAISAL) -> Put:
    """A branch of its own for `member`, with rules in force, on its way as far as `until`: rules, open,
    frozen, appealed."""
    ports = shelf.served.ports
    now = ports.clock()
    node_id = shelf.node()
    # Nobody is graded twice for a month: each time is another one.
    month = rules.month_after(rules.month_of(local_day(now)), -next(_months))
    with ports.db.write() as session:
        person = session.scalars(select(Person).where(Person.username == "member")).one()
        home = Membership.person_id == person.id, Membership.kind == MembershipKind.HOME
        for row in session.scalars(select(Membership).where(*home, Membership.until.is_(None))):
            row.node_id, row.since = node_id, date(2001, 1, 1)
        session.flush()
        viewer: Viewer = machine(session)
        text = json.dumps(document)
        made = ruling.make(session, viewer, node_id, text, "2001-01", now)
        ruling.tried(session, viewer, made.id, now)
        ruling.put_in_force(session, viewer, made.id, made.changes, now)
        draft = ruling.make(session, viewer, node_id, text, "2027-01", now)
        ruling.tried(session, viewer, draft.id, now)
        waiver = ruling.waive(session, viewer, node_id, "time", "县委办〔2026〕1 号文件第三条", now)
        put = Put(node_id, month, made.id, person.id, draft=draft.id, waiver=waiver.id)
        if until == "rules":
            return put
        node = session.get_one(Node, node_id)
        if document is DAILY_AND_APPRAISAL:
            actions.enter(session, viewer, node_id, month, person.id, "民主测评", 8000, "测评会", now)
        actions.propose(session, viewer, node_id, month, now)
        period = queries.period_of(session, node.id, month)
        assert period is not None
        grade = session.scalars(select(Grade).where(Grade.period_id == period.id)).one()
        if until in ("frozen", "appealed"):
            actions.freeze(session, viewer, period.id, None, now)
        appeal = ""
        if until == "appealed":
            appeal = judging.appeal(session, shelf.viewer("member"), grade.id, "请再核对一次。", now).id
        return Put(node_id, month, made.id, person.id, period.id, grade.id, appeal, draft.id, waiver.id)


def asked(shelf: Shelf, until: str = "frozen", path: str = "", **said: str) -> dict[str, Any]:
    """Ask about such a branch; "{name}" in what is said is what Put calls so."""
    made = put(shelf, until)
    form = {key: value.format(**made.said) for key, value in said.items()}
    known = {
        "grade_id": made.grade,
        "period_id": made.period,
        "appeal_id": made.appeal,
        "rules_id": made.draft,
        "waiver_id": made.waiver,
    }
    return {**known, "form": form, **({"path": path.format(**made.said)} if path else {})}


def edited(shelf: Shelf, **changes: Any) -> dict[str, Any]:
    """The form of a draft, filled in."""
    made = put(shelf, "rules")
    with shelf.served.ports.db.read() as session:
        row = queries.rules_for(session, machine(session), made.draft)
        form, terms, bands = typed_of(queries.read(row), row.valid_from)
        version = row.changes
    lists: dict[str, list[str]] = {}
    for key in ("what", "name", "form", "points", "most", "least"):
        lists[f"t_{key}"] = [one[key] or ("attended" if key == "what" else "") for one in terms]
    for key in ("name", "from", "quota"):
        lists[f"b_{key}"] = [one[key] for one in bands]
    return {"rules_id": made.draft, "form": {**form, **lists, "version": str(version), **changes}}


def versioned(shelf: Shelf, **said: str) -> dict[str, Any]:
    """Ask for something of a draft as it is."""
    ask = asked(shelf, "rules", **said)
    with shelf.served.ports.db.read() as session:
        ask["form"]["version"] = str(queries.rules_for(session, machine(session), ask["rules_id"]).changes)
    return ask


def waived(shelf: Shelf) -> dict[str, Any]:
    """Ask to switch a point off at a new node."""
    made = put(shelf, "rules")
    return {"form": {"node": made.node, "point": "likes", "basis": "县委办〔2026〕2 号文件第一条"}}


DOCUMENT = json.dumps(BASE_SIXTY, ensure_ascii=False)

CASES = [
    Case("GET /grades", SIGNED_IN_ONLY),
    Case("GET /grades/desk", STAFF),
    Case(
        "POST /grades/desk/propose", STAFF_ONLY, partial(asked, until="open", node="{node}", month="{month}")
    ),
    Case("POST /grades/periods/{period_id}/freeze", STAFF_ONLY, partial(asked, until="open", version="1")),
    Case(
        "GET /grades/desk/export.xlsx",
        STAFF,
        partial(asked, path="/grades/desk/export.xlsx?node={node}&month={month}"),
    ),
    Case("GET /grades/one/{grade_id}", SEES, asked),
    Case("GET /grades/one/{grade_id}", "303 404 404 404 200 200", partial(asked, until="open"), name="open"),
    Case(
        "POST /grades/one/{grade_id}/decide",
        KEEPS,
        partial(asked, until="open", band="良", reason="支部讨论决定"),
    ),
    Case(
        "POST /grades/one/{grade_id}/enter",
        KEEPS,
        partial(asked, until="open", item="思想汇报", points="5", reason="交来一份"),
    ),
    Case("POST /grades/one/{grade_id}/appeal", "401 303 404 404 403 403", partial(asked, text="请核对。")),
    Case(
        "POST /grades/one/{grade_id}/correct",
        KEEPS,
        partial(asked, until="appealed", band="良", reason="核对属实"),
    ),
    Case(
        "POST /grades/appeals/{appeal_id}/uphold",
        KEEPS,
        partial(asked, until="appealed", answer="依据规则。"),
    ),
    Case("GET /grades/rules", STAFF),
    Case("POST /grades/rules", STAFF_ONLY, partial(asked, until="rules", node="{node}", example="base")),
    Case(
        "POST /grades/import-rules",
        STAFF_ONLY,
        lambda shelf: {
            "form": {"node": put(shelf, "rules").node, "document": DOCUMENT, "valid_from": "2027-02"}
        },
    ),
    Case("GET /grades/rules/{rules_id}", STAFF, partial(asked, until="rules")),
    Case("GET /grades/rules/{rules_id}/rules.json", STAFF, partial(asked, until="rules")),
    Case("POST /grades/rules/{rules_id}/edit", STAFF_ONLY, partial(edited, name="改名")),
    Case(
        "POST /grades/rules/{rules_id}/json",
        STAFF_ONLY,
        lambda shelf: _with(versioned(shelf), document=DOCUMENT, valid_from="2027-03"),
    ),
    Case("POST /grades/rules/{rules_id}/in-force", STAFF_ONLY, versioned),
    Case("POST /grades/rules/{rules_id}/end", STAFF_ONLY, versioned),
    Case("POST /grades/rules/{rules_id}/trial", STAFF_ONLY, partial(asked, until="rules", month="{month}")),
    Case(
        "GET /grades/rules/{rules_id}/trial",
        STAFF,
        partial(asked, until="rules", path="/grades/rules/{draft}/trial?month={month}"),
    ),
    Case("POST /grades/waivers", ADMIN_ONLY, waived),
    Case("POST /grades/waivers/{waiver_id}/end", ADMIN_ONLY, partial(asked, until="rules", node="{node}")),
    Case("GET /grades/year", STAFF),
    Case(
        "POST /grades/year/enter",
        KEEPS,
        partial(asked, node="{node}", year="{year}", person="{person}", points="88", reason="年底测评"),
    ),
    Case(
        "GET /grades/year/export.xlsx",
        STAFF,
        partial(asked, path="/grades/year/export.xlsx?node={node}&year={year}"),
    ),
    Case("GET /api/v1/grades", "401 200 200 200 200 200"),
    Case(
        "POST /api/v1/grades/check", "401 403 403 403 200 200", lambda shelf: {"json": {"document": DOCUMENT}}
    ),
]


def _with(ask: dict[str, Any], **form: str) -> dict[str, Any]:
    ask["form"] |= form
    return ask
