"""Addresses of media as lessons hand them out; what they open is held by tests/server/delivery."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

import pytest

from library.catalog.permits import LessonState
from library.intake.files.objects import clip_prefix
from tests.server.conftest import Shelf
from tests.support import factories
from tests.support.server import MovableClock, Served, in_thread, new_data


@pytest.mark.slow
def test_an_address_ends(served: Served, shelf: Shelf, clock: MovableClock) -> None:
    put = shelf.lesson(LessonState.PUBLISHED)
    nobody = served.person("nobody")
    url = nobody.api("POST", f"/clips/{put.clip}/plays").json()["master"]
    life_s = served.ports.settings.media_life_s
    clock.forward(seconds=life_s - 60)
    assert nobody.http.get(url).status_code == 200, "it plays as long as it was promised"
    clock.forward(seconds=2 * 3600)
    assert nobody.http.get(url).status_code == 403
    fresh = nobody.api("POST", f"/clips/{put.clip}/plays").json()["master"]
    assert nobody.http.get(fresh).status_code == 200


@pytest.mark.slow
def test_two_people_in_one_hour_share_an_address(served: Served, shelf: Shelf) -> None:
    put = shelf.lesson(LessonState.PUBLISHED)
    urls = {
        served.person(name).api("POST", f"/clips/{put.clip}/plays").json()["master"]
        for name in ("nobody", "member", "staff")
    }
    assert len(urls) == 1, "or a proxy between them and us keeps a copy for each"


def raw(base_url: str, path: str) -> int:
    """Ask for a path exactly as written, as no well-behaved client would; returns the status."""
    address = urlsplit(base_url)
    with socket.create_connection((str(address.hostname), address.port or 80), timeout=10) as line:
        line.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        return int(line.recv(64).split(b" ")[1])


@pytest.mark.parametrize("path", ["/static/../server/app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py"])
@pytest.mark.slow
def test_no_path_leads_out_of_what_is_static(served: Served, path: str) -> None:
    assert raw(served.base_url, path) in (400, 403, 404)


def test_a_link_in_a_clips_folder_is_not_followed(served: Served, shelf: Shelf) -> None:
    put = shelf.lesson(LessonState.PUBLISHED)
    folder = served.data / "objects" / clip_prefix(put.clip, factories.PLAN)
    (folder / "secret.txt").symlink_to(served.data / "secret")
    url = served.person("nobody").api("POST", f"/clips/{put.clip}/plays").json()["master"]
    assert served.person("nobody").http.get(url.replace("master.m3u8", "secret.txt")).status_code == 404


@pytest.mark.slow
def test_addresses_of_another_start_still_play(tmp_path_factory: pytest.TempPathFactory) -> None:
    data = new_data(tmp_path_factory.mktemp("again") / "data")
    with in_thread(data) as first:
        put = Shelf(first).lesson(LessonState.PUBLISHED)
        url = first.person("nobody").api("POST", f"/clips/{put.clip}/plays").json()["master"]
    with in_thread(data) as second:
        assert second.person("nobody").http.get(url).status_code == 200
        assert (data / "media_secret").stat().st_mode & 0o777 == 0o600
