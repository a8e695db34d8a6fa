"""weike gathering import: a year of a county's records, tried, brought in and brought in again."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest

from library.core.clock import local_day
from library.core.permits import MemberState, Role
from library.organisation.tables import Node
from library.people.belonging import memberships
from server.settings import Settings
from server.wiring import open_ports
from tests.server.commands.conftest import Weike
from tests.support import factories as make

ROWS, BRANCHES = 60, 3


@pytest.mark.slow
def test_a_year_is_tried_and_comes_in_once(weike: Weike, data: Path, tmp_path: Path) -> None:
    nodes = tmp_path / "县.csv"
    names = [f"第{n}村党支部" for n in range(BRANCHES)]
    nodes.write_text("名称,上级\n安吉县委,\n" + "".join(f"{name},安吉县委\n" for name in names), "utf-8")
    assert weike("organisation", "import", str(nodes)).code == 0
    ports = open_ports(Settings(data=data, worker=False, _env_file=None))  # type: ignore[call-arg]
    now = ports.clock()
    with ports.db.write() as session:
        for name in names:
            node = session.query(Node).where(Node.name == name).one()
            for n in range(8):
                who = str(make.person(session, name=f"{name[:3]}党员{'甲乙丙丁戊己庚辛'[n]}").person_id)
                since = local_day(now) - timedelta(days=500)
                memberships.settle(session, who, node, since, now, None, MemberState.FULL)
        assert make.person(session, (Role.STAFF, make.root(session)))
    ports.close()
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(("类型", "党组织", "时间", "地点", "主持人", "记录人", "到会人员", "缺席人员及原因"))
    first = local_day(now) - timedelta(days=380)
    for n in range(ROWS):
        name = names[n % BRANCHES]
        day = first + timedelta(days=6 * (n // BRANCHES))
        there = "、".join(f"{name[:3]}党员{one}" for one in "甲乙丙丁戊己庚")
        lead, absent = f"{name[:3]}党员甲", f"{name[:3]}党员辛（出差）"
        sheet.append(("党课", name, f"{day} 19:30-21:00", "村部", lead, lead, there, absent))
    sheet.append(("党课", "没有的支部", f"{first} 19:30-21:00"))
    file = tmp_path / "记录.xlsx"
    book.save(file)

    tried = weike("gathering", "import", str(file), "--check", "--json")
    assert (tried.code, tried.json["new"], tried.json["check"]) == (1, ROWS, True)
    for new, unchanged in ((ROWS, 0), (0, ROWS)):
        done = weike("gathering", "import", str(file), "--json")
        assert done.code == 1
        assert (done.json["rows"], done.json["new"], done.json["unchanged"]) == (ROWS + 1, new, unchanged)
        assert [(one["row"], one["code"]) for one in done.json["wrong"]] == [(ROWS + 2, "node_unknown")]
        assert done.json["warnings"] == []
    said = weike("gathering", "import", str(file)).out
    assert f"第 {ROWS + 2} 行" in said
