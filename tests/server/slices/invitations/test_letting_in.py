"""A branch is let in over HTTP: from the sheet, by a code that is typed, from the wall, and forty at once."""

from __future__ import annotations

import re
import threading
from datetime import timedelta
from io import BytesIO
from itertools import count

import httpx
import openpyxl
import pytest
from sqlalchemy import select

from library.access.coming_in import codes
from library.access.coming_in.tables import JoinRequest
from library.access.rules import BUDGETS, Counted
from library.access.tables import SignIn
from library.core.clock import local_day
from library.core.permits import Role
from library.people import actions
from library.people import queries as people
from library.people.passwords import NO_PASSWORD
from library.people.tables import Person as Member
from server.web.doors.hashing import MOST_AT_ONCE, PLACES_PER_CORE, cores
from server.web.shown.sharing import qr_path
from tests.server.conftest import Shelf
from tests.support import factories
from tests.support.client import Person
from tests.support.server import MovableClock, Served, failed_here, password, quick_hash

pytestmark = [pytest.mark.slow, pytest.mark.dear(17)]

NEW = "一句好记的话就很好"
_numbers = count(1)


class Node:
    """A branch with a secretary of its own at a browser, and members without passwords."""

    def __init__(self, served: Served, shelf: Shelf, members: list[str]) -> None:
        self.served, self.node = served, shelf.node()
        name = f"secretary{next(_numbers)}"
        with served.ports.db.write() as session:
            node = session.get_one(factories.Node, self.node)
            self.name, now = node.name, served.ports.clock()
            who = actions.add_person(session, name, "张书记", quick_hash(password(name)), now)
            actions.grant(session, who.id, Role.SECRETARY, node, None, now)
            made = [factories.person(session, (Role.MEMBER, node), name=member) for member in members]
            self.members = {one.name: str(one.person_id) for one in made}
            self.accounts = {one.name: people.person(session, str(one.person_id)).username for one in made}
        self.secretary = served.signed_in(name)

    def sheet(self, **form: str) -> httpx.Response:
        """The cards of all who have no password."""
        answer = self.secretary.post(f"/invitations/{self.node}/sheet", who="all", **form)
        assert answer.status_code == 200, answer.text
        return answer

    def code(self) -> str:
        """A new code for the wall."""
        ends_on = local_day(self.served.ports.clock() + timedelta(days=3)).isoformat()
        assert self.secretary.post(f"/invitations/{self.node}/code", ends_on=ends_on).status_code == 303
        found = re.search(r"/join/(\w{10})", self.secretary.http.get(f"/invitations?node={self.node}").text)
        assert found is not None
        return found[1]


def start(browser: Person, link: str, **more: str) -> httpx.Response:
    """Choose a password where a link leads."""
    path = re.sub(r"^https?://[^/]+", "", link)
    assert browser.http.get(path).status_code == 200
    return browser.post(path, password=NEW, again=NEW, **more)


def test_from_the_sheet_to_a_signed_in_phone(served: Served, shelf: Shelf) -> None:
    branch = Node(served, shelf, ["王芳", "<b>李强</b>"])
    book = openpyxl.load_workbook(BytesIO(branch.sheet(form="xlsx").content))
    rows = {row[0]: row for row in book.active.iter_rows(values_only=True) if row[0] in branch.members}
    assert set(rows) == set(branch.members)
    page = branch.sheet().text
    assert "以前发出的 2 张已经作废" in page
    assert '<a href="/invitations" aria-current="page">' in page, "a page that answers a form has its section"
    assert "<b>李强</b>" not in page
    links = dict.fromkeys(re.findall(r"https?://[^\s\"<]+/welcome/[\w-]{43}", page))
    assert len(links) == 2
    for link in links:
        assert qr_path(link)[0] in page, "the picture is the address"
    with served.nobody() as phone:
        old = re.sub(r"^https?://[^/]+", "", str(rows["王芳"][4]))
        assert phone.http.get(old).status_code == 404
        first = next(iter(links))
        welcome = phone.http.get(re.sub(r"^https?://[^/]+", "", first)).text
        assert branch.name in welcome
        assert start(phone, first).headers["location"] == "/"
        account = phone.http.get("/account")
        assert "127.0.0.0" in account.text
        assert phone.http.get("/invitations").status_code == 403
        with served.nobody() as again:
            assert again.http.get(re.sub(r"^https?://[^/]+", "", first)).status_code == 404


def test_a_code_is_typed_and_a_number_signs_in(served: Served, shelf: Shelf, clock: MovableClock) -> None:
    branch = Node(served, shelf, ["王芳"])
    [code] = dict.fromkeys(re.findall(r"\b\w{5}-\w{5}\b(?=</p>)", branch.sheet().text))
    number = f"1390000{next(_numbers):04}"
    person = branch.members["王芳"]
    saved = branch.secretary.post(
        f"/invitations/people/{person}/names", node=branch.node, phone=f"+86 {number}"
    )
    assert saved.status_code == 303
    page = branch.secretary.http.get(f"/invitations?node={branch.node}").text
    assert f"{number[:3]}****{number[-4:]}" in page
    assert number not in page
    with clock.stopped(), served.nobody() as phone:
        wrong = phone.post("/start", code="K7QF2-M9XTB")
        assert wrong.status_code == 404
        assert 'value="K7QF2-M9XTB"' in wrong.text
        led = phone.post("/start", code=f" {code.lower()} ")
        assert start(phone, led.headers["location"]).status_code == 303
        assert phone.post("/start", code=code).status_code == 404
        assert phone.post("/sign-out").status_code == 303
        assert number in phone.sign_in(f"{number[:3]} {number[3:]}", NEW).http.get("/account").text
    with clock.stopped(), served.nobody() as guesser:
        found = [
            guesser.post("/start", code=codes.new_code()).status_code
            for _ in range(BUDGETS[Counted.CODE].free + 2)
        ]
        assert found[-1] == 429
        assert guesser.post("/sign-in", username="member", password=password("member")).status_code == 303
    clock.forward(hours=1)


def test_a_reset_in_person_ends_what_was_open_and_says_who_did_it(served: Served, shelf: Shelf) -> None:
    branch = Node(served, shelf, ["王芳"])
    person = branch.members["王芳"]
    with served.nobody() as phone:
        first = re.search(r"https?://[^\s\"<]+/welcome/[\w-]{43}", branch.sheet().text)
        assert first is not None
        assert start(phone, first[0]).status_code == 303
        answer = branch.secretary.post(f"/invitations/people/{person}/reset", node=branch.node)
        assert answer.headers["cache-control"] == "no-store"
        assert phone.http.get("/account").status_code == 303
        with served.nobody() as elsewhere:
            elsewhere.sign_in(branch.accounts["王芳"], NEW)
            assert "您还没有用" in elsewhere.http.get("/").text, "the old password still fits, and it is said"
        code = re.search(r"\b\w{5}-\w{5}\b(?=</p>)", answer.text)
        assert code is not None
        to = phone.post("/start", code=code[0]).headers["location"]
        assert "张书记" in phone.http.get(to).text
        assert phone.post(to, password=NEW + "了", again=NEW + "了").status_code == 303
        assert "张书记" in phone.http.get("/account").text
    with served.ports.db.read() as session:
        admin = people.person_by_username(session, "admin")
        assert admin is not None
        admin_id = admin.id
    refused = branch.secretary.post(f"/invitations/people/{admin_id}/reset", node=branch.node)
    assert refused.status_code == 404, "whom the secretary does not keep is not there"


def test_whoever_asks_waits_and_learns_nothing_of_others(served: Served, shelf: Shelf) -> None:
    branch = Node(served, shelf, ["王芳"])
    code = branch.code()
    assert code in branch.secretary.http.get(f"/invitations/{branch.node}/poster").text.replace("-", "")
    with served.nobody() as phone, served.nobody() as stranger:
        assert phone.post("/start", code=codes.shown(code)).headers["location"] == f"/join/{code}"
        long = phone.post(f"/join/{code}", name="长" * 300, username="x", password=NEW, again=NEW)
        assert long.status_code == 422
        free, taken = (
            browser.post(f"/join/{code}", name="王芳", username=username, password=NEW, again=NEW)
            for browser, username in ((phone, f"fang{branch.node}"), (stranger, "admin"))
        )
        pages = [
            browser.http.get(answer.headers["location"]).text
            for browser, answer in ((phone, free), (stranger, taken))
        ]
        told = [
            re.sub(r"fang\w+|admin|/asked/[\w-]+|%2F?[\w-]+|\b[0-9a-f]{172}\b|next=\S+", "", page)
            for page in pages
        ]
        assert told[0] == told[1]
        assert phone.post("/sign-in", username=f"fang{branch.node}", password=NEW).status_code == 401
        with served.ports.db.read() as session:
            rows = session.scalars(
                select(JoinRequest).where(JoinRequest.node_id == branch.node).order_by(JoinRequest.id)
            ).all()
        mine, theirs = [row.id for row in rows]
        page = branch.secretary.http.get(f"/invitations?node={branch.node}").text
        assert "名单里有同名的人" in page
        known = branch.members["王芳"]
        for request, form in ((theirs, {}), (mine, {"known": known})):
            answer = branch.secretary.post(
                f"/invitations/requests/{request}/approve", node=branch.node, **form
            )
            assert answer.status_code == (409 if request == theirs else 303), answer.text
        assert (
            branch.secretary.post(f"/invitations/requests/{theirs}/refuse", node=branch.node).status_code
            == 303
        )
        assert "书记同意了" in phone.http.get(free.headers["location"]).text
        assert "书记没有同意" in stranger.http.get(taken.headers["location"]).text
        phone.sign_in(f"fang{branch.node}", NEW)
    with served.ports.db.read() as session:
        assert people.person(session, known).password_hash != NO_PASSWORD
        same = session.scalars(select(Member).where(Member.name == "王芳", Member.username.like("fang%")))
        assert same.all() == [], "no twin was made"


def test_a_room_full_of_people_gets_in_while_somebody_guesses_there(
    served: Served, shelf: Shelf, clock: MovableClock
) -> None:
    """All come from one address, where a guesser has used up what passwords and codes may fail; they are more
    than passwords are hashed for at once, and wait in line instead of being sent away."""
    many = PLACES_PER_CORE * min(MOST_AT_ONCE, cores()) + 4
    branch = Node(served, shelf, [f"党员{n}" for n in range(many)])
    links = list(dict.fromkeys(re.findall(r"/welcome/[\w-]{43}", branch.sheet().text)))
    assert len(links) == many
    with served.signed_in("member") as known, clock.stopped():
        assert known.post("/sign-out").status_code == 303
        with served.nobody() as guesser:
            failed_here(served, BUDGETS[Counted.ADDRESS].free - 3)
            for n in range(4):
                last = guesser.post("/sign-in", username=f"nobody{n}", password="x")
            for _ in range(BUDGETS[Counted.CODE].free + 1):
                guessed = guesser.post("/start", code=codes.new_code())
            assert (last.status_code, guessed.status_code) == (429, 429)
        answers: list[int] = []

        def come_in(link: str) -> None:
            with served.nobody() as phone:
                phone.http.timeout = 300
                answers.append(start(phone, link).status_code)

        threads = [threading.Thread(target=come_in, args=(link,)) for link in links]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert answers == [303] * many
        known.sign_in("member", password("member"))
    clock.forward(hours=2)
    with served.ports.db.read() as session:
        ids = list(branch.members.values())
        assert len(session.scalars(select(SignIn).where(SignIn.person_id.in_(ids))).all()) == many
