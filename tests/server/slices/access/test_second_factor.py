"""The second factor over HTTP: set up, asked for, obligatory, guessed at, lost."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pyotp
import pytest
from sqlalchemy import event, select

from library.access import links
from library.access.factor_tables import RecoveryCode, SecondFactor
from library.access.rules import FREE_FAILURES
from library.access.tables import SignIn
from library.audit.rules import Deed
from library.audit.tables import AuditEntry
from library.core.clock import local_day
from library.core.permits import Role
from library.people import actions as people
from library.people.queries import person_by_username
from library.people.tables import RoleGrant
from server.identity_settings import ProviderSettings
from tests.support import factories
from tests.support.client import Person
from tests.support.server import MovableClock, Served, in_thread, new_data, password, quickly_hashed

pytestmark = pytest.mark.slow

_numbers = count(1)
CODES = re.compile(r"<code>([a-z0-9]{4}(?:-[a-z0-9]{4}){3})</code>")


@pytest.fixture(scope="module")
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, clock: MovableClock) -> Iterator[Served]:
    """A library whose staff must have a second factor, and others may."""
    data = new_data(tmp_path_factory.mktemp("second") / "data")
    with in_thread(data, clock, second_factor="staff") as running:
        yield running


def somebody(served: Served, role: Role = Role.MEMBER) -> str:
    """Somebody new, whose password is password(name)."""
    name = f"second{next(_numbers)}"
    with served.ports.db.write() as session:
        person = people.add_person(session, name, name, quickly_hashed(name), served.ports.clock())
        people.grant(session, person.id, role, factories.root(session), None, served.ports.clock())
    return name


def secret_on(page: httpx.Response) -> pyotp.TOTP:
    """What a phone learns from the page of a set-up."""
    found = re.search(r'class="typed-secret">([A-Z2-7 ]+)<', page.text)
    assert found is not None, page.text
    return pyotp.TOTP(found[1].replace(" ", ""))


def try_password(browser: Person, name: str) -> httpx.Response:
    return browser.post("/sign-in", username=name, password=password(name), next="/account")


def code_now(phone: pyotp.TOTP, served: Served) -> str:
    return phone.at(served.ports.clock())


def set_up(served: Served, browser: Person, name: str) -> tuple[pyotp.TOTP, list[str]]:
    """Set a second factor up in a browser that is signed in; returns the phone and the recovery codes."""
    at = "/account/second-factor"
    assert browser.post(f"{at}/begin", old=password(name)).status_code == 303
    phone = secret_on(browser.http.get(at))
    done = browser.post(f"{at}/confirm", code=code_now(phone, served))
    assert done.status_code == 200, done.text
    return phone, CODES.findall(done.text)


@contextmanager
def asked_of(served: Served) -> Iterator[list[str]]:
    """The statements that reach the database meanwhile."""
    said: list[str] = []

    def hear(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        said.append(statement)

    event.listen(served.ports.db.engine, "before_cursor_execute", hear)
    try:
        yield said
    finally:
        event.remove(served.ports.db.engine, "before_cursor_execute", hear)


def is_in(browser: Person) -> bool:
    return browser.http.get("/account").status_code == 200


def test_a_refused_form_says_why_and_gives_no_secret_back(served: Served, clock: MovableClock) -> None:
    name = somebody(served)
    with served.nobody() as here, served.nobody() as there:
        here.sign_in(name, password(name))
        refused = here.post("/account/second-factor/begin", old="not this one")
        assert refused.status_code == 422
        assert re.search(r'name="old"[^>]* autofocus>\s*<span class="wrong" role="alert"', refused.text)
        assert "not this one" not in refused.text
        set_up(served, here, name)
        clock.forward(seconds=31)
        assert try_password(there, name).status_code == 303
        wrong = there.post("/sign-in/second", code="000000", next="/")
        assert wrong.status_code == 422
        assert 'role="alert"' in wrong.text
        assert re.search(r'name="code"[^>]* autofocus>', wrong.text)
        assert "000000" not in wrong.text


def test_whoever_set_one_up_is_asked_and_a_half_session_opens_nothing(
    served: Served, clock: MovableClock
) -> None:
    name = somebody(served)
    with served.nobody() as here, served.nobody() as there:
        assert try_password(here, name).headers["location"] == "/account"
        assert try_password(there, name).status_code == 303
        before = here.http.cookies["weike_session"]
        phone, codes = set_up(served, here, name)
        assert len(set(codes)) == 10
        assert here.http.cookies["weike_session"] != before, "another session at the step up"
        assert is_in(here)
        assert not is_in(there), "what a password alone had opened is over"
        for code in codes:
            assert code not in here.http.get("/account/second-factor").text, "shown once"
    clock.forward(seconds=31)
    with served.nobody() as browser:
        asked = try_password(browser, name)
        assert asked.headers["location"].startswith("/sign-in/second?")
        assert "weike_session" not in browser.http.cookies
        half = browser.http.cookies["weike_half"]
        assert not is_in(browser)
        as_session = {"Cookie": f"weike_session={half}"}
        assert browser.http.get("/account", headers=as_session).status_code == 303, "it is no session"
        assert browser.http.get("/api/v1/account/browsers").status_code == 401
        page = browser.http.get(asked.headers["location"])
        assert "六位数字" in page.text
        assert browser.post("/sign-in/second", code="000000", next="/").status_code == 422
        now = code_now(phone, served)
        came = browser.post("/sign-in/second", code=f"{now[:3]} {now[3:]}", next="//evil.example/")
        assert (came.status_code, came.headers["location"]) == (303, "/"), (
            "typed with a gap; led nowhere else"
        )
        assert is_in(browser)
        assert "weike_half" not in browser.http.cookies
        assert half not in browser.http.cookies["weike_session"]


def test_a_code_was_good_twice(served: Served, clock: MovableClock) -> None:
    name = somebody(served)
    with served.nobody() as browser:
        try_password(browser, name)
        phone, _codes = set_up(served, browser, name)
    clock.forward(seconds=61)
    with clock.stopped():
        code, answers = code_now(phone, served), []
        browsers = [served.nobody() for _ in range(2)]
        for browser in browsers:
            try_password(browser, name)
            browser.csrf()

        def enter(browser: Person) -> None:
            answers.append(browser.post("/sign-in/second", code=code, next="/").status_code)

        threads = [threading.Thread(target=enter, args=(browser,)) for browser in browsers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for browser in browsers:
            browser.http.close()
    assert sorted(answers) == [303, 422], "of two at once one comes in"


def test_a_recovery_code_opens_once_and_lies_nowhere(served: Served) -> None:
    name = somebody(served)
    with served.nobody() as browser:
        try_password(browser, name)
        phone, codes = set_up(served, browser, name)
    for answer in (303, 422):
        with served.nobody() as browser:
            try_password(browser, name)
            came = browser.post("/sign-in/second", code=codes[0].upper().replace("-", " "), next="/")
            assert came.status_code == answer
    with served.ports.db.read() as session:
        person = person_by_username(session, name)
        assert person is not None
        row = session.get_one(SecondFactor, person.id)
        kept = session.scalars(select(RecoveryCode).where(RecoveryCode.person_id == person.id)).all()
        deeds = session.scalars(select(AuditEntry).where(AuditEntry.of_person == person.id)).all()
    assert phone.secret not in row.sealed
    assert not set(codes) & {one.id for one in kept}
    recovered = [deed for deed in deeds if deed.deed is Deed.SECOND_FACTOR_RECOVERED]
    assert [deed.details["left"] for deed in recovered] == [9]


def test_staff_get_nowhere_before_they_have_one(served: Served) -> None:
    name = somebody(served, Role.STAFF)
    with served.nobody() as browser:
        asked = try_password(browser, name)
        assert asked.headers["location"].startswith("/sign-in/second?")
        first = browser.http.get(asked.headers["location"])
        assert "设置好以前" in first.text
        for path in ("/people", "/review", "/account", "/account/second-factor"):
            answer = browser.http.get(path)
            assert (answer.status_code, answer.headers["location"][:9]) == (303, "/sign-in?")
        assert browser.post("/sign-in/second", code="123456").headers["location"].startswith("/sign-in?")
        assert browser.post("/sign-in/second/begin", next="/people").status_code == 303
        phone = secret_on(browser.http.get("/sign-in/second?next=/people"))
        assert browser.post("/sign-in/second/confirm", code="000000", next="/people").status_code == 422
        assert not is_in(browser)
        done = browser.post("/sign-in/second/confirm", code=code_now(phone, served), next="/people")
        assert len(CODES.findall(done.text)) == 10
        assert browser.http.get("/people").status_code == 200
        refused = browser.post("/account/second-factor/off", code="000000")
        assert refused.status_code == 409, "who must have one cannot take it off"


def test_staff_for_some_days_were_let_in_by_a_password_and_then_let_nowhere(served: Served) -> None:
    """The door and the pages asked for different days what somebody is."""
    name = somebody(served, Role.STAFF)
    with served.ports.db.write() as session:
        person = person_by_username(session, name)
        assert person is not None
        [role] = session.scalars(select(RoleGrant).where(RoleGrant.person_id == person.id))
        role.until = local_day(served.ports.clock()) + timedelta(days=3)
    with served.nobody() as browser:
        assert try_password(browser, name).headers["location"].startswith("/sign-in/second?")


def test_a_session_of_a_password_was_kept_by_who_became_staff(served: Served) -> None:
    name = somebody(served)
    with served.nobody() as browser:
        try_password(browser, name)
        assert is_in(browser)
        with served.ports.db.write() as session:
            person = person_by_username(session, name)
            assert person is not None
            people.grant(session, person.id, Role.STAFF, factories.root(session), None, served.ports.clock())
        assert not is_in(browser)


def test_who_knows_the_password_guesses_codes_slowly_and_holds_up_no_known_browser(
    served: Served, clock: MovableClock
) -> None:
    name = somebody(served)
    with served.nobody() as owner, served.nobody() as thief, clock.stopped():
        try_password(owner, name)
        phone, _codes = set_up(served, owner, name)
        clock.forward(seconds=61)
        answers = []
        for _ in range(FREE_FAILURES):
            # The right password in between must not clear what wrong codes cost.
            answers.append(try_password(thief, name).status_code)
            answers.append(thief.post("/sign-in/second", code="000000", next="/").status_code)
        assert 429 in answers
        assert answers.count(422) < FREE_FAILURES
        owner.post("/sign-out")
        assert try_password(owner, name).status_code == 303
        assert owner.post("/sign-in/second", code=code_now(phone, served), next="/").status_code == 303


def test_an_administrator_takes_it_off_and_the_ledger_says_so(served: Served) -> None:
    name = somebody(served)
    with served.nobody() as browser:
        try_password(browser, name)
        set_up(served, browser, name)
    with served.ports.db.read() as session:
        person = person_by_username(session, name)
        assert person is not None
    with served.nobody() as administrator:
        try_password(administrator, "admin")
        administrator.post("/sign-in/second/begin", next="/")
        phone = secret_on(administrator.http.get("/sign-in/second"))
        administrator.post("/sign-in/second/confirm", code=code_now(phone, served), next="/")
        page = administrator.http.get(f"/people/{person.id}/ways-in")
        assert "取消这个人的两步验证" in page.text
        assert "/ways-in" in administrator.http.get(f"/people?q={name}").text
        assert administrator.post(f"/people/{person.id}/second-factor/off").status_code == 303
        assert administrator.post(f"/people/{person.id}/second-factor/off").status_code == 404
    with served.ports.db.read() as session:
        admin = person_by_username(session, "admin")
        entry = session.scalars(
            select(AuditEntry).where(
                AuditEntry.of_person == person.id, AuditEntry.deed == Deed.SECOND_FACTOR_OFF
            )
        ).one()
        assert admin is not None
        assert entry.by_person == admin.id
    with served.nobody() as browser:
        assert try_password(browser, name).headers["location"] == "/account"


def test_a_one_time_link_for_a_password_does_not_stand_for_the_phone(served: Served) -> None:
    name = somebody(served)
    with served.nobody() as browser:
        try_password(browser, name)
        set_up(served, browser, name)
    with served.ports.db.write() as session:
        person = person_by_username(session, name)
        assert person is not None
        token = links.reset_by_machine(session, person.id, served.ports.clock())
    with served.nobody() as browser:
        new = "又一句只有我记得的话"
        came = browser.post(f"/welcome/{token}", password=new, again=new)
        assert came.headers["location"].startswith("/sign-in/second?")
        assert not is_in(browser)


def test_another_secret_of_the_machine_leaves_the_recovery_codes(served: Served) -> None:
    name = somebody(served)
    with served.nobody() as browser:
        try_password(browser, name)
        phone, codes = set_up(served, browser, name)
    with served.ports.db.write() as session:
        person = person_by_username(session, name)
        assert person is not None
        session.get_one(SecondFactor, person.id).sealed = "gAAAAABm-sealed-by-another-machine"
    with served.nobody() as browser:
        try_password(browser, name)
        unreadable = browser.post("/sign-in/second", code=code_now(phone, served), next="/")
        assert unreadable.status_code == 409
        assert "恢复码" in unreadable.text
        assert browser.post("/sign-in/second", code=codes[3], next="/").status_code == 303


def test_nothing_is_asked_and_no_secret_made_where_it_is_off(tmp_path: Path) -> None:
    data = new_data(tmp_path / "data")
    with in_thread(data) as served, asked_of(served) as plain, served.nobody() as browser:
        assert try_password(browser, "member").status_code == 303
        assert not [one for one in plain if "access_" in one], "nor of a password"
    cas = ProviderSettings(key="cas", kind="cas", label="认证", address="https://cas.example/cas")
    with (
        in_thread(data, second_factor="staff", identity_providers=(cas,)) as served,
        asked_of(served) as offered,
        served.nobody() as browser,
    ):
        assert "用认证登录" in browser.http.get("/sign-in").text
        asked = [one for one in offered if "access_" in one or "people_" in one]
        assert asked == [], "the page with other doors asks the database no more"
    with in_thread(data) as served, served.signed_in("admin") as browser:
        assert browser.http.get("/account/second-factor").status_code == 404
        assert "两步验证" not in browser.http.get("/account").text
        assert "/ways-in" not in browser.http.get("/people").text
        assert browser.http.get("/sign-in/second").headers["location"] == "/"
        with served.ports.db.read() as session:
            assert set(session.scalars(select(SignIn.second_at))) == {None}
    assert not (data / "second_factor_secret").exists()
