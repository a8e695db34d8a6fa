"""weike grades: a rule set checked, and the month of a town proposed, compared and frozen."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from library.grades.examples import BASE_SIXTY
from library.organisation import queries as organisation
from server.settings import Settings
from server.wiring import open_ports
from tests.library.grades import making
from tests.library.grades.making import MONTH, NOW, TOWN
from tests.server.commands.conftest import Weike


def test_a_rule_set_is_checked_and_the_article_is_said(weike: Weike, tmp_path: Path) -> None:
    good, bad, odd = tmp_path / "good.json", tmp_path / "bad.json", tmp_path / "odd.json"
    good.write_text(json.dumps(BASE_SIXTY, ensure_ascii=False))
    hidden = {"kind": "entered", "name": "在线时长", "least": 0, "most": 5}
    bad.write_text(json.dumps({**BASE_SIXTY, "terms": [hidden]}, ensure_ascii=False))
    odd.write_text(json.dumps({**BASE_SIXTY, "formula": "=1+1"}))
    assert weike("grades", "check", str(good), "--json").json["allowed"] is True
    refused = weike("grades", "check", str(bad), "--json")
    assert refused.code == 2
    [found] = refused.json["found"]
    assert (found["point"], found["where"], found["text"]) == ("time", "terms.0.name", "在线时长")
    assert "国办函〔2026〕12号" in found["article"]
    assert "国办函〔2026〕12号" in weike("grades", "check", str(bad)).out
    assert weike("grades", "check", str(odd)).code == 2
    assert weike("grades", "check", str(tmp_path / "none.json")).code == 2


@pytest.mark.slow
def test_the_month_of_a_town(weike: Weike, data: Path, tmp_path: Path) -> None:
    ports = open_ports(Settings(data=data, worker=False, _env_file=None))  # type: ignore[call-arg]
    with ports.db.write() as session:
        town = making.town(session)
        name = organisation.node(session, town.town.id).name
    assert weike("grades", "propose", name, MONTH, "--json").json["without_rules"] == 3
    with ports.db.write() as session:
        making.rules(session, town.staff, session.merge(town.town), BASE_SIXTY)
    found = weike("grades", "propose", name, MONTH, "--json").json
    assert (found["people"], [one["state"] for one in found["branches"]]) == (26, ["open"] * 3)
    other = tmp_path / "other.json"
    other.write_text(json.dumps({**BASE_SIXTY, "base": 50}))
    changed = weike("grades", "difference", name, MONTH, "--rules", str(other), "--json").json
    # Ten less for everybody; of 吴八 seven less, since a hundred counted of 103.
    assert (changed["people"], len(changed["changed"])) == (26, 26)
    one = next(one for one in changed["changed"] if one["person"] == "沈戊")
    assert (one["points"], one["band"]) == (["85", "75"], ["优", "良"])
    assert weike("grades", "difference", name, MONTH, "--json").json["changed"] == []
    frozen = weike("grades", "freeze", name, MONTH, "--json")
    states = {one["node"]: (one["frozen"], one["reason"]) for one in frozen.json["branches"]}
    assert (frozen.code, frozen.json["frozen"]) == (1, 2)
    assert "“优”最多 2 人" in states["第3支部"][1]
    with ports.db.write() as session:
        who = town.people["李二"]
        making.did(session, who, session.merge(town.branches[0]), "practice", making.date(2026, 10, 9), NOW)
    [late] = weike("grades", "difference", name, MONTH, "--json").json["changed"]
    assert (late["person"], late["facts"], late["points"]) == (
        "李二",
        {"practised": [1, 2]},
        ["71.5", "74.5"],
    )
    assert "李二" in weike("grades", "difference", name, MONTH).out
    assert len(TOWN["people"]) == 26
    ports.close()
