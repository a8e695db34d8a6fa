"""Many at the door: guesses cost little, and neither writers nor pages nor owners wait for them."""

from __future__ import annotations

import asyncio
import io
import re
import sqlite3
import threading
from collections import Counter
from collections.abc import Callable, Iterator

import httpx
import pytest
from pwdlib import PasswordHash

from library.access.rules import BUDGETS, Counted
from library.core.clock import utc_now
from server.cli import main
from server.web.doors.hashing import MOST_AT_ONCE, cores
from tests.server.conftest import Shelf
from tests.support.client import PLAIN
from tests.support.server import Served, failed_here, in_thread, new_data, password

pytestmark = [pytest.mark.slow, pytest.mark.dear(22)]

NEW = "一句好记的话就很好"


@pytest.fixture
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server of one's own, whose clock stands still: the slowest machine takes no time for a guess."""
    now = utc_now()
    with in_thread(new_data(tmp_path_factory.mktemp("crowd") / "data"), lambda: now) as running:
        yield running


@pytest.fixture
def at_hash(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], None], Callable[[], None]], None]:
    """``at_hash(before, after)``: called around every hash, by the library's own methods, not ours."""

    def put(before: Callable[[], None], after: Callable[[], None]) -> None:
        for name in ("hash", "verify"):
            its = getattr(PasswordHash, name)

            def around(*args: object, its: Callable[..., object] = its) -> object:
                before()
                try:
                    return its(*args)
                finally:
                    after()

            monkeypatch.setattr(PasswordHash, name, around)

    return put


def test_160_names_by_80_at_once_took_gigabytes_and_the_pages_threads(
    served: Served, at_hash: Callable[..., None]
) -> None:
    """Each attempt hashed at once, in the thread and the turn of a page."""
    lock, now, most, hashes = threading.Lock(), 0, 0, 0

    def begin() -> None:
        nonlocal now, most, hashes
        with lock:
            now, hashes = now + 1, hashes + 1
            most = max(most, now)

    def end() -> None:
        nonlocal now
        with lock:
            now -= 1

    owner = served.signed_in("member")
    assert owner.post("/sign-out").status_code == 303
    csrf = owner.csrf()
    failed_here(served, BUDGETS[Counted.ADDRESS].free // 2)
    at_hash(begin, end)
    with served.nobody() as browser:
        token, cookies = browser.csrf(), dict(browser.http.cookies)

    async def attack() -> tuple[list[httpx.Response], httpx.Response, list[int]]:
        limits = httpx.Limits(max_connections=None)
        pages = []
        async with httpx.AsyncClient(
            base_url=served.base_url, cookies=cookies, limits=limits, timeout=120, verify=PLAIN
        ) as http:
            at_once = asyncio.Semaphore(80)

            async def guess(n: int) -> httpx.Response:
                async with at_once:
                    form = {"csrf": token, "username": f"name{n}", "password": "guess", "next": "/"}
                    return await http.post("/sign-in", data=form)

            guesses = asyncio.gather(*(guess(n) for n in range(160)))
            form = {"csrf": csrf, "username": "member", "password": password("member"), "next": "/"}
            async with httpx.AsyncClient(
                base_url=served.base_url, cookies=dict(owner.http.cookies), timeout=120, verify=PLAIN
            ) as known:
                let_in = await known.post("/sign-in", data=form)
            while not guesses.done():
                pages.append((await http.get("/")).status_code)
            return await guesses, let_in, pages

    answers, let_in, pages = asyncio.run(attack())
    assert let_in.status_code == 303, "whoever has signed in here before finds a place"
    found = Counter(answer.status_code for answer in answers)
    assert set(found) == {401, 429}
    assert 0 < found[401] <= BUDGETS[Counted.ADDRESS].free // 2
    for answer in answers:
        if answer.status_code == 429:
            assert int(answer.headers["retry-after"]) > 0
            assert "再试" in answer.text
    assert most <= min(MOST_AT_ONCE, cores())
    assert hashes == found[401] + 1
    assert set(pages) == {200}


def test_a_new_password_was_hashed_while_nobody_else_could_write(
    served: Served, at_hash: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hashing takes a tenth of a second or more; every beat and upload waited for it."""
    shelf, seen = Shelf(served), 0

    def write() -> None:
        nonlocal seen
        file = sqlite3.connect(served.data / "weike.sqlite", timeout=5, isolation_level=None)
        file.execute("BEGIN IMMEDIATE")
        file.execute("ROLLBACK")
        file.close()
        seen += 1

    at_hash(write, lambda: None)
    with served.signed_in("lecturer") as here:
        changed = here.post("/account/password", old=password("lecturer"), password=NEW, again=NEW)
        assert changed.status_code == 303
    assert seen == 3
    with served.nobody() as newcomer:
        link = f"/welcome/{shelf.invitation()[1]}"
        made = newcomer.post(link, username="newcomer", name="新同志", password=NEW, again=NEW)
        assert made.status_code == 303
    assert seen == 4
    page = served.person("staff").post(f"/people/{shelf.viewer('newcomer').person_id}/reset").text
    reset = re.search(r"/welcome/[\w-]+", page)
    assert reset is not None
    seen = 0
    with served.nobody() as forgetful:
        assert forgetful.post(reset[0], password=NEW, again=NEW).status_code == 303
    for command in (("add", "machine"), ("password", "machine")):
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{NEW}\n"))
        assert main(["--data", str(served.data), "user", *command, "--password-stdin"]) == 0
    assert seen == 3


def test_visitors_behind_a_proxy_were_one_address(served: Served) -> None:
    def guess(visitor: str, name: str = "admin") -> int:
        with served.nobody() as browser:
            browser.csrf()
            browser.http.headers["X-Forwarded-For"] = visitor
            return browser.post("/sign-in", username=name, password="guess").status_code

    free = BUDGETS[Counted.PAIR].free
    network = "2001:db8:1:2"
    for n in range(free):
        assert guess(f"{network}::{n + 1}") == 401
    assert guess(f"{network}:aaaa:bbbb:cccc:dddd") == 429, "whoever has one has all of its network"
    assert guess("2001:db8:1:3::1") == 401
    assert guess("192.0.2.1") == 401


def test_a_visitor_says_of_themselves_where_they_come_from(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    data = new_data(tmp_path_factory.mktemp("untrusting") / "data")
    now = utc_now()
    with in_thread(data, lambda: now, trusted_proxies="192.0.2.1") as served, served.nobody() as browser:
        browser.csrf()
        found = []
        for n in range(BUDGETS[Counted.PAIR].free + 1):
            browser.http.headers["X-Forwarded-For"] = f"203.0.113.{n}"
            answer = browser.post("/sign-in", username="admin", password="guess")
            found.append(answer.status_code)
        assert found == [401] * BUDGETS[Counted.PAIR].free + [429]
        assert "密码错得太多了" in answer.text


def test_who_sits_at_anothers_browser_guesses_the_password_there(served: Served) -> None:
    with served.signed_in("member") as here:
        statuses = [
            here.post("/account/password", old=f"guess{n}", password=NEW, again=NEW).status_code
            for n in range(BUDGETS[Counted.OWNER].free + 1)
        ]
    assert statuses == [422] * BUDGETS[Counted.OWNER].free + [429]
