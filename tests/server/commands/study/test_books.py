"""weike evidence and weike books."""

from __future__ import annotations

from pathlib import Path

import pytest

from library.books import actions
from library.core.clock import local_day
from library.core.permits import Role
from library.evidence import actions as evidence
from library.evidence.rules import EvidenceKind, Piece, Source, StudyForm
from server.settings import Settings
from server.wiring import open_ports
from tests.server.commands.conftest import Weike
from tests.support import factories as make


@pytest.mark.slow
def test_what_the_ledger_and_the_books_say_of_somebody(weike: Weike, data: Path) -> None:
    ports = open_ports(Settings(data=data, worker=False, _env_file=None))  # type: ignore[call-arg]
    now = ports.clock()
    today = local_day(now)
    with ports.db.write() as session:
        root = make.root(session)
        member = make.person(session, (Role.MEMBER, root), name="王芳")
        admin = make.person(session, (Role.ADMIN, root))
        person = member.person_id or ""
        for source_id, kind, seconds in (
            ("g1", EvidenceKind.ATTENDED, 5400),
            ("g2", EvidenceKind.ATTENDED, 900),
            ("w", EvidenceKind.WROTE, 1),
        ):
            piece = Piece(
                person, root.id, kind, StudyForm.GATHERED, seconds, today, Source.GATHERING, source_id
            )
            evidence.say(session, Source.GATHERING, source_id, [piece], now)
    ports.close()
    rows = weike("evidence", "王芳", "--json").json["evidence"]
    assert [(one["source_id"], one["amount"], one["unit"]) for one in rows] == [
        ("g1", 5400, "s"),
        ("g2", 900, "s"),
        ("w", 1, "times"),
    ]
    assert weike("evidence", "王芳", "--to", "2020-01-01", "--json").json["evidence"] == []

    ports = open_ports(Settings(data=data, worker=False, _env_file=None))  # type: ignore[call-arg]
    with ports.db.write() as session:
        actions.take_back(session, admin, rows[1]["id"], "登记错了", now)
    ports.close()
    found = weike("books", "王芳", "--year", str(today.year), "--json").json
    assert found["books"][0] == {
        "book": "gathered",
        "unit": "hours",
        "value": "1.5",
        "aim": 32,
        "left": "30.5",
    }
    assert [(one["book"], one["value"], [why["code"] for why in one["why"]]) for one in found["items"]] == [
        ("gathered", "1.5", []),
        (None, "0", ["no_hours"]),
    ]
    assert [(one["source_id"], one["reason"]) for one in found["taken_back"]] == [("g2", "登记错了")]
    assert "1.5 / 32" in weike("books", "王芳").out
    assert weike("books", "王芳", "--year", "20").code == 2
    assert weike("books", "没有的人").code != 0

    assert weike("evidence", "verify", "--json").json["unsealed"] == 4
    missing = weike("evidence", "verify", "--seal", "0123456789abcdef", "--json")
    assert (missing.code, missing.json["seal_day"]) == (1, None)
