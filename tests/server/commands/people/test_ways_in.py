"""weike directory, weike user second-factor and links, and what doctor says of identity providers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pyotp
import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from library.access import second_factor
from library.access.identities import linking
from library.access.identities.linking import Trust
from library.access.identities.rules import Claimed, MatchBy
from library.access.second_factor_queries import pending_secret
from library.access.second_factor_rules import STEP_S
from library.audit.rules import Deed
from library.audit.tables import AuditEntry
from library.organisation import actions as organisation
from library.organisation.actions import NodeDetails
from library.people import actions as people
from library.people.passwords import NO_PASSWORD
from server.wiring import Ports
from tests.server.commands.conftest import Weike
from tests.support import factories
from tests.support.outside.identity_servers import SECRET, Wecom, serving

HOSTILE = "=cmd|'/c calc'!A1"


@pytest.fixture
def wecom(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Wecom]:
    """企业微信 with three departments, set as the only provider."""
    listed = Wecom(
        {
            "WangFang": {"name": "王芳", "department": [3, 2], "main_department": 2},
            "lijun": {"name": HOSTILE, "department": [3]},
            "zhao": {"name": "赵敏", "department": [9]},
            "noname": {"name": "", "department": [2]},
        },
        [
            {"id": 1, "name": "安吉县", "parentid": 0},
            {"id": 2, "name": "余村党支部", "parentid": 1},
            {"id": 3, "name": "夏阳党支部", "parentid": 1},
            {"id": 9, "name": "不在这里的", "parentid": 9},
        ],
    )
    file = tmp_path / "wecom.secret"
    file.write_text(SECRET)
    file.chmod(0o600)
    with serving(listed.serve) as address:
        about = {"key": "wecom", "kind": "wecom", "label": "企业微信", "address": address}
        about |= {"client_id": "ww1", "agent": "1", "secret_file": str(file)}
        monkeypatch.setenv("WEIKE_IDENTITY_PROVIDERS", json.dumps([about]))
        yield listed


def add_node(ports: Ports, name: str, code: str = "") -> None:
    with ports.db.write() as session:
        root = factories.root(session)
        organisation.add_node(session, root, NodeDetails(name, code=code), ports.clock(), None)


@pytest.mark.slow
def test_the_contacts_become_a_list_of_people(
    weike: Weike, ports: Ports, wecom: Wecom, tmp_path: Path
) -> None:
    add_node(ports, "余村党支部")
    add_node(ports, "别名", code="3")
    with ports.db.write() as session:
        people.add_person(session, "wangfang", "王芳", NO_PASSWORD, ports.clock())
    said = weike("directory", "sync", "--dry-run", "--json")
    assert said.code == 1, "some have no node"
    assert {name: said.json[name] for name in ("rows", "new", "known")} == {"rows": 4, "new": 1, "known": 1}
    assert [one["account"] for one in said.json["wrong"]] == ["noname", "zhao"]
    assert "部门" in said.json["wrong"][1]["reason"]
    assert weike("directory", "sync").code == 2, "it applies nothing"
    file = tmp_path / "people.xlsx"
    told = weike("directory", "export", str(file), "--json")
    assert (told.code, told.json["rows"], len(told.json["wrong"])) == (0, 2, 2)
    sheet = load_workbook(file).active
    assert sheet is not None
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows == [["姓名", "账号", "党支部"], [HOSTILE, "lijun", "3"], ["王芳", "WangFang", "余村党支部"]]
    assert all(cell.data_type == "s" for row in sheet.iter_rows() for cell in row), "nothing is a formula"
    wecom.secret = "another"
    refused = weike("directory", "sync", "--dry-run")
    assert refused.code == 1
    assert "可信 IP" in refused.err


@pytest.mark.slow
def test_doctor_asks_the_provider_and_looks_at_its_secret(
    weike: Weike, ports: Ports, wecom: Wecom, tmp_path: Path
) -> None:
    def said() -> dict[str, str]:
        return {one["name"]: one["status"] for one in weike("doctor", "--json").json["checks"]}

    found = said()
    assert (found["wecom"], found["wecom secret"]) == ("ok", "ok")
    listed = weike("settings", "--json")
    (shown,) = [one["value"] for one in listed.json["settings"] if one["name"] == "WEIKE_IDENTITY_PROVIDERS"]
    assert shown[0]["client_id"] == "ww1"
    assert SECRET not in listed.out
    (tmp_path / "wecom.secret").chmod(0o644)
    found = said()
    assert (found["wecom"], found["wecom secret"]) == ("bad", "bad"), "a secret that all can read is not used"


@pytest.mark.slow
def test_the_machine_takes_a_second_factor_off_and_ends_a_link(weike: Weike, ports: Ports) -> None:
    now = ports.clock()
    with ports.db.write() as session:
        person_id = people.add_person(session, "wang", "王芳", NO_PASSWORD, now).id
        trust = Trust(MatchBy.USERNAME)
        linking.recognise(session, "sso", Claimed("https://sso.example", "s-1", "Wang"), trust, "", now)
        second_factor.begin(session, ports.sealing, person_id, now)
        secret = pending_secret(session, ports.sealing, person_id, now)
        assert secret is not None
        code = pyotp.TOTP(secret, interval=STEP_S).at(now)
        assert len(second_factor.confirm(session, ports.sealing, person_id, code, now)) == 10
    shown = weike("user", "second-factor", "show", "wang", "--json").json
    assert (shown["second_factor"], shown["codes_left"]) == (True, 10)
    assert weike("user", "second-factor", "off", "WANG", "--json").json["second_factor"] is False
    assert weike("user", "second-factor", "off", "wang").code == 2, "there is none any more"
    (link,) = weike("user", "links", "wang", "--json").json["links"]
    assert (link["subject"], link["linked_by"]) == ("s-1", "username")
    assert weike("user", "links", "wang", "--end", link["id"], "--json").json["links"] == []
    with ports.db.read() as session:
        deeds = set(session.scalars(select(AuditEntry.deed).where(AuditEntry.of_person == person_id)))
    assert {Deed.SECOND_FACTOR_OFF, Deed.IDENTITY_LINKED, Deed.IDENTITY_ENDED} <= deeds


@pytest.mark.parametrize(
    ("about", "said"),
    [
        ({"kind": "oidc", "address": "http://sso.example", "client_id": "x", "secret_file": "/x"}, "https"),
        ({"kind": "oidc", "address": "https://sso.example"}, "client_id"),
        ({"kind": "cas", "address": "https://cas.example", "username_claim": "email"}, "e-mail"),
        ({"kind": "ldap"}, "KIND"),
    ],
)
def test_settings_that_cannot_work_are_refused(
    weike: Weike, monkeypatch: pytest.MonkeyPatch, about: dict[str, str], said: str
) -> None:
    monkeypatch.setenv("WEIKE_IDENTITY_PROVIDERS", json.dumps([{"key": "x", "label": "x", **about}]))
    refused = weike("user", "list")
    assert refused.code == 2
    assert said in refused.err
