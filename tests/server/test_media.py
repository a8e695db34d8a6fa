"""Playlists and segments: signed addresses, parts of files, and what must never be served."""

from __future__ import annotations

import asyncio
import socket
from urllib.parse import urlsplit

import httpx
import obstore
import pytest
from obstore.store import MemoryStore

from library.core.clock import utc_now
from library.core.permits import Audience, LessonState
from library.intake.objects import clip_prefix
from server.hls import MediaApp
from server.signing import MediaSigner
from tests.server.conftest import FILES, Shelf
from tests.support import factories
from tests.support.server import MovableClock, Served, in_thread, new_data

SEGMENT = FILES["720p/00001.m4s"]
SIZE = len(SEGMENT)


@pytest.fixture(scope="module")
def master(served: Served, shelf: Shelf) -> str:
    """The address of a master playlist, as whoever is not signed in gets it."""
    put = shelf.lesson(LessonState.PUBLISHED)
    url: str = served.person("nobody").api("POST", f"/clips/{put.clip}/plays").json()["master"]
    return url


class Client:
    """Somebody who fetches one segment, over HTTP or straight from an application."""

    def __init__(self, url: str, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self.url, self._transport = url, transport

    def request(self, method: str, headers: dict[str, str] | None = None, url: str = "") -> httpx.Response:
        """Ask for the segment (or for `url`)."""

        async def ask() -> httpx.Response:
            async with httpx.AsyncClient(transport=self._transport) as client:
                return await client.request(method, url or self.url, headers=headers)

        return asyncio.run(ask())

    def get(self, **headers: str) -> httpx.Response:
        """Fetch the segment; `If_Range` is written If-Range."""
        return self.request("GET", {name.replace("_", "-"): value for name, value in headers.items()})


@pytest.fixture(params=["folder", "object store"])
def client(request: pytest.FixtureRequest, served: Served, master: str) -> Client:
    """Somebody who fetches from files, and from an object store."""
    segment = master.replace("master.m3u8", "720p/00001.m4s")
    if request.param == "folder":
        return Client(served.base_url + segment)
    store = MemoryStore()
    obstore.put(store, f"{clip_prefix(parts(master)[3], factories.PLAN)}/720p/00001.m4s", SEGMENT)
    app = MediaApp(served.ports.signer, store, utc_now)
    return Client("http://test" + segment, httpx.ASGITransport(app))


def test_a_whole_segment(client: Client) -> None:
    answer = client.get()
    assert answer.status_code == 200
    assert answer.content == SEGMENT
    assert answer.headers["content-type"] == "video/iso.segment"
    assert answer.headers["content-length"] == str(SIZE)
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["cache-control"] == "max-age=31536000, immutable"
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=0-99", 0, 100),
        ("bytes=100-", 100, SIZE),
        (f"bytes=100-{SIZE * 2}", 100, SIZE),
        (f"bytes={SIZE - 1}-{SIZE - 1}", SIZE - 1, SIZE),
        ("bytes=-10", SIZE - 10, SIZE),
        (f"bytes=-{SIZE * 2}", 0, SIZE),
        ("Bytes=5-6", 5, 7),
    ],
)
def test_a_part(client: Client, asked: str, start: int, end: int) -> None:
    answer = client.get(Range=asked)
    assert answer.status_code == 206
    assert answer.content == SEGMENT[start:end]
    assert answer.headers["content-range"] == f"bytes {start}-{end - 1}/{SIZE}"
    assert answer.headers["content-length"] == str(end - start)


@pytest.mark.parametrize("asked", [f"bytes={SIZE}-", f"bytes={SIZE}-{SIZE + 1}", "bytes=-0"])
def test_a_part_that_is_not_there(client: Client, asked: str) -> None:
    answer = client.get(Range=asked)
    assert answer.status_code == 416
    assert answer.headers["content-range"] == f"bytes */{SIZE}"
    assert answer.content == b""


@pytest.mark.parametrize(
    "asked",
    ["bytes=9-5", "bytes=0-1,5-6", "bytes=-", "seconds=0-1", "bytes=a-b", "bytes=" + "9" * 5000 + "-"],
)
def test_a_range_that_is_none_was_an_error(client: Client, asked: str) -> None:
    answer = client.get(Range=asked)
    assert answer.status_code == 200
    assert answer.content == SEGMENT


def test_what_the_browser_has_is_not_sent_again(client: Client) -> None:
    tag = client.get().headers["etag"]
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        answer = client.get(If_None_Match=known)
        assert answer.status_code == 304, known
        assert answer.content == b""
        assert answer.headers["etag"] == tag
    assert client.get(If_None_Match='"other"').status_code == 200


def test_a_part_of_another_version_was_glued_to_the_first(client: Client) -> None:
    tag = client.get().headers["etag"]
    same = client.get(Range="bytes=5-", If_Range=tag)
    assert (same.status_code, same.content) == (206, SEGMENT[5:])
    other = client.get(Range="bytes=5-", If_Range='"other"')
    assert (other.status_code, other.content) == (200, SEGMENT)


def test_head_says_the_same_without_the_bytes(client: Client) -> None:
    whole, head = client.get(), client.request("HEAD")
    assert head.status_code == 200
    assert head.content == b""
    names = ("content-length", "content-type", "etag", "cache-control", "accept-ranges")
    assert [head.headers[name] for name in names] == [whole.headers[name] for name in names]
    part = client.request("HEAD", {"Range": "bytes=0-9"})
    assert (part.status_code, part.headers["content-length"]) == (206, "10")


def test_nothing_can_be_written(client: Client) -> None:
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        answer = client.request(method)
        assert answer.status_code == 405
        assert answer.headers["allow"] == "GET, HEAD"


def test_what_is_not_there(client: Client) -> None:
    assert client.request("GET", url=client.url.replace("00001", "00009")).status_code == 404


def parts(master: str) -> list[str]:
    """sig, expires, audience, clip, plan, file of an address."""
    return master.removeprefix("/media/").split("/")


def test_a_changed_address_opens_nothing(served: Served, shelf: Shelf, master: str) -> None:
    http = served.person("nobody").http
    other = shelf.lesson(LessonState.PUBLISHED, Audience.SIGNED_IN)
    good = parts(master)
    assert http.get("/media/" + "/".join(good)).status_code == 200
    changes = {
        0: ["A" * 22, good[0][:-1], good[0] + "A", "", good[0].swapcase()],
        1: [str(int(good[1]) + 1), "9999999999", good[1] + "0", "-1", "0" + good[1]],
        2: ["signed_in", "Everyone", "nobody", ""],
        3: [other.clip, good[3].upper(), good[3][:-1], "0" * 16],
    }
    for place, values in changes.items():
        for value in values:
            changed = [*good[:place], value, *good[place + 1 :]]
            assert http.get("/media/" + "/".join(changed)).status_code == 403, (place, value)


def test_an_address_of_another_library_opens_nothing(served: Served, master: str) -> None:
    _sig, expires, audience, clip, plan, file = parts(master)
    forged = MediaSigner("another secret").path(clip, plan, file, audience, int(expires))
    assert served.person("nobody").http.get(forged).status_code == 403


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


@pytest.mark.parametrize(
    "trick",
    [
        "../../../../media_secret",
        "..%2f..%2f..%2f..%2fmedia_secret",
        "%2e%2e/%2e%2e/%2e%2e/%2e%2e/weike.sqlite",
        "%2e%2e%2f%2e%2e%2f%2e%2e%2fsecret",
        "..%5c..%5csecret",
        "%252e%252e%252fsecret",
        "720p/../../../../secret",
        "720p//00001.m4s",
        "./master.m3u8",
        "/etc/passwd",
        "%2fetc%2fpasswd",
        "master.m3u8%00.jpg",
        "720p/%c0%ae%c0%ae/secret",
        "",
        "720p",
        "720p/",
        "a/b/c/master.m3u8",
        "Master.M3U8",
        "master.m3u8/",
    ],
)
def test_no_path_leads_out_of_the_clip(served: Served, master: str, trick: str) -> None:
    folder = master.removesuffix("master.m3u8")
    assert raw(served.base_url, folder + trick) in (400, 403)


@pytest.mark.parametrize("path", ["/static/../server/app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py"])
def test_no_path_leads_out_of_what_is_static(served: Served, path: str) -> None:
    assert raw(served.base_url, path) in (400, 403, 404)


def test_a_link_in_a_clips_folder_is_not_followed(served: Served, shelf: Shelf) -> None:
    put = shelf.lesson(LessonState.PUBLISHED)
    folder = served.data / "objects" / clip_prefix(put.clip, factories.PLAN)
    (folder / "secret.txt").symlink_to(served.data / "secret")
    url = served.person("nobody").api("POST", f"/clips/{put.clip}/plays").json()["master"]
    assert served.person("nobody").http.get(url.replace("master.m3u8", "secret.txt")).status_code == 404


def test_addresses_of_another_start_still_play(tmp_path_factory: pytest.TempPathFactory) -> None:
    data = new_data(tmp_path_factory.mktemp("again") / "data")
    with in_thread(data) as first:
        put = Shelf(first).lesson(LessonState.PUBLISHED)
        url = first.person("nobody").api("POST", f"/clips/{put.clip}/plays").json()["master"]
    with in_thread(data) as second:
        assert second.person("nobody").http.get(url).status_code == 200
        assert (data / "media_secret").stat().st_mode & 0o777 == 0o600
