"""The ledger of deeds over HTTP and on the command line: what is done is found there, by administrators."""

from __future__ import annotations

import json

import pytest

from library.audit.rules import Deed
from library.core.clock import utc_now
from library.core.permits import Role
from library.organisation import actions as organisation
from library.people import actions as people
from server.cli import main
from tests.server.conftest import Shelf
from tests.support import factories
from tests.support.server import Served, quickly_hashed


@pytest.mark.slow
def test_a_towns_administrator_read_what_everybody_did(served: Served, shelf: Shelf) -> None:
    """Neither the ledger nor the machine is a part of the tree."""
    with served.ports.db.write() as session:
        town = organisation.add_named(session, factories.root(session), "天荒坪镇党委", utc_now())
        person = people.add_person(session, "town", "town", quickly_hashed("town"), utc_now())
        people.grant(session, person.id, Role.ADMIN, town, None, utc_now())
    client = served.person("town")
    for path in ("/system", "/system/audit", "/system/audit/export.csv", "/api/v1/audit"):
        assert client.http.get(path).status_code == 403, path
        assert served.person("admin").http.get(path).status_code == 200, path
    assert client.http.get("/organisation").status_code == 200
    assert 'href="/system' not in client.http.get("/").text


@pytest.mark.slow
def test_a_wrong_password_an_export_and_a_deleted_lesson_are_found(
    served: Served, shelf: Shelf, capsys: pytest.CaptureFixture[str]
) -> None:
    put = shelf.lesson()
    lecturer = shelf.viewer("lecturer")
    with served.nobody() as browser:
        assert browser.post("/sign-in", username="lecturer", password="wrong").status_code == 401
        assert browser.post("/sign-in", username="nobody-at-all", password="wrong").status_code == 401
    assert served.person("lecturer").http.get(f"/lessons/{put.lesson}/stats/export.csv").status_code == 200
    assert served.person("lecturer").api("DELETE", f"/lessons/{put.lesson}").status_code == 204

    def listed(*asked: str) -> list[tuple[str, str, str | None]]:
        capsys.readouterr()
        assert main(["--data", str(served.data), "audit", "--json", *asked]) == 0
        entries = json.loads(capsys.readouterr().out)["entries"]
        return [(one["deed"], one["by"]["name"] or one["by"]["kind"], one["thing"]) for one in entries]

    assert (Deed.LESSON_DELETED, lecturer.name, put.lesson) in listed("--person", "lecturer")
    assert (Deed.EXPORTED, lecturer.name, put.lesson) in listed("--deed", "exported")
    assert listed("--deed", "sign_in_failed")[:2] == [("sign_in_failed", "unknown", "")] * 2
    admin = served.person("admin")
    page = admin.http.get("/system/audit?person=lecturer&deed=lesson_deleted").text
    assert put.lesson in page
    assert "wrong" not in admin.http.get("/system/audit").text
    assert admin.http.get("/system/audit?person=nobody-at-all").status_code == 422
    assert admin.http.get("/system/audit?day=gestern").status_code == 422

    # From where, in three ways; and that the ledger was taken along is in it.
    assert admin.http.get("/system/audit/export.csv?deed=exported").text.count(lecturer.name) >= 1
    assert admin.http.get("/people?q=lect").status_code == 200
    assert admin.http.get("/people?page=2").status_code == 200
    assert served.person("lecturer").http.get("/people").status_code == 403
    served.ports.readings.write()
    told = admin.http.get("/api/v1/audit").json()["entries"]
    of = {one["deed"]: one for one in reversed(told)}
    assert (of["exported"]["details"]["what"], of["exported"]["by"]["name"]) == ("audit", "admin")
    assert [one["details"] for one in told if one["details"].get("what") == "people_list"] == [
        {"what": "people_list"}
    ]
    assert (of["read"]["program"], of["read"]["address"]) == ("browser", "127.0.0.1")
    found = admin.http.get(f"/api/v1/audit?thing=/lessons/{put.lesson}&address=127.0.0.1").json()
    assert {one["deed"] for one in found["entries"]} == {"exported", "lesson_deleted"}
    assert listed("--deed", "sign_in_throttled") == []
    for _ in range(12):
        with served.nobody() as browser:
            browser.post("/sign-in", username="lecturer", password="wrong")
    served.ports.readings.write()
    assert listed("--deed", "sign_in_throttled") == [("sign_in_throttled", "unknown", "")], (
        "one, with how many more"
    )
    capsys.readouterr()
    assert main(["--data", str(served.data), "audit", "verify", "--json"]) == 0
    verdict = json.loads(capsys.readouterr().out)
    assert (verdict["ok"], verdict["ahead"]) == (True, 0)
    assert verdict["entries"] > 5
