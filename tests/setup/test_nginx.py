"""deploy/nginx.conf in a real nginx: it serves what is signed, nothing else, and passes the rest on."""

from __future__ import annotations

import gzip
import http.client
import subprocess
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from tests.setup import nginx_server
from tests.setup.nginx_server import Site, signed
from tests.support.client import PLAIN

pytestmark = pytest.mark.nginx

CLIP = "abcdefgh23456789"
PLAN = "0123456789ab"
SEGMENT = bytes(range(256)) * 64
HOUR_S = 3600


class Web(BaseHTTPRequestHandler):
    """Stands where the web process is: says what it was asked, and counts."""

    protocol_version = "HTTP/1.1"
    asked: list[str] = []  # noqa: RUF012 - one server per module
    ids: list[str] = []  # noqa: RUF012
    first_was_seen = threading.Event()

    def do_GET(self) -> None:
        if self.path.endswith("/events"):
            self._stream()
            return
        self.ids.append(self.headers["X-Request-ID"])
        self._answer(f"{self.path} {self.headers['X-Forwarded-For']}".encode())

    def do_PATCH(self) -> None:
        self._answer(str(len(self.rfile.read(int(self.headers["Content-Length"])))).encode())

    def _stream(self) -> None:
        """Two events as server/slices/intake/routes.py sends them; the second when the test says so."""
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("X-Accel-Buffering", "no")
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(b"data: first\n\n")
        self.wfile.flush()
        self.first_was_seen.wait(timeout=20)
        self.wfile.write(b"data: second\n\n")
        self.close_connection = True

    def _answer(self, body: bytes) -> None:
        self.asked.append(self.path)
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        if self.path.startswith("/media/"):
            self.send_header("Strict-Transport-Security", "max-age=1")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@pytest.fixture(scope="module")
def web() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Web)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, nginx_path: Path, web: int) -> Iterator[Site]:
    rendered = nginx_server.render(tmp_path_factory.mktemp("nginx"), upstream_port=web)
    folder = rendered.clips / CLIP / PLAN
    (folder / "720").mkdir(parents=True)
    (folder / "master.m3u8").write_text("#EXTM3U\n")
    (folder / "720" / "00001.m4s").write_bytes(SEGMENT)
    (rendered.clips.parent / "private.txt").write_text("not for anybody")
    with nginx_server.running(rendered):
        yield rendered


@pytest.fixture
def client(site: Site) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"http://127.0.0.1:{site.port}", verify=PLAIN) as opened:
        yield opened


def later() -> int:
    return int(time.time()) + HOUR_S


def asked(site: Site, path: str) -> int:
    """Ask for a path as it is written, through a client that does not tidy it up; returns the status."""
    client = http.client.HTTPConnection("127.0.0.1", site.port)
    client.request("GET", path)
    status = client.getresponse().status
    client.close()
    return status


def test_nginx_accepts_the_file(tmp_path: Path, nginx_path: Path) -> None:
    site = nginx_server.render(tmp_path, upstream_port=9)
    answer = subprocess.run(
        ["/bin/sh", nginx_server.ROOT / "deploy" / "start-nginx.sh", "-t"],
        env=site.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    warnings = [line for line in answer.stderr.splitlines() if "[warn]" in line]
    # A small limit of open files on the machine that runs the test says nothing about the file.
    assert [line for line in warnings if "open file resource limit" not in line] == []


def said_when_refused(site: Site) -> str:
    """What the script that starts nginx says of a setting that it does not take."""
    answer = subprocess.run(
        ["/bin/sh", nginx_server.ROOT / "deploy" / "start-nginx.sh", "-t"],
        env=site.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 1
    return answer.stderr


@pytest.mark.parametrize("secret", ["", 'word"; } evil', "two words", "line\nline2 x"])
def test_a_secret_that_could_write_configuration_is_refused(tmp_path: Path, secret: str) -> None:
    site = nginx_server.render(tmp_path, upstream_port=9)
    (tmp_path / "media.secret").write_text(secret)
    assert "must hold one word" in said_when_refused(site)
    assert not (tmp_path / "run" / "media_secret.conf").exists()


def test_signed_media_is_served_and_may_be_kept(client: httpx.Client) -> None:
    playlist = client.get(signed(CLIP, f"{PLAN}/master.m3u8", expires=later()))
    assert (playlist.status_code, playlist.text) == (200, "#EXTM3U\n")
    assert playlist.headers["content-type"] == "application/vnd.apple.mpegurl"
    segment = client.get(signed(CLIP, f"{PLAN}/720/00001.m4s", expires=later()))
    assert segment.content == SEGMENT
    assert segment.headers["content-type"] == "video/iso.segment"
    assert segment.headers["cache-control"] == "public, max-age=31536000, immutable"


def test_media_for_members_is_kept_by_their_browser_only(client: httpx.Client) -> None:
    answer = client.get(signed(CLIP, f"{PLAN}/master.m3u8", expires=later(), audience="signed_in"))
    assert answer.status_code == 200
    assert answer.headers["cache-control"].startswith("private")


def test_one_signature_opens_the_relative_addresses_of_a_playlist(client: httpx.Client) -> None:
    playlist = httpx.URL(signed(CLIP, f"{PLAN}/master.m3u8", expires=later()))
    assert client.get(playlist.join("720/00001.m4s")).status_code == 200


def test_a_part_of_a_segment_can_be_asked_for(client: httpx.Client) -> None:
    address = signed(CLIP, f"{PLAN}/720/00001.m4s", expires=later())
    answer = client.get(address, headers={"Range": "bytes=10-19"})
    assert (answer.status_code, answer.content) == (206, SEGMENT[10:20])


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("?name=%E5%85%9A%E8%AF%BE-720p", "%E5%85%9A%E8%AF%BE-720p.mp4"),
        ("?name=a%0D%0AX-Evil:1", "weike.mp4"),
        ("?name=a;b", "weike.mp4"),
        ("", "weike.mp4"),
    ],
)
@pytest.mark.parametrize("digest", ["00112233", "ffffffff"])
def test_a_file_to_take_along_is_saved_under_its_name(
    client: httpx.Client, site: Site, query: str, name: str, digest: str
) -> None:
    """Also when it comes from the store through the web process."""
    file = f"{PLAN}/download_720p_{digest}.mp4"
    if digest == "00112233":
        (site.clips / CLIP / file).write_bytes(SEGMENT)
    answer = client.get(signed(CLIP, file, expires=later()) + query)
    assert answer.status_code == 200
    assert answer.headers.get_list("content-disposition") == [f"attachment; filename*=UTF-8''{name}"]
    assert "x-evil" not in answer.headers
    segment = client.get(signed(CLIP, f"{PLAN}/720/00001.m4s", expires=later()) + "?name=x")
    assert "content-disposition" not in segment.headers


def test_what_is_not_signed_for_is_denied(client: httpx.Client, site: Site) -> None:
    good = signed(CLIP, f"{PLAN}/master.m3u8", expires=later())
    expires = good.split("/")[4]
    for address in (
        signed(CLIP, f"{PLAN}/master.m3u8", expires=int(time.time()) - 60),
        signed(CLIP, f"{PLAN}/master.m3u8", expires=later(), secret="another"),
        good.replace(f"/{expires}/", f"/{int(expires) + 1}/"),
        good.replace("/everyone/", "/signed_in/"),
        good.replace(CLIP, "zzzzzzzz23456789"),
        f"/media/{CLIP}/{PLAN}/master.m3u8",
        "/media/",
        good.replace(f"{PLAN}/master.m3u8", "private.txt"),
        good.replace("master.m3u8", "../../../private.txt"),
        good.replace("master.m3u8", "%2e%2e/%2e%2e/%2e%2e/private.txt"),
    ):
        before = len(Web.asked)
        answer = client.get(address)
        assert answer.status_code == 403, address
        assert len(Web.asked) == before, f"{address} reached the web process"
    assert asked(site, good.replace("master.m3u8", "../../../private.txt")) == 403


def test_media_that_is_not_on_disk_is_fetched_once(client: httpx.Client) -> None:
    first = signed(CLIP, f"{PLAN}/480/00007.m4s", expires=later())
    second = signed(CLIP, f"{PLAN}/480/00007.m4s", expires=later() + 5)
    before = len(Web.asked)
    body = client.get(first).content
    assert body.decode().startswith(first)
    assert client.get(second).content == body
    assert client.get(second, headers={"Range": "bytes=0-5"}).content == b"/media"
    assert Web.asked[before:] == [first]


def test_pages_are_passed_on_and_say_who_asks(client: httpx.Client) -> None:
    answer = client.get("/lessons?q=1", headers={"X-Forwarded-For": "10.9.8.7"})
    assert answer.text == "/lessons?q=1 127.0.0.1"


def test_an_upload_chunk_fits_and_a_flood_does_not(client: httpx.Client) -> None:
    chunk = b"x" * (8 * 1024 * 1024)
    assert client.patch("/tus/abc", content=chunk).text == str(len(chunk))
    assert client.patch("/tus/abc", content=chunk + chunk).status_code == 413


def test_live_events_arrive_one_by_one(client: httpx.Client) -> None:
    with client.stream("GET", "/lessons/1/events", timeout=10) as answer:
        chunks = answer.iter_raw()
        assert next(chunks) == b"data: first\n\n"
        Web.first_was_seen.set()
        assert next(chunks) == b"data: second\n\n"


def test_signatures_stay_out_of_the_log(client: httpx.Client, site: Site) -> None:
    address = signed(CLIP, f"{PLAN}/master.m3u8", expires=later(), audience="everyone")
    key, signature = address.split("/")[2:4]
    for written in (address, f"{address}?name=x", f"/{address}", address.replace("/media/", "/%6dedia/")):
        asked(site, written)
    log = (site.folder / "access.log").read_text()
    assert f"/media/{key}/-/-/everyone/{CLIP}/{PLAN}/master.m3u8" in log
    assert signature not in log


def test_the_log_does_not_say_who_was_erased(client: httpx.Client, site: Site) -> None:
    for written in (
        "/people/06herased/erase",
        "/people/06herased/erase?x=1",
        "//people/06herased",
        "/api/v1/people/06herased",
    ):
        asked(site, written)
    assert "06herased" not in (site.folder / "access.log").read_text()


def test_one_time_links_stood_in_the_log(site: Site) -> None:
    for written in ("/welcome/Geheim-1", "/welcome/Geheim-1?x=1", "//welcome/Geheim-1", "/Welcome/Geheim-1"):
        asked(site, written)
    log = (site.folder / "access.log").read_text()
    assert "Geheim" not in log
    assert '"GET /welcome/-"' in log


def test_the_web_process_learns_the_id_of_the_line_in_the_log(client: httpx.Client, site: Site) -> None:
    client.get("/lessons", headers={"X-Request-ID": "chosen-by-a-stranger"})
    end = time.monotonic() + 10  # nginx writes its line when the answer has been sent
    while Web.ids[-1] not in (log := (site.folder / "access.log").read_text()) and time.monotonic() < end:
        time.sleep(0.02)
    line = log.splitlines()[-1]
    assert line.split()[0] == "127.0.0.0"
    assert line.split()[-1] == Web.ids[-1]
    assert Web.ids[-1] != "chosen-by-a-stranger"


def test_files_of_nginx_said_nothing_of_https(client: httpx.Client, site: Site) -> None:
    """Weike tells browsers to come by https from now on, and what nginx answers by itself never passed it."""
    assets = site.folder / "assets"
    assets.mkdir(exist_ok=True)
    (assets / "kept.css").write_text("a{}")
    good = signed(CLIP, f"{PLAN}/master.m3u8", expires=later())
    stored = signed(CLIP, f"{PLAN}/480/00009.m4s", expires=later())
    for path in ("/static/kept.css", good, good.replace("/everyone/", "/staff/"), "/media/x", stored):
        answers = [client.get(path, headers={"X-Forwarded-Proto": scheme}) for scheme in ("https", "http")]
        said = [answer.headers.get_list("strict-transport-security") for answer in answers]
        assert said == [["max-age=31536000"], []], path
    too_large = client.post("/sign-in", content=b"x" * 100_000, headers={"X-Forwarded-Proto": "https"})
    assert too_large.status_code == 413
    assert too_large.headers.get_list("strict-transport-security") == ["max-age=31536000"]


def test_a_number_that_could_write_configuration_is_refused(tmp_path: Path) -> None:
    site = nginx_server.render(tmp_path, upstream_port=9, hsts_s='1"; } evil')
    assert "WEIKE_HSTS_S" in said_when_refused(site)


PREFIX = "/weike"


@pytest.fixture(scope="module")
def under_a_path(tmp_path_factory: pytest.TempPathFactory, nginx_path: Path, web: int) -> Iterator[Site]:
    """The same site at https://weike.example/weike."""
    folder = tmp_path_factory.mktemp("nginx-prefix")
    rendered = nginx_server.render(folder, upstream_port=web, public_url=f"https://weike.example{PREFIX}")
    (rendered.clips / CLIP / PLAN).mkdir(parents=True)
    (rendered.clips / CLIP / PLAN / "master.m3u8").write_text("#EXTM3U\n")
    with nginx_server.running(rendered):
        yield rendered


@pytest.mark.parametrize("prefix", ["", PREFIX], ids=["taken off", "handed on"])
def test_a_site_under_a_path_is_served_whether_the_path_is_handed_on_or_not(
    under_a_path: Site, prefix: str
) -> None:
    with httpx.Client(base_url=under_a_path.base_url, verify=PLAIN) as client:
        good = signed(CLIP, f"{PLAN}/master.m3u8", expires=later())
        assert client.get(prefix + good).text == "#EXTM3U\n"
        assert client.get(prefix + good.replace("/everyone/", "/staff/")).status_code == 403
        assert client.get(prefix + "/media/x").status_code == 403
        assert client.get(f"{prefix}/lessons?q=a%2Fb").text == "/lessons?q=a%2Fb 127.0.0.1"
        assert client.get(prefix or "/").text == "/ 127.0.0.1"
        assert client.get(prefix + good).headers["strict-transport-security"] == "max-age=31536000"
        chunk = b"x" * (8 * 1024 * 1024)
        assert client.patch(f"{prefix}/tus/abc", content=chunk).text == str(len(chunk))
        escaped = good.replace("master", "%6daster")
        assert client.get(prefix + escaped).status_code == 403
    assert good.split("/")[3] not in (under_a_path.folder / "access.log").read_text()


def test_another_path_is_not_ours(under_a_path: Site) -> None:
    good = signed(CLIP, f"{PLAN}/master.m3u8", expires=later())
    with httpx.Client(base_url=under_a_path.base_url, verify=PLAIN) as client:
        for before in ("/weikes", "/x", "/x/weike"):
            assert client.get(before + good).text.startswith(before), "it went to the web process"


@pytest.mark.parametrize("path", ['/we"ike', "/we ike", "/a/../b", "/a;b", "/党"])
def test_a_path_that_could_write_configuration_is_refused(tmp_path: Path, path: str) -> None:
    site = nginx_server.render(tmp_path, upstream_port=9, public_url=f"https://x{path}")
    assert "may have letters" in said_when_refused(site)


def test_built_files_come_from_disk_and_compressed(client: httpx.Client, site: Site) -> None:
    assets = site.folder / "assets"
    assets.mkdir(exist_ok=True)
    (assets / "app-ABC.js").write_bytes(b"let answer = 42;" * 100)
    (assets / "app-ABC.js.gz").write_bytes(gzip.compress(b"let answer = 42;" * 100))
    before = len(Web.asked)
    packed = client.get("/static/app-ABC.js", headers={"Accept-Encoding": "gzip"})
    plain = client.get("/static/app-ABC.js", headers={"Accept-Encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.content == plain.content == b"let answer = 42;" * 100
    for answer in (packed, plain):
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["content-type"].startswith("text/javascript")
        assert answer.headers["vary"] == "Accept-Encoding"
    assert client.get("/static/app-ABC.js.gz").status_code == 404
    assert len(Web.asked) == before
    assert client.get("/static/app-OTHER.js").text.startswith("/static/app-OTHER.js ")
