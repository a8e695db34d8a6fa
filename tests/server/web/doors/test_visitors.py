"""Visitors' cookies: only ours count, an address gets so many, and another key is noticed by nobody."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from library.catalog.permits import LessonState
from library.core.clock import utc_now
from server import secrets
from server.secrets import KeyFile
from server.web.doors.networks import Allowances, origin_of
from server.web.doors.visitors import BURST_MIN, Visitors, new_visitor
from tests.server.conftest import Shelf
from tests.support.client import Person
from tests.support.server import Served, in_thread, new_data

ONE, OTHER = "one-secret-of-more-than-32-characters", "another-secret-of-more-than-32-characters"


def visitors(*secrets: str, a_minute: int = 0) -> Visitors:
    return Visitors(lambda: secrets or (ONE,), utc_now, a_minute)


# ---------------------------------------------------------------------- the cookie


def test_a_cookie_is_read_by_who_signed_it_and_after_a_rotation() -> None:
    cookie = visitors(ONE).first_cookie(new_visitor(), "192.0.2.1")
    known = visitors(ONE).read(cookie)
    assert known is not None
    assert visitors(OTHER, ONE).read(cookie) == known
    assert not visitors(OTHER, ONE).is_of_now(cookie, known)
    assert visitors(OTHER).read(cookie) is None


@pytest.mark.parametrize(
    "made_up", ["", "f" * 40, "a.b.c", "a..", "..", ".", "a.b.c.d", "甲.乙.丙", "x" * 500]
)
def test_a_made_up_cookie_is_none(made_up: str) -> None:
    assert visitors().read(made_up) is None


def test_a_cookie_that_was_changed_is_none() -> None:
    visitor_id, group, signature = visitors().first_cookie(new_visitor(), "192.0.2.1").split(".")
    other = new_visitor().id
    for changed in (f"{other}.{group}.{signature}", f"{visitor_id}.{other}.{signature}"):
        assert visitors().read(changed) is None


def test_more_than_an_address_may_have_are_counted_as_one() -> None:
    made = visitors(a_minute=20)
    most = int(20 * BURST_MIN)
    cookies = [made.first_cookie(new_visitor(), "192.0.2.1") for _ in range(most + 40)]
    known = [made.read(cookie) for cookie in cookies]
    assert len({one.id for one in known if one}) == most + 40, "each is a browser of its own"
    assert len({one.counted_as for one in known if one}) == most + 1
    elsewhere = made.read(made.first_cookie(new_visitor(), "192.0.2.2"))
    assert elsewhere is not None
    assert not elsewhere.group


# ---------------------------------------------------------------------- where from


@pytest.mark.parametrize(
    ("client", "origin"),
    [
        (("192.0.2.7", 1), "192.0.2.7"),
        (("::ffff:192.0.2.7", 1), "192.0.2.7"),
        (("2001:db8:1:2:aaaa::1", 1), "2001:db8:1:2::/64"),
        (("2001:db8:1:2:bbbb::9", 1), "2001:db8:1:2::/64"),
        (("2001:db8:1:3::9", 1), "2001:db8:1:3::/64"),
        (("fe80::1%eth0", 1), "fe80::/64"),
        (("unix:", 1), "unix:"),
        (None, ""),
    ],
)
def test_an_origin_is_an_address_or_the_network_of_a_household(
    client: tuple[str, int] | None, origin: str
) -> None:
    assert origin_of({"type": "http", "client": client}) == origin


def test_a_bucket_fills_up_again_and_what_is_full_is_forgotten() -> None:
    now = [0.0]
    bucket = Allowances(10, 1.0, clock=lambda: now[0])
    assert [bucket.take("a") for _ in range(12)] == [True] * 10 + [False] * 2
    now[0] = 6.0
    assert [bucket.take("a"), bucket.take("a"), bucket.take("b")] == [True, False, True]
    now[0] = 3600.0
    bucket.take("c")
    assert list(bucket._full_at) == ["c"]


# ---------------------------------------------------------------------- over HTTP


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server that believes a proxy at 127.0.0.1."""
    with in_thread(new_data(tmp_path_factory.mktemp("visitors") / "data")) as running:
        yield running


@pytest.mark.slow
def test_a_play_with_a_made_up_cookie_counted(site: Served) -> None:
    clip = Shelf(site).lesson(LessonState.PUBLISHED).clip
    with site.nobody() as browser:
        token = browser.csrf()
        browser.http.cookies.clear()
        browser.http.cookies.set("weike_visitor", "0123456789" * 4)
        answer = browser.http.post(f"/api/v1/clips/{clip}/plays", json={}, headers={"X-CSRF-Token": token})
        assert (answer.status_code, answer.json()["error"]) == (403, "csrf")
        browser.http.cookies.clear()
        assert browser.play(clip)["play"], "a page gives it one of ours"


@pytest.mark.slow
def test_who_claims_to_be_forwarded_is_believed_from_a_proxy_alone(tmp_path: Path) -> None:
    """Each would be an address of its own."""
    for trusted, groups in (("127.0.0.1", 1), ("192.0.2.9", 2)):
        data = new_data(tmp_path / trusted)
        with in_thread(data, trusted_proxies=trusted, visitors_address_minute=1) as served:
            grouped = set()
            for n in range(8):
                with served.nobody() as browser:
                    browser.http.get("/counting", headers={"X-Forwarded-For": f"192.0.2.{100 + n}"})
                    grouped.add(bool(str(browser.http.cookies["weike_visitor"]).split(".")[1]))
            assert len(grouped) == groups, trusted


@pytest.mark.slow
def test_a_new_key_is_noticed_by_nobody(tmp_path: Path) -> None:
    with in_thread(new_data(tmp_path / "data")) as served:
        clip = Shelf(served).lesson(LessonState.PUBLISHED).clip
        with served.nobody() as browser:
            token, play = browser.csrf(), browser.play(clip)
            before = browser.http.cookies["weike_visitor"]
            file = served.ports.settings.site_keys_file
            secrets.rotate(file)
            then = time.time() - secrets.SETTLE_S - 1
            os.utime(file, (then, then))
            _until_other(served.ports.site_keys, before)
            begun = browser.http.post(f"/api/v1/clips/{clip}/plays", json={}, headers={"X-CSRF-Token": token})
            assert begun.status_code == 200, "a page that was open goes on"
            assert browser.beat(play, (0, 1))["credited_s"] == 1
            browser.http.get("/counting")
            after = browser.http.cookies["weike_visitor"]
            assert after != before
            assert after.split(".")[0] == before.split(".")[0], "and it is the same visitor"
            assert _may_post(browser, clip)


def _until_other(keys: KeyFile, cookie: str) -> None:
    end = time.monotonic() + 10
    while len(keys.in_use) == 1 or Visitors(lambda: keys.in_use[:1], utc_now, 0).read(cookie):
        assert time.monotonic() < end, "the change is not noticed"
        time.sleep(0.05)


def _may_post(browser: Person, clip: str) -> bool:
    return bool(browser.play(clip)["play"])
