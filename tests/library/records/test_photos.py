"""Photos of gatherings: only the picture is kept, only whom it concerns sees it, and nothing counts it."""

from __future__ import annotations

import ast
import io
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import func, select

from library.core.database import Database
from library.core.errors import Conflict, Invalid, NotFound, Throttled
from library.evidence.tables import Evidence
from library.gatherings import opening
from library.records import photos
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
    kept, width, height = photos.rewritten(given)
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
    assert max(photos.rewritten(a_photo((3_000, 2_000)))[1:]) == photos.PHOTO_SIDE


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "photo_missing"),
        (b"\xff\xd8\xff\xe0" + b"x" * 100, "photo_unreadable"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "photo_unreadable"),
        (b"GIF89a" + b"\0" * 50, "photo_unreadable"),
        (b"\0" * (photos.PHOTO_BYTES + 1), "photo_large"),
    ],
)
def test_what_is_no_photo_is_refused_whatever_it_is_called(data: bytes, code: str) -> None:
    with pytest.raises(Invalid, match=code):
        photos.rewritten(data)


def test_a_photo_too_large_to_unpack_is_known_by_its_header() -> None:
    told = io.BytesIO()
    Image.new("1", (5_000, 5_000)).save(told, "PNG")
    with pytest.raises(Invalid, match="photo_pixels"):
        photos.rewritten(told.getvalue())


def test_nobody_else_sees_it_and_no_book_or_grade_hangs_on_it(db: Database) -> None:
    with db.write() as session:
        its = meeting(session)
        keeper, other = its.members[0], its.members[3]
        stranger = make.person(session, name="外人")
        picture = photos.rewritten(a_photo())
        one = photos.put(session, keeper, its.id, " 分组讨论 ", picture, NOW)
        assert one.caption == "分组讨论"
        assert photos.seen(session, other, its.id, one.id).data == picture[0]
        with pytest.raises(NotFound):
            photos.seen(session, stranger, its.id, one.id)
        with pytest.raises(NotFound):
            photos.put(session, other, its.id, "", picture, NOW)
        with pytest.raises(NotFound):
            photos.remove(session, other, its.id, one.id)
        for _ in range(photos.MOST_PHOTOS - 1):
            photos.put(session, keeper, its.id, "", picture, NOW)
        with pytest.raises(Conflict, match="photos_many"):
            photos.put(session, keeper, its.id, "", picture, NOW)

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


@pytest.mark.slow
def test_several_pictures_at_once_took_hundreds_of_megabytes_each() -> None:
    with photos.DRAWING, pytest.raises(Throttled):
        photos.rewritten(b"x")
    with pytest.raises(Invalid, match="photo_unreadable"):
        photos.rewritten(b"x")
