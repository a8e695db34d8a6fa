"""Who gets what answer from which route: each slice has its table, and together they name every route.

Every run asks for every route; of those who are let in alike not all ask on the same day (role_table.askers).
"""

from __future__ import annotations

from importlib import import_module

import pytest

from library.core.clock import utc_now
from library.core.permits import Role
from library.organisation import actions as organisation
from library.people import actions as people
from server.slices import SLICES
from tests.server.conftest import Shelf
from tests.server.role_table import REFUSED, VIEWERS, Case, askers, send
from tests.server.routes import all_routes
from tests.support import factories
from tests.support.server import Served, password, quickly_hashed
from tests.support.spreading import is_spread

CASES: list[Case] = [
    case for its in SLICES for case in import_module(f"tests.server.slices.{its.name}.roles").CASES
]
BY_ITSELF = {"* /static"}
"""What is static is for everybody. Media are no route: tests/server/delivery asks for them."""


@pytest.mark.slow
def test_the_table_names_every_route(served: Served) -> None:
    assert {case.route for case in CASES} | BY_ITSELF == all_routes(served)


@pytest.mark.every
@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=str)
def test_answers(served: Served, shelf: Shelf, case: Case, pytestconfig: pytest.Config) -> None:
    found = {}
    asking = askers(case, pytestconfig.option.seed if is_spread(pytestconfig) else None)
    expected = dict(zip(VIEWERS, case.answers.split(), strict=True))
    # Looking leaves everything as it was, and so does whoever is refused: the next one asks for the same.
    asked = None
    for name in asking:
        asked = asked or case.ask(shelf)
        browser = served.person(name)
        if case.fresh:
            browser = served.nobody() if name == "nobody" else served.signed_in(name)
        found[name] = str(send(browser, case, asked).status_code)
        if case.counted or (not case.route.startswith("GET ") and found[name] not in REFUSED):
            asked = None
        if case.fresh:
            browser.http.close()
    if case.fresh:
        served.close()  # "sign out the others" means the kept browsers too
    assert found == {name: expected[name] for name in asking}


def test_whoever_is_refused_asks_every_day_and_within_days_everybody_does() -> None:
    for case in CASES:
        names = [set(askers(case, seed)) for seed in range(len(VIEWERS))]
        assert set().union(*names) == set(askers(case, None)) == set(VIEWERS), case
        refused = {
            name for name, answer in zip(VIEWERS, case.answers.split(), strict=True) if answer in REFUSED
        }
        assert all(refused <= asking for asking in names), case


def test_whoever_must_sign_in_is_led_back_afterwards(served: Served) -> None:
    with served.nobody() as browser:
        answer = browser.http.get("/review?page=2")
        assert answer.headers["location"] == "/sign-in?next=/review%3Fpage%3D2"
        back = browser.post("/sign-in", username="staff", password=password("staff"), next="/review?page=2")
        assert back.headers["location"] == "/review?page=2"


@pytest.mark.slow
def test_a_strangers_chunk_was_written_before_he_was_refused(served: Served, shelf: Shelf) -> None:
    path = shelf.upload()
    upload_id = path.rsplit("/", 1)[-1]
    for name in ("nobody", "member", "other", "admin"):
        answer = served.person(name).send_chunk(path, b"evil", 1)
        assert answer.status_code in (401, 403, 404)
        assert (served.data / "uploads" / upload_id).read_bytes() == b"0", name


@pytest.mark.slow
def test_a_right_that_ends_in_the_middle_of_an_upload_ends_the_upload(served: Served, shelf: Shelf) -> None:
    with served.ports.db.write() as session:
        root = factories.root(session)
        who = people.add_person(session, "yiban", "一半", quickly_hashed("yiban"), utc_now())
        people.grant(session, who.id, Role.LECTURER, root, None, utc_now())
        person_id, root_id = who.id, root.id
    with served.signed_in("yiban") as browser:
        location = browser.begin_upload(browser.new_lesson("一半"), "x.mp4", 6).headers["Location"]
        assert browser.send_chunk(location, b"abc", 0).status_code == 204
        form = {"role": "lecturer", "branch": root_id}
        assert served.person("admin").post(f"/people/{person_id}/revoke", **form).status_code == 303
        assert browser.send_chunk(location, b"def", 3).status_code in (401, 403, 404)
        assert (served.data / "uploads" / location.rsplit("/", 1)[-1]).read_bytes() == b"abc"


@pytest.mark.slow
def test_staff_of_one_branch_have_no_power_in_another(served: Served, shelf: Shelf) -> None:
    put = shelf.lesson()
    with served.ports.db.write() as session:
        town = organisation.add_named(session, factories.root(session), "东乡", utc_now())
        staff = people.add_person(
            session, "dongxiang", "东乡工作人员", quickly_hashed("dongxiang"), utc_now()
        )
        people.grant(session, staff.id, Role.STAFF, town, None, utc_now())
    with served.signed_in("dongxiang") as browser:
        assert browser.http.get(f"/lessons/{put.lesson}").status_code == 404
        assert browser.post(f"/lessons/{put.lesson}/publish").status_code == 404
        assert browser.http.get("/people").status_code == 200
        newcomer = shelf.newcomer()
        assert "学员" not in browser.http.get("/people").text
        assert "学员" in served.person("staff").http.get("/people").text
        for what in ("reset", "active", "grant", "revoke", "erase"):
            form = {"role": "member", "branch": shelf.root()}
            assert browser.post(f"/people/{newcomer}/{what}", **form).status_code == 403
