"""What is sent smaller, what is not, and what nobody can guess from it."""

from __future__ import annotations

import os
import re
import time
from pathlib import Path

import httpx
import pytest

from library.catalog.permits import LessonState
from server.web.forms.csrf import csrf_token, masked, unmasked
from server.web.middleware.compression import accepted
from server.web.static_files import KEPT_DAYS, keep_for_later
from tests.server.conftest import Shelf
from tests.server.pages.conftest import ROOT
from tests.support.server import Served

STATIC = ROOT / "server" / "static"


def asked(served: Served, path: str, encodings: str, **headers: str) -> tuple[httpx.Headers, bytes]:
    """Ask for a path; returns the headers and the bytes as they came."""
    given = {"Accept-Encoding": encodings, **headers}
    with served.person("staff").http.stream("GET", path, headers=given) as answer:
        assert answer.status_code in (200, 206), path
        return answer.headers, b"".join(answer.iter_raw())


@pytest.mark.slow
def test_pages_and_json_come_compressed_to_who_takes_it(served: Served, shelf: Shelf) -> None:
    for _ in range(4):
        shelf.lesson(LessonState.PUBLISHED)
    for path in ("/", "/lessons", "/vocabulary", "/api/openapi.json", "/api/v1/lessons"):
        plain, body = asked(served, path, "identity")
        assert "content-encoding" not in plain
        packed, small = asked(served, path, "br, gzip")
        assert packed["content-encoding"] == "gzip", path
        assert len(small) < len(body) / 2
        assert "Accept-Encoding" in packed["vary"]
        assert "content-encoding" not in asked(served, path, "gzip;q=0, identity")[0]


@pytest.mark.slow
def test_media_events_pictures_and_workbooks_come_as_they_are(served: Served, shelf: Shelf) -> None:
    put = shelf.lesson(LessonState.PUBLISHED)
    failed = shelf.lesson(recording="failed")
    master = served.person("nobody").http.get(f"/api/v1/lessons/{put.lesson}").json()["clips"][0]["master"]
    shelf.index()
    for path in (
        master,
        master.replace("master.m3u8", "poster.jpg"),
        f"/clips/{put.clip}/picture.jpg",
        "/stats/export.xlsx",
        "/search/export.xlsx?q=为人民服务",
        f"/lessons/{failed.lesson}/events",
    ):
        assert "content-encoding" not in asked(served, path, "gzip, br")[0], path


@pytest.mark.slow
def test_built_files_come_in_the_smallest_form_that_is_taken(served: Served) -> None:
    [script] = STATIC.glob("app-*.js")
    path, plain = f"/static/{script.name}", script.read_bytes()
    sizes = []
    for wish, form in (
        ("identity", ""),
        ("gzip", "gzip"),
        ("gzip, deflate, br", "br"),
        ("br;q=0, gzip", "gzip"),
    ):
        headers, body = asked(served, path, wish)
        assert headers.get("content-encoding", "") == form
        assert headers["content-type"] == "text/javascript; charset=utf-8"
        assert headers["cache-control"] == "public, max-age=31536000, immutable"
        assert headers["vary"] == "Accept-Encoding"
        assert int(headers["content-length"]) == len(body)
        sizes.append(len(body))
    assert sizes[0] == len(plain)
    assert sizes[2] < sizes[1] < sizes[0] / 1.5
    http = served.person("nobody").http
    assert http.get(f"{path}.gz").status_code == http.get(f"{path}.br").status_code == 404
    again = {"Accept-Encoding": "br", "If-None-Match": asked(served, path, "br")[0]["etag"]}
    assert http.get(path, headers=again).status_code == 304
    assert http.get(path, headers={**again, "Accept-Encoding": "gzip"}).status_code == 200, "another form"


def test_a_page_that_was_open_during_an_update_lost_its_scripts(tmp_path: Path) -> None:
    """A page loads parts of its scripts when they are needed, by the names of its own build."""
    built, kept = tmp_path / "built", tmp_path / "kept"
    built.mkdir()
    for name in ("app-OLD.js", "app-OLD.js.gz", "manifest.json", "LICENSE-x.txt"):
        (built / name).write_text(name)
    keep_for_later(built, kept)
    assert {file.name for file in kept.iterdir()} == {"app-OLD.js", "app-OLD.js.gz"}
    for file in built.iterdir():
        file.unlink()
    (built / "app-NEW.js").write_text("new")
    keep_for_later(built, kept)
    assert {file.name for file in kept.iterdir()} == {"app-OLD.js", "app-OLD.js.gz", "app-NEW.js"}
    long_ago = time.time() - (KEPT_DAYS + 1) * 24 * 3600
    for name in ("app-OLD.js", "app-NEW.js"):
        os.utime(kept / name, (long_ago, long_ago))
    keep_for_later(built, kept)
    assert {file.name for file in kept.iterdir()} == {"app-OLD.js.gz", "app-NEW.js"}, "what is in use stays"


@pytest.mark.slow
def test_files_of_an_earlier_build_are_served(served: Served) -> None:
    (served.data / "assets" / "chunk-OLDER.js").write_text("older()")
    http = served.person("nobody").http
    assert http.get("/static/chunk-OLDER.js").text == "older()"
    [style] = STATIC.glob("style-*.css")
    assert (served.data / "assets" / style.name).read_bytes() == style.read_bytes()
    assert http.get("/").headers["cache-control"] == "private, no-cache"
    assert http.get("/static/chunk-NEVER.js").status_code == 404


def test_the_token_on_a_page_is_another_each_time_and_always_good(served: Served) -> None:
    browser = served.person("member")
    pages = [browser.http.get("/counting").text for _ in range(3)]
    tokens = {re.search(r'name="csrf" content="([^"]+)"', page)[1] for page in pages}  # type: ignore[index]
    assert len(tokens) == 3
    for token in tokens:
        answer = browser.http.post("/language", data={"csrf": token, "language": "en"})
        assert answer.status_code == 303


def test_masks_come_off_and_nonsense_stays() -> None:
    token = csrf_token("secret", "cookie")
    assert unmasked(masked(token)) == token == unmasked(token)
    for nonsense in ("", "xyz", "00", "ab" * 43, "密码", "0" * 64):
        assert unmasked(nonsense) != token


def test_refusals_and_wishes_are_told_apart() -> None:
    assert accepted("gzip, deflate;q=0.5, br;q=0, zstd;q=0.000") == {"gzip", "deflate"}
    assert accepted("*;q=0") == set()
    assert accepted("") == set()
