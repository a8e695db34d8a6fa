"""Passwords, sessions and one-time links, over HTTP and with a clock that can be put forward."""

from __future__ import annotations

import re
import threading
from itertools import count

import httpx
import pytest

from library.access import links
from library.access.rules import FREE_FAILURES, SIGN_IN_DAYS
from library.core.clock import utc_now
from library.people import actions as people
from server.settings import Settings
from server.wiring import open_ports
from tests.server.conftest import Shelf
from tests.support import factories
from tests.support.client import PLAIN, Person
from tests.support.server import MovableClock, Served, in_thread, password, quickly_hashed

pytestmark = [pytest.mark.slow, pytest.mark.dear(9)]

_numbers = count(1)


@pytest.fixture
def account(served: Served) -> str:
    """Somebody new; returns the user name, whose password is password(name)."""
    name = f"person{next(_numbers)}"
    with served.ports.db.write() as session:
        person = people.add_person(session, name, name, quickly_hashed(name), utc_now())
        people.grant(session, person.id, factories.Role.MEMBER, factories.root(session), None, utc_now())
    return name


def attempt(browser: Person, username: str, secret: str) -> httpx.Response:
    """Try to sign in."""
    return browser.post("/sign-in", username=username, password=secret, next="/")


def test_a_wrong_password_keeps_what_was_typed(served: Served, account: str) -> None:
    with served.nobody() as browser:
        answer = attempt(browser, account, "wrong password")
        assert answer.status_code == 401
        assert f'value="{account}"' in answer.text
        assert "用户名或密码不对" in answer.text
        assert "wrong password" not in answer.text
        assert "weike_session" not in browser.http.cookies


def test_a_name_nobody_has_answers_like_a_wrong_password(served: Served, account: str) -> None:
    with served.nobody() as browser:
        known, unknown = attempt(browser, account, "x"), attempt(browser, "nobody-here", "x")
    assert known.status_code == unknown.status_code == 401

    def told(page: str, name: str) -> str:
        # The token is written anew on every page.
        return re.sub(r"\b[0-9a-f]{172}\b", "", page.replace(name, ""))

    assert told(known.text, account) == told(unknown.text, "nobody-here")


def test_guessing_gets_slower_and_a_pause_lets_in_again(
    served: Served, account: str, clock: MovableClock
) -> None:
    with clock.stopped(), served.nobody() as browser, served.nobody() as elsewhere:
        for _ in range(FREE_FAILURES):
            assert attempt(browser, account, "guess").status_code == 401
        answer = attempt(browser, account, password(account))
        assert answer.status_code == 429, "not even the right one, from any browser"
        assert "密码错得太多了" in answer.text
        assert attempt(elsewhere, account, password(account)).status_code == 429
        assert attempt(elsewhere, "member", password("member")).status_code == 303, "others are not held up"
        clock.forward(seconds=3)
        assert attempt(browser, account, "guess").status_code == 401
        clock.forward(seconds=3)
        assert attempt(browser, account, password(account)).status_code == 429, "each time twice as long"
        clock.forward(seconds=3)
        assert attempt(browser, account, password(account)).status_code == 303
        assert attempt(elsewhere, account, "guess").status_code == 401, "and then it begins anew"


def test_guesses_at_once_are_all_counted(served: Served, account: str, clock: MovableClock) -> None:
    browsers = [served.nobody() for _ in range(8)]
    for browser in browsers:
        browser.csrf()
    found: list[int] = []
    guessing = [
        threading.Thread(target=lambda b=b: found.append(attempt(b, account, "guess").status_code))
        for b in browsers
    ]
    with clock.stopped():
        for thread in guessing:
            thread.start()
        for thread in guessing:
            thread.join()
    assert sorted(found) == [401] * FREE_FAILURES + [429] * (8 - FREE_FAILURES)
    for browser in browsers:
        browser.http.close()


def test_signing_out_ends_the_session_and_not_only_the_cookie(served: Served, account: str) -> None:
    with served.signed_in(account) as browser:
        stolen = browser.http.cookies["weike_session"]
        assert browser.post("/sign-out").status_code == 303
        assert browser.http.get("/account").status_code == 303
        with served.nobody() as thief:
            thief.http.cookies.set("weike_session", stolen)
            assert thief.http.get("/account").status_code == 303


def test_signing_in_gives_a_new_session(served: Served, account: str) -> None:
    with served.nobody() as browser:
        browser.http.cookies.set("weike_session", "planted-by-somebody-else")
        browser.sign_in(account, password(account))
        sessions = [c.value for c in browser.http.cookies.jar if c.name == "weike_session" and c.domain]
        assert "planted-by-somebody-else" not in sessions[-1:]


def test_a_changed_password_ends_all_other_sessions(served: Served, account: str) -> None:
    with served.signed_in(account) as here, served.signed_in(account) as there:
        new = "另一句只有我记得的话"
        assert here.post("/account/password", old="wrong", password=new, again=new).status_code == 422
        assert (
            here.post("/account/password", old=password(account), password=new, again="x").status_code == 422
        )
        assert there.http.get("/account").status_code == 200
        answer = here.post("/account/password", old=password(account), password=new, again=new)
        assert answer.status_code == 303
        assert here.http.get("/account").status_code == 200
        assert there.http.get("/account").status_code == 303
        with served.nobody() as browser:
            assert attempt(browser, account, password(account)).status_code == 401
            assert attempt(browser, account, new).status_code == 303


@pytest.mark.parametrize("weak", ["1234567", "12345678", "aaaaaaaaaa", "x" * 257])
def test_a_weak_password_is_refused_in_words(served: Served, account: str, weak: str) -> None:
    with served.signed_in(account) as browser:
        answer = browser.post("/account/password", old=password(account), password=weak, again=weak)
        assert answer.status_code == 422
        assert "密码" in answer.text
        assert weak not in answer.text


def test_other_browsers_are_signed_out_on_request(served: Served, account: str) -> None:
    with served.signed_in(account) as here, served.signed_in(account) as there:
        assert here.post("/account/sign-out-others").status_code == 303
        assert here.http.get("/account").status_code == 200
        assert there.http.get("/account").status_code == 303


def test_a_closed_account_is_out_at_once(served: Served, shelf: Shelf, account: str) -> None:
    with served.signed_in(account) as browser:
        person_id = shelf.viewer(account).person_id
        _id, secret = shelf.token(account)
        assert served.person("staff").post(f"/people/{person_id}/active", active="0").status_code == 303
        assert browser.http.get("/account").status_code == 303
        answer = httpx.get(
            f"{served.base_url}/api/v1/lessons", headers={"Authorization": f"Bearer {secret}"}, verify=PLAIN
        )
        assert answer.status_code == 401
        assert attempt(browser, account, password(account)).status_code == 401
        served.person("staff").post(f"/people/{person_id}/active", active="1")
        assert attempt(browser, account, password(account)).status_code == 303


def test_a_session_ends_after_a_month_without_a_visit(
    served: Served, account: str, clock: MovableClock
) -> None:
    with served.signed_in(account) as browser:
        clock.forward(days=SIGN_IN_DAYS - 1)
        assert browser.http.get("/account").status_code == 200
        clock.forward(days=SIGN_IN_DAYS - 1)
        assert browser.http.get("/account").status_code == 200, "each visit begins the month anew"
        clock.forward(days=SIGN_IN_DAYS + 1)
        assert browser.http.get("/account").status_code == 303
    served.close()  # all other browsers of this module are out as well


def test_whoever_came_every_day_was_signed_out_after_a_month(
    served: Served, account: str, clock: MovableClock
) -> None:
    with served.signed_in(account) as browser:
        clock.forward(days=2)
        header = browser.http.get("/account").headers.get_list("set-cookie")
        assert any(line.startswith("weike_session=") and "Max-Age=" in line for line in header), (
            "or the browser forgets after a month whoever comes every day"
        )
    served.close()


# ---------------------------------------------------------------------- one-time links


def choose(browser: Person, secret: str, username: str) -> httpx.Response:
    """Use a one-time link."""
    chosen = "一句好记的话就很好"
    return browser.post(f"/welcome/{secret}", username=username, name="新同志", password=chosen, again=chosen)


def test_a_link_works_once(served: Served, shelf: Shelf) -> None:
    _id, secret = shelf.invitation()
    with served.nobody() as first, served.nobody() as second:
        assert choose(first, secret, "first-one").status_code == 303
        assert first.http.get("/account").status_code == 200, "signed in at once"
        answer = choose(second, secret, "second-one")
        assert answer.status_code == 404
        assert "已经用过" in answer.text
        assert second.http.get(f"/welcome/{secret}").status_code == 404


def test_of_two_who_use_a_link_at_once_one_gets_in(served: Served, shelf: Shelf) -> None:
    _id, secret = shelf.invitation()
    browsers = [served.nobody() for _ in range(4)]
    for browser in browsers:
        assert browser.http.get(f"/welcome/{secret}").status_code == 200
        browser.csrf()
    found: list[int] = []
    using = [
        threading.Thread(target=lambda b=b, n=n: found.append(choose(b, secret, f"race{n}").status_code))
        for n, b in enumerate(browsers)
    ]
    for thread in using:
        thread.start()
    for thread in using:
        thread.join()
    assert sorted(found) == [303, 404, 404, 404]
    assert sum(browser.http.get("/account").status_code == 200 for browser in browsers) == 1
    for browser in browsers:
        browser.http.close()


def test_a_mistake_does_not_use_the_link_up(served: Served, shelf: Shelf) -> None:
    _id, secret = shelf.invitation()
    with served.nobody() as browser:
        wrong = browser.post(
            f"/welcome/{secret}", username="member", name="x", password="short", again="short"
        )
        assert wrong.status_code == 422
        taken = choose(browser, secret, "member")
        assert taken.status_code == 409
        assert "已经有人用了" in taken.text
        differ = browser.post(
            f"/welcome/{secret}", username="later", name="x", password="一句好记的话", again="另一句话"
        )
        assert "不一样" in differ.text
        assert choose(browser, secret, "later").status_code == 303


def test_a_link_expires_and_can_be_revoked(served: Served, shelf: Shelf, clock: MovableClock) -> None:
    invitation_id, revoked = shelf.invitation()
    assert served.person("staff").post(f"/people/invites/{invitation_id}/revoke").status_code == 303
    _id, old = shelf.invitation()
    clock.forward(days=8)
    with served.nobody() as browser:
        assert browser.http.get(f"/welcome/{revoked}").status_code == 404
        assert choose(browser, revoked, "too-late").status_code == 404
        assert browser.http.get(f"/welcome/{old}").status_code == 404
        assert choose(browser, old, "too-late").status_code == 404
    served.close()


def test_a_reset_link_sets_a_password_and_signs_everybody_else_out(
    served: Served, shelf: Shelf, account: str
) -> None:
    with served.signed_in(account) as old, served.nobody() as browser:
        page = served.person("staff").post(f"/people/{shelf.viewer(account).person_id}/reset").text
        secret = page.partition("/welcome/")[2].partition('"')[0].partition("<")[0]
        assert account in browser.http.get(f"/welcome/{secret}").text
        assert choose(browser, secret, "ignored").status_code == 303
        assert old.http.get("/account").status_code == 303
        assert attempt(browser, account, "一句好记的话就很好").status_code == 303


def test_the_first_administrator_is_made_by_the_newest_link_only(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    data = tmp_path_factory.mktemp("first") / "data"
    ports = open_ports(Settings(data=data, _env_file=None))  # type: ignore[call-arg]
    with ports.db.write() as session:
        old = links.first_admin_link(session, utc_now())
    with ports.db.write() as session:
        new = links.first_admin_link(session, utc_now())
    ports.close()
    with in_thread(data) as served, served.nobody() as browser:
        assert old is not None
        assert new is not None
        assert browser.http.get(f"/welcome/{old}").status_code == 404
        assert choose(browser, new, "the-admin").status_code == 303
        assert browser.http.get("/people").status_code == 200
        with served.ports.db.write() as session:
            assert links.first_admin_link(session, utc_now()) is None
