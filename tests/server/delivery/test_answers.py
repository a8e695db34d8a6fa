"""Honest use: whole files and parts of them, what is kept and for how long; the same in every form."""

from __future__ import annotations

import httpx
import pytest

from tests.server.delivery.conftest import FILES, LARGE, SEGMENT, Form

pytestmark = [pytest.mark.slow, pytest.mark.every]

SIZE = len(SEGMENT)
KINDS = {
    "master.m3u8": "application/vnd.apple.mpegurl",
    "720p/index.m3u8": "application/vnd.apple.mpegurl",
    "1080p/index.m3u8": "application/vnd.apple.mpegurl",
    "720p/init.mp4": "video/mp4",
    "720p/00001.m4s": "video/iso.segment",
    "strip/index.vtt": "text/vtt",
    "poster.jpg": "image/jpeg",
    "download_720p_00112233.mp4": "video/mp4",
    "download_audio_00112233.m4a": "audio/mp4",
}


@pytest.mark.parametrize("audience", ["everyone", "signed_in", "staff"])
@pytest.mark.parametrize("file", FILES)
def test_a_whole_file(form: Form, file: str, audience: str) -> None:
    for _again in range(2):
        answer = form.get(form.path(file, audience=audience), Accept_Encoding="identity")
        assert answer.status_code == 200
        assert answer.content == FILES[file]
        assert answer.headers["content-type"] == KINDS[file]
        assert answer.headers["content-length"] == str(len(FILES[file]))
        assert answer.headers["x-content-type-options"] == "nosniff"
        who = "public" if audience == "everyone" else "private"
        small = file.endswith((".m3u8", ".vtt"))
        kept = "max-age=300" if small else "max-age=31536000, immutable"
        assert answer.headers.get_list("cache-control") == [f"{who}, {kept}"]
        assert answer.headers["accept-ranges"] == "bytes"


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
@pytest.mark.parametrize("plan", ["0123456789ab", "ba9876543210"])
def test_a_part(form: Form, asked: str, start: int, end: int, plan: str) -> None:
    """In one plan after the whole has been fetched, in the other before anything is known of the file."""
    if plan == "0123456789ab":
        form.get()
    answer = form.get(form.path(plan=plan), Range=asked)
    assert answer.status_code == 206
    assert answer.content == SEGMENT[start:end]
    assert answer.headers["content-range"] == f"bytes {start}-{end - 1}/{SIZE}"
    assert answer.headers["content-length"] == str(end - start)
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize("asked", [f"bytes={SIZE}-", f"bytes={SIZE}-{SIZE + 1}"])
def test_a_part_that_is_not_there(form: Form, asked: str) -> None:
    answer = form.get(Range=asked)
    assert answer.status_code == 416
    assert answer.headers["content-range"] == f"bytes */{SIZE}"
    assert SEGMENT[:100] not in answer.content


@pytest.mark.parametrize("asked", ["bytes=0-1,5-6", "seconds=0-1"])
def test_several_ranges_or_none_are_the_whole(form: Form, asked: str) -> None:
    answer = form.get(Range=asked)
    assert (answer.status_code, answer.content) == (200, SEGMENT)


@pytest.mark.parametrize("file", ["720p/00001.m4s", "master.m3u8", "strip/index.vtt"])
def test_what_the_browser_has_is_not_sent_again(form: Form, file: str) -> None:
    path, identity = form.path(file), {"Accept_Encoding": "identity"}
    tag = form.get(path, **identity).headers["etag"]
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        answer = form.get(path, If_None_Match=known, **identity)
        assert answer.status_code == 304, known
        assert answer.content == b""
        assert answer.headers["etag"] == tag
    assert form.get(path, If_None_Match='"other"', **identity).status_code == 200


@pytest.mark.parametrize("file", ["720p/00001.m4s", "master.m3u8"])
def test_a_part_of_another_version_was_glued_to_the_first(form: Form, file: str) -> None:
    path, content = form.path(file), FILES[file]
    tag = form.get(path, Accept_Encoding="identity").headers["etag"]
    same = form.get(path, Range="bytes=5-", If_Range=tag, Accept_Encoding="identity")
    assert (same.status_code, same.content) == (206, content[5:])
    other = form.get(path, Range="bytes=5-", If_Range='"other"', Accept_Encoding="identity")
    assert (other.status_code, other.content) == (200, content)


@pytest.mark.parametrize("file", ["720p/00001.m4s", "master.m3u8"])
def test_head_says_the_same_without_the_bytes(form: Form, file: str) -> None:
    path, identity = form.path(file), {"Accept-Encoding": "identity"}
    whole = form.http.get(path, headers=identity)
    head = form.http.head(path, headers=identity)
    assert (head.status_code, head.content) == (200, b"")
    for name in ("content-length", "content-type", "etag", "cache-control", "accept-ranges"):
        assert head.headers[name] == whole.headers[name], name
    part = form.http.head(path, headers={**identity, "Range": "bytes=0-9"})
    assert (part.status_code, part.headers["content-length"]) == (206, "10")


def test_a_large_file_in_full_and_in_part(form: Form) -> None:
    """More than is sent in one go."""
    path = form.path("download_720p_00112233.mp4")
    assert form.get(path, Range="bytes=1000001-3500000").content == LARGE[1_000_001:3_500_001]
    whole = form.get(path)
    assert whole.content == LARGE
    assert whole.headers["content-disposition"] == "attachment; filename*=UTF-8''weike.mp4"
    named = form.http.head(f"{path}?name=%E5%85%9A%E8%AF%BE-720p")
    assert named.headers["content-disposition"] == "attachment; filename*=UTF-8''%E5%85%9A%E8%AF%BE-720p.mp4"
    assert "content-disposition" not in form.http.head(f"{form.path()}?name=x").headers


def test_one_signature_opens_the_relative_addresses_of_a_playlist(form: Form) -> None:
    master = httpx.URL(form.path("master.m3u8"))
    index = master.join(form.get(str(master)).text.splitlines()[1])
    segment = index.join(form.get(str(index)).text.splitlines()[2])
    assert form.get(str(segment)).content == SEGMENT
