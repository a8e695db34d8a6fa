"""Photos of gatherings: only the picture is kept, only whom it concerns sees it, and nothing counts it."""

from __future__ import annotations

import ast
import io
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import func, select

from library.core.database import Database
from library.core.errors import Conflict, Invalid, NotFound
from library.evidence.tables import Evidence
from library.gatherings import opening
from library.records import photos
from library.records.picturing.drawer import Busy, PhotoDrawer
from library.records.picturing.drawing import PHOTO_BYTES, PHOTO_SIDE, rewritten
from tests.library.gatherings.meeting import meeting
from tests.support import factories as make
from tests.support.databases import NOW

SECRET = b"PHONE-SERIAL-4711"


def a_photo(size: tuple[int, int] = (640, 480)) -> bytes:
    """A photo as a phone gives it: on its side, with a place, a moment, a comment, more behind its end."""
    picture = Image.new("RGB", size, "#c03030")
    picture.paste("#3030c0", (0, 0, size[0] // 2, size[1]))
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x0110] = SECRET.decode()
    exif.get_ifd(0x8825).update({1: "N", 2: (30.0, 38.0, 12.0), 3: "E", 4: (119.0, 40.0, 48.0)})
    exif.get_ifd(0x8769)[0x9003] = "2026:12:01 19:30:00"
    told = io.BytesIO()
    picture.save(told, "JPEG", exif=exif, comment=SECRET, xmp=b"<x>" + SECRET + b"</x>", quality=90)
    return told.getvalue() + SECRET


def test_only_the_picture_is_kept() -> None:
    given = a_photo()
    assert given.count(SECRET) == 4
    kept, width, height = rewritten(given)
    assert SECRET not in kept
    for sign in (b"Exif", b"http://ns.adobe.com", b"ICC_PROFILE", b"2026:12:01"):
        assert sign not in kept
    with Image.open(io.BytesIO(kept)) as seen:
        assert dict(seen.getexif()) == {}
        assert not set(seen.info) & {"exif", "comment", "xmp", "icc_profile"}
        assert seen.size == (width, height) == (480, 640), "it stands upright"
        # The left half of the file is above once it is turned.
        above, below = seen.getpixel((240, 100)), seen.getpixel((240, 540))
        assert isinstance(above, tuple)
        assert isinstance(below, tuple)
        assert above[2] > above[0]
        assert below[0] > below[2]
    assert max(rewritten(a_photo((3_000, 2_000)))[1:]) == PHOTO_SIDE


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "photo_missing"),
        (b"\xff\xd8\xff\xe0" + b"x" * 100, "photo_unreadable"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "photo_unreadable"),
        (b"GIF89a" + b"\0" * 50, "photo_unreadable"),
        (b"\0" * (PHOTO_BYTES + 1), "photo_large"),
    ],
)
def test_what_is_no_photo_is_refused_whatever_it_is_called(data: bytes, code: str) -> None:
    with pytest.raises(Invalid, match=code):
        rewritten(data)


def test_a_photo_too_large_to_unpack_is_known_by_its_header() -> None:
    told = io.BytesIO()
    Image.new("1", (5_000, 5_000)).save(told, "PNG")
    with pytest.raises(Invalid, match="photo_pixels"):
        rewritten(told.getvalue())


def test_nobody_else_sees_it_and_no_book_or_grade_hangs_on_it(db: Database) -> None:
    with db.write() as session:
        its = meeting(session)
        keeper, other = its.members[0], its.members[3]
        stranger = make.person(session, name="外人")
        picture = rewritten(a_photo())
        one, new = photos.put(session, keeper, its.id, " 分组讨论 ", picture, NOW)
        assert new
        assert one.caption == "分组讨论"
        assert photos.seen(session, other, its.id, one.id).data == picture[0]
        with pytest.raises(NotFound):
            photos.seen(session, stranger, its.id, one.id)
        with pytest.raises(NotFound):
            photos.put(session, other, its.id, "", picture, NOW)
        with pytest.raises(NotFound):
            photos.remove(session, other, its.id, one.id)
        others = [rewritten(a_photo((320 + n, 240))) for n in range(photos.MOST_PHOTOS)]
        for other_one in others[1:]:
            photos.put(session, keeper, its.id, "", other_one, NOW)
        with pytest.raises(Conflict, match="photos_many"):
            photos.put(session, keeper, its.id, "", others[0], NOW)
        assert photos.put(session, keeper, its.id, "再传一次", picture, NOW) == (one, False)

        def said() -> list[tuple[object, ...]]:
            rows = session.execute(
                select(Evidence.person_id, Evidence.kind, Evidence.amount, Evidence.source)
            )
            return sorted(tuple(row) for row in rows)

        opening.end(session, its.at(60), its.id)
        with_photos = said()
        for photo in photos.of(session, its.id):
            photos.remove(session, keeper, its.id, photo.id)
        opening.say_evidence(session, opening.held(session, its.at(61), its.id), NOW, None)
        assert said() == with_photos, "with and without photos the ledger says the same"
        assert session.scalar(select(func.count()).select_from(Evidence)) == len(with_photos)


def test_what_counts_knows_nothing_of_photos() -> None:
    """减负: the slices that make evidence, books and grades cannot even name a photo."""
    for name in ("evidence", "books", "grades"):
        for file in Path("library", name).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.ImportFrom):
                    assert not str(node.module).startswith("library.records"), file
                    assert "photos" not in {one.name for one in node.names}, file


@pytest.fixture(scope="module")
def drawer() -> Iterator[PhotoDrawer]:
    made = PhotoDrawer()
    yield made
    made.close()


def most_kib() -> int:
    """How much memory this process has had at most."""
    told = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) for line in told.splitlines() if line.startswith("VmHWM:"))


def a_bomb(width: int, height: int, rows: int) -> bytes:
    """A small PNG that says that it has so many rows of pixels, and has `rows`."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 16, 6, 0, 0, 0)
    packer = zlib.compressobj(1)
    body = b"".join(packer.compress(bytes(1 + 8 * width)) for _ in range(rows)) + packer.flush()
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.mark.slow
def test_a_hostile_photo_was_unpacked_in_the_web_process(drawer: PhotoDrawer, tmp_path: Path) -> None:
    """Whatever is in the file, this process stays as it is, and the next photo is drawn."""
    large, file = io.BytesIO(), tmp_path / "file"
    Image.new("RGB", (6_000, 5_000), "#c03030").save(large, "JPEG", progressive=True, subsampling=0)
    photo, bomb = a_photo(), a_bomb(4_000, 3_900, 3_900)
    hostile = [
        (drawer, large.getvalue(), "(1600, 1333)"),
        (drawer, bomb, "(1600, 1560)"),
        (drawer, a_bomb(60_000, 60_000, 100), "photo_unreadable"),
        (drawer, a_bomb(6_000, 6_000, 100), "photo_pixels"),
        (drawer, a_photo((3_000, 2_000))[:9_000], "photo_unreadable"),
        (drawer, b"", "photo_missing"),
        (narrow := PhotoDrawer(memory_bytes=200 * 2**20), bomb, "photo_costly"),
        (narrow, photo, "(480, 640)"),
    ]

    def drawn(by: PhotoDrawer, data: bytes) -> str:
        file.write_bytes(data)
        try:
            return f"{by.drawn(file, person_id='p')[1:]}"
        except Invalid as refused:
            return refused.code

    try:
        assert drawn(drawer, photo) == "(480, 640)"
        Path("/proc/self/clear_refs").write_text("5")  # forget what this process once had
        before = most_kib()
        assert [drawn(by, data) for by, data, _answer in hostile] == [answer for *_, answer in hostile]
        grown = most_kib() - before
    finally:
        narrow.close()
    assert grown < 4 * 1024, "unpacked they have 60 to 250 MB"


@pytest.mark.slow
def test_the_same_person_waits_for_their_own_photo(drawer: PhotoDrawer, tmp_path: Path) -> None:
    with drawer._children.place("p"), pytest.raises(Busy):
        drawer.drawn(tmp_path / "file", person_id="p")
