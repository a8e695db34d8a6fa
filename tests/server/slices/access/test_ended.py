"""What is ended ends: every way of being signed in beside every way of being ended, over HTTP.

Closed accounts are opened again before it is looked: what was ended must not come back with the account.
Of the two databases an ending meets one each day (tests/support/spreading.py), half of the endings the one.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import httpx
import pytest
from sqlalchemy import delete

from library.access.rules import TokenScope
from library.access.tables import ApiToken
from library.catalog.permits import LessonState
from library.core.clock import utc_now
from library.core.permits import Role
from library.people import actions as people
from library.people import queries as people_queries
from server.cli import main
from tests.server.conftest import Shelf
from tests.support import factories
from tests.support.client import PLAIN
from tests.support.databases import KINDS, Databases
from tests.support.server import Served, add_people, in_thread, new_data, password, quickly_hashed

pytestmark = [pytest.mark.slow, pytest.mark.dear(10)]

NEW = "另一句只有我记得的话"
_numbers = count(1)


@pytest.fixture(scope="module", params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def served(
    kind: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("ended") / "data"
    if kind == "sqlite":
        with in_thread(new_data(folder)) as running:
            yield running
        return
    databases: Databases = request.getfixturevalue("databases")
    with databases.url("postgres") as url, in_thread(folder, database_url=url) as running:
        add_people(running.ports)
        yield running


class Someone:
    """Somebody of the staff who is signed in in every way there is, and who else can do something to them."""

    def __init__(self, served: Served) -> None:
        self.served, self.name = served, f"someone{next(_numbers)}"
        with served.ports.db.write() as session:
            person = people.add_person(session, self.name, self.name, quickly_hashed(self.name), utc_now())
            people.grant(session, person.id, Role.STAFF, factories.root(session), None, utc_now())
            self.id, self.root = person.id, factories.root(session).id
        self.admin = served.person("admin")
        # The link for a password comes first: making it signs out whom it is for.
        reset = self._link(self.admin.post(f"/people/{self.id}/reset"))
        self.here = served.signed_in(self.name)
        invited = self.here.post("/people", role="member", branch=self.root, name="新人")
        self.ways = {
            "another browser": self._browser(),
            "a program": self._program(),
            "a link for a new password": reset,
            "a link they made": self._link(invited),
        }

    def _browser(self) -> Callable[[], bool]:
        browser = self.served.signed_in(self.name)
        return lambda: browser.http.get("/account").status_code == 200

    def _program(self) -> Callable[[], bool]:
        page = self.here.post("/account/tokens", label="程序").text
        secret = re.search(r"wk_[\w-]+", page)
        assert secret is not None
        headers = {"Authorization": f"Bearer {secret[0]}"}
        address = f"{self.served.base_url}/api/v1/lessons"
        return lambda: httpx.get(address, headers=headers, verify=PLAIN).status_code == 200

    def _link(self, answer: httpx.Response) -> Callable[[], bool]:
        link = re.search(r"/welcome/[\w-]+", answer.text)
        assert link is not None, answer.text
        address = f"{self.served.base_url}{link[0]}"
        return lambda: httpx.get(address, verify=PLAIN).status_code == 200

    def still_open(self) -> set[str]:
        """The ways in which they are signed in."""
        return {way for way, is_open in self.ways.items() if is_open()}


def closed(who: Someone, typed: Callable[[str], None]) -> None:
    for active in "01":
        assert who.admin.post(f"/people/{who.id}/active", active=active).status_code == 303


def a_link_was_made(who: Someone, typed: Callable[[str], None]) -> None:
    assert who.admin.post(f"/people/{who.id}/reset").status_code == 200


def a_link_was_used(who: Someone, typed: Callable[[str], None]) -> None:
    page = who.admin.post(f"/people/{who.id}/reset").text
    link = re.search(r"/welcome/[\w-]+", page)
    assert link is not None
    with who.served.nobody() as browser:
        assert browser.post(link[0], password=NEW, again=NEW).status_code == 303


def a_role_was_taken(who: Someone, typed: Callable[[str], None]) -> None:
    assert who.admin.post(f"/people/{who.id}/grant", role="member", branch=who.root).status_code == 303
    assert who.admin.post(f"/people/{who.id}/revoke", role="staff", branch=who.root).status_code == 303


def they_changed_their_password(who: Someone, typed: Callable[[str], None]) -> None:
    answer = who.here.post("/account/password", old=password(who.name), password=NEW, again=NEW)
    assert answer.status_code == 303
    assert who.here.http.get("/account").status_code == 200, "not where they did it"


def the_machine_set_a_password(who: Someone, typed: Callable[[str], None]) -> None:
    typed(NEW)
    assert main(["--data", str(who.served.data), "user", "password", who.name, "--password-stdin"]) == 0


def they_signed_out_everywhere(who: Someone, typed: Callable[[str], None]) -> None:
    assert who.here.post("/account/sign-out-everywhere").headers["location"] == "/sign-in"
    assert who.here.http.get("/account").status_code == 303


def they_were_signed_out(who: Someone, typed: Callable[[str], None]) -> None:
    assert who.admin.post(f"/people/{who.id}/sign-out").status_code == 303


def a_program_closed_them(who: Someone, typed: Callable[[str], None]) -> None:
    for active in (False, True):
        assert who.admin.api("POST", f"/people/{who.id}/active", json={"active": active}).status_code == 200


def the_machine_signed_them_out(who: Someone, typed: Callable[[str], None]) -> None:
    typed("")
    assert main(["--data", str(who.served.data), "user", "sign-out", who.name]) == 0


def the_machine_took_a_role(who: Someone, typed: Callable[[str], None]) -> None:
    typed("")
    assert main(["--data", str(who.served.data), "user", "role", who.name, "staff", "--remove"]) == 0


def erased(who: Someone, typed: Callable[[str], None]) -> None:
    assert who.admin.post(f"/people/{who.id}/erase", confirm=who.name).status_code == 303


ENDINGS = [
    closed,
    a_link_was_made,
    a_link_was_used,
    a_role_was_taken,
    they_changed_their_password,
    the_machine_set_a_password,
    they_signed_out_everywhere,
    they_were_signed_out,
    a_program_closed_them,
    the_machine_signed_them_out,
    the_machine_took_a_role,
    erased,
]


@pytest.fixture
def typed(served: Served, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """``typed("a password")``: what a command reads; it works on the server's database."""

    def put(text: str) -> None:
        monkeypatch.setenv("WEIKE_DATABASE_URL", served.ports.settings.database)
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{text}\n"))

    return put


@pytest.mark.spread("kind")
@pytest.mark.parametrize("ending", ENDINGS, ids=lambda ending: ending.__name__)
def test_tokens_and_links_outlived_whatever_ended_the_account(
    served: Served, typed: Callable[[str], None], ending: Callable[..., None]
) -> None:
    who = Someone(served)
    assert who.still_open() == set(who.ways)
    ending(who, typed)
    assert who.still_open() == set()


def test_a_stream_of_events_went_on_for_somebody_who_had_been_signed_out(served: Served) -> None:
    who = Someone(served)
    lesson = who.here.new_lesson("一课")
    with who.here.http.stream("GET", f"/lessons/{lesson}/events") as events:
        lines = events.iter_lines()
        assert next(line for line in lines if line.startswith("data:"))
        assert who.admin.post(f"/people/{who.id}/sign-out").status_code == 303
        assert [line for line in lines if line.startswith("data:")] == [], "and it ends"


def test_a_signed_address_outlives_its_viewer_by_hours_that_are_known(served: Served) -> None:
    """Media addresses name nobody, so that caches can share them: what ends them is time (and other keys)."""
    settings, clock = served.ports.settings, served.ports.clock
    put = Shelf(served).lesson(LessonState.PUBLISHED)
    who = Someone(served)
    asked_at = clock().timestamp()
    master = who.here.http.get(f"/api/v1/lessons/{put.lesson}").json()["clips"][0]["master"]
    closed(who, lambda text: None)
    assert httpx.get(served.base_url + master, verify=PLAIN).status_code == 200
    expires = int(master.split("/")[4])
    assert expires - asked_at <= settings.media_life_s + 3600 + 1


def test_a_token_does_what_it_is_for_and_makes_no_other(served: Served) -> None:
    shelf, newcomer = Shelf(served), Shelf(served).newcomer()
    asked: dict[str, tuple[str, str, dict[str, Any]]] = {
        "reads": ("GET", "/api/v1/lessons", {}),
        "works": ("POST", "/api/v1/lessons", {"json": {"title": "程序建的课"}}),
        "people": ("GET", "/api/v1/people", {}),
        "resets": ("POST", f"/people/{newcomer}/reset", {}),
        "the tree": ("GET", "/api/v1/organisation/nodes/root", {}),
        "a node": (
            "POST",
            f"/api/v1/organisation/nodes/{shelf.root()}/children",
            {"json": {"name": "程序建的党支部"}},
        ),
        "lists tokens": ("GET", "/api/v1/account/tokens", {}),
        "makes a token": ("POST", "/account/tokens", {"data": {"label": "另一个"}}),
        "its account": ("GET", "/account", {}),
        "its browsers": ("GET", "/api/v1/account/browsers", {}),
        "signs out": ("POST", "/api/v1/account/sign-out-everywhere", {}),
        "disguised": ("POST", "/api/v1/account/tokens", {"headers": {"X-HTTP-Method-Override": "PUT"}}),
    }
    may = {
        TokenScope.READ: {"reads", "the tree", "lists tokens"},
        TokenScope.WRITE: {"reads", "the tree", "works", "lists tokens"},
        TokenScope.PEOPLE: {"reads", "the tree", "works", "people", "resets", "a node", "lists tokens"},
    }
    for scope, expected in may.items():
        token_id, secret = shelf.token("admin", scope)
        found = set()
        with httpx.Client(
            base_url=served.base_url, headers={"Authorization": f"Bearer {secret}"}, verify=PLAIN
        ) as http:
            for what, (method, path, about) in asked.items():
                answer = http.request(method, path, **about)
                if answer.status_code < 300:
                    found.add(what)
                else:
                    assert answer.status_code in (403, 405), (scope, what, answer.status_code)
            assert found == expected
            dropped = http.delete(f"/api/v1/account/tokens/{token_id}").status_code
            assert dropped == (403 if scope is TokenScope.READ else 204)
        with served.ports.db.write() as session:
            session.execute(delete(ApiToken))


def test_somebody_without_a_role_is_found_reset_closed_and_erased(
    served: Served, typed: Callable[[str], None], capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    for by in ("page", "api", "command"):
        who = Someone(served)
        assert who.admin.post(f"/people/{who.id}/revoke", role="staff", branch=who.root).status_code == 303
        if by == "page":
            found = who.admin.http.get("/people", params={"q": who.name}).text
            assert f"/people/{who.id}/reset" in found
            assert who.admin.post(f"/people/{who.id}/reset").status_code == 200
            assert who.admin.post(f"/people/{who.id}/active", active="0").status_code == 303
            assert who.admin.post(f"/people/{who.id}/erase", confirm=who.name).status_code == 303
        elif by == "api":
            [row] = who.admin.api("GET", f"/people?q={who.name}").json()["people"]
            assert (row["id"], row["roles"], row["may_erase"]) == (who.id, [], True)
            assert "/welcome/" in who.admin.api("POST", f"/people/{who.id}/reset").json()["url"]
            closing = who.admin.api("POST", f"/people/{who.id}/active", json={"active": False})
            assert closing.json()["active"] is False
            gone = who.admin.api("DELETE", f"/people/{who.id}", params={"confirm": who.name})
            assert gone.status_code == 204
        else:
            typed("")
            data = ("--data", str(served.data), "user")
            capfdbinary.readouterr()
            for command in (("list", who.name, "--json"), ("link", "--for", who.name), ("close", who.name)):
                assert main([*data, *command]) == 0
            assert who.name in capfdbinary.readouterr().out.decode()
            assert main([*data, "erase", who.name, "--yes"]) == 0
        with served.ports.db.read() as session:
            assert people_queries.person_by_username(session, who.name) is None


def test_a_browser_is_signed_out_from_another_one(served: Served) -> None:
    who = Someone(served)
    page = who.here.http.get("/account").text
    others = re.findall(r"/account/devices/(\w+)/sign-out", page)
    assert len(others) == 1
    with served.signed_in("member") as stranger:
        assert stranger.post(f"/account/devices/{others[0]}/sign-out").status_code == 404
    assert who.here.post(f"/account/devices/{others[0]}/sign-out").status_code == 303
    assert who.still_open() == {"a program", "a link for a new password", "a link they made"}
