"""What must not open: forged, bent, expired and borrowed addresses, the same in every form of delivery."""

from __future__ import annotations

import time

import pytest

from server.delivery.signing import MediaSigner, key_id
from tests.server.delivery.conftest import CLIP, OTHER_CLIP, OTHER_PLAN, PLAN, Form

pytestmark = [pytest.mark.slow, pytest.mark.every]

KEY, SIG, EXPIRES, AUDIENCE = 2, 3, 4, 5
"""Where the fields stand between the slashes of an address; 6 is the clip, 7 the plan."""

DOTS = [
    "..",
    "%2e%2e",
    "%2E%2E",
    ".%2e",
    "%2e.",
    "%252e%252e",
    "%25252e%25252e",
    "%c0%ae%c0%ae",
    "%e0%80%ae%e0%80%ae",
    "%ef%bc%8e%ef%bc%8e",
    "..;",
    "....",
    "..%20",
    "..%09",
]
SLASHES = ["/", "%2f", "%2F", "%5c", "\\", "%252f", "%c0%af", "//", "/./", "%ef%bc%8f"]
MALFORMED = (400, 403)
"""What is no address at all (a zero byte, a way out of the root) may be called that before anybody looks."""


def with_field(address: str, place: int, value: str) -> str:
    parts = address.split("/")
    parts[place] = value
    return "/".join(parts)


def test_the_good_address_opens(form: Form) -> None:
    """Or nothing below would mean anything."""
    assert form.raw(form.path("master.m3u8"))[0] == 200


@pytest.mark.parametrize("dots", DOTS)
def test_no_way_back_however_it_is_written(form: Form, dots: str) -> None:
    folder = form.path("master.m3u8").removesuffix("master.m3u8")
    for trick in (trick for slash in SLASHES for trick in ways_back(dots, slash)):
        status, body = form.raw(folder + trick)
        assert status in MALFORMED, (trick, status)
        assert b"private" not in body
        assert b"#EXTM3U" not in body


def ways_back(dots: str, slash: str) -> tuple[str, ...]:
    back = dots + slash
    return (
        f"{back}{OTHER_PLAN}/master.m3u8",
        f"720p/{back}master.m3u8",
        f"720p{slash}{dots}{slash}master.m3u8",
        f"{back}private.m3u8",
        f"{back}{back}{OTHER_CLIP}/{PLAN}/master.m3u8",
        f"{back * 2}private.m3u8",
        f"{back * 3}private.m3u8",
        f"{back * 3}media_secret",
        f"{back * 9}media_secret",
        f"{back * 40}etc/passwd",
    )


@pytest.mark.parametrize(
    "file",
    [
        "%6daster.m3u8",
        "master%2em3u8",
        "master.m3u%38",
        "720p%2findex.m3u8",
        "720p//index.m3u8",
        "720p/./index.m3u8",
        "./master.m3u8",
        "/master.m3u8",
        "Master.M3U8",
        "MASTER.m3u8",
        "master.m3u8/",
        "master.m3u8%20",
        "master.m3u8.",
        "master.m3u8;a",
        "720p",
        "720p/",
        "",
        "a/b/c/master.m3u8",
        "etc/passwd",
        "%2fetc%2fpasswd",
        "-.m3u8",
        ".m3u8",
    ],
)
def test_an_address_is_written_in_one_way_only(form: Form, file: str) -> None:
    folder = form.path("master.m3u8").removesuffix("master.m3u8")
    assert form.raw(folder + file)[0] == 403


def test_an_escape_in_any_field_is_refused(form: Form) -> None:
    good = form.path("master.m3u8")
    for place in range(1, 8):
        field = good.split("/")[place]
        bent = with_field(good, place, f"%{ord(field[0]):02x}{field[1:]}")
        assert form.raw(bent)[0] == 403, place


@pytest.mark.parametrize("nothing", ["%00", "\x00", "%0a", "%0d%0a", "\x01"])
def test_a_zero_byte_or_a_line_end_anywhere_is_refused(form: Form, nothing: str) -> None:
    good = form.path("master.m3u8")
    folder = good.removesuffix("master.m3u8")
    for bent in (
        f"{good}{nothing}",
        f"{good}{nothing}.jpg",
        f"{folder}{nothing}master.m3u8",
        f"{folder}../{nothing}/../media_secret",
        with_field(good, 6, CLIP[:-1] + nothing),
    ):
        assert form.raw(bent)[0] in MALFORMED, bent


@pytest.mark.parametrize("length", [40, 300, 5_000, 20_000])
def test_an_overlong_name_is_refused(form: Form, length: int) -> None:
    folder = form.path("master.m3u8").removesuffix("master.m3u8")
    for bent in (f"{folder}{'a' * length}.m3u8", f"{folder}{'a' * length}/index.m3u8"):
        # 414: longer than a request line may be.
        assert form.raw(bent)[0] in ((403, 414) if length > 8_000 else (403,))


def test_each_field_counts(form: Form) -> None:
    good = form.path("master.m3u8")
    parts = good.split("/")
    sig, expires = parts[SIG], parts[EXPIRES]
    other_last = {"A": "B", "Q": "R", "g": "h", "w": "x"}[sig[-1]]
    changes = {
        KEY: ["00000000", parts[KEY].upper().replace("0", "1"), parts[KEY][:-1], parts[KEY] + "0", "", "-"],
        SIG: [
            "A" * 22,
            ("A" if sig[0] != "A" else "B") + sig[1:],
            sig[:-1] + other_last,  # decodes to the same bytes
            sig[:-1],
            sig + "A",
            sig + "==",
            sig.swapcase(),
            "",
        ],
        EXPIRES: [
            str(int(expires) + 1),
            str(int(expires) - 1),
            "9999999999",
            expires + "0",
            "0" + expires,
            expires[:-1] + "x",
            "-1",
            "1e10",
            "",
        ],
        AUDIENCE: ["signed_in", "staff", "Everyone", "nobody", "everyone_", "", "everyone%20"],
        6: [OTHER_CLIP, CLIP.upper(), CLIP[:-1], CLIP + "a", "0" * 16, ""],
        7: [PLAN.upper(), PLAN[:-1], PLAN + "0", "x" * 12, "", "."],
    }
    for place, values in changes.items():
        for value in values:
            if value != parts[place]:
                assert form.raw(with_field(good, place, value))[0] == 403, (place, value)


def test_a_signature_is_good_for_its_audience_only(form: Form) -> None:
    for signed_for in ("everyone", "signed_in", "staff"):
        good = form.path("master.m3u8", audience=signed_for)
        assert form.raw(good)[0] == 200
        for claimed in {"everyone", "signed_in", "staff"} - {signed_for}:
            assert form.raw(with_field(good, AUDIENCE, claimed))[0] == 403


@pytest.mark.parametrize("ago_s", [1, 60, 10**8])
def test_an_expired_address_is_refused(form: Form, ago_s: int) -> None:
    assert form.raw(form.path("master.m3u8", expires=int(time.time()) - 1 - ago_s))[0] == 403


def test_what_another_key_signed_is_refused(form: Form) -> None:
    expires = int(time.time()) + 3600
    ours = form.path("master.m3u8").split("/")[KEY]
    foreign = MediaSigner("x" * 43).path(CLIP, PLAN, "master.m3u8", "everyone", expires)
    assert form.raw(foreign)[0] == 403
    assert form.raw(with_field(foreign, KEY, ours))[0] == 403, "under the name of ours"
    # Where a key is not known there is no secret; nobody may sign with none.
    nothing = MediaSigner("").path(CLIP, PLAN, "master.m3u8", "everyone", expires)
    for name in (key_id(""), "00000000", "ffffffff", ours):
        assert form.raw(with_field(nothing, KEY, name))[0] == 403


def test_an_unsigned_address_is_refused(form: Form) -> None:
    for path in (
        "/media/",
        "/media//",
        f"/media/{CLIP}/{PLAN}/master.m3u8",
        f"/media/clips/{CLIP}/{PLAN}/master.m3u8",
        "/media/../media_secret",
        "/media/%2e%2e/media_secret",
        "/media/master.m3u8",
    ):
        assert form.raw(path)[0] in (403, 404), path
        assert b"private" not in form.raw(path)[1]


def test_what_is_missing_is_told_to_whoever_has_a_good_signature_only(form: Form) -> None:
    for file in ("720p/00009.m4s", "nothing.m3u8", "strip/nothing.vtt"):
        good = form.path(file)
        assert form.raw(good)[0] == 404, file
        assert form.raw(with_field(good, SIG, "A" * 22))[0] == 403, file
        assert form.raw(form.path(file, expires=1_000_000_000))[0] == 403, file


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
@pytest.mark.parametrize("file", ["master.m3u8", "720p/00001.m4s", "720p/00009.m4s"])
def test_nothing_can_be_written(form: Form, method: str, file: str) -> None:
    answer = form.http.request(method, form.path(file))
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD"
    assert form.http.request(method, form.path(file, expires=1_000_000_000)).status_code == 403


def test_a_refusal_says_nothing_of_the_file(form: Form) -> None:
    """An expired address of a file that is there and of one that is not look alike."""
    answers = [
        form.http.get(form.path(file, expires=1_000_000_000))
        for file in ("master.m3u8", "720p/00001.m4s", "720p/00009.m4s")
    ]
    assert {answer.status_code for answer in answers} == {403}
    assert len({answer.content for answer in answers}) == 1
    for answer in answers:
        assert not {"etag", "last-modified", "accept-ranges"} & set(answer.headers)
