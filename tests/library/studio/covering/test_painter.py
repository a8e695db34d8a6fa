"""Pictures of strangers become covers: what is hostile is refused in words."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image

from library.core.errors import Invalid
from library.studio.covering.drawing import HEIGHT, MOST_PIXELS, SMALL_WIDTH, WIDTH, Drawn
from library.studio.covering.painter import CoverPainter
from server.fonts import find_fonts

pytestmark = pytest.mark.slow

Paint = Callable[..., Drawn]


@pytest.fixture(scope="module")
def painter() -> Iterator[CoverPainter]:
    made = CoverPainter()
    yield made
    made.close()


@pytest.fixture
def paint(painter: CoverPainter, tmp_path: Path) -> Paint:
    def painted(data: bytes, words: str = "") -> Drawn:
        (tmp_path / "file").write_bytes(data)
        bold = find_fonts().bold
        return painter.paint(tmp_path / "file", words, (bold.path, bold.index), person_id="p")

    return painted


def picture(
    size: tuple[int, int] = (1600, 900), form: str = "JPEG", mode: str = "RGB", **more: object
) -> bytes:
    kept = io.BytesIO()
    colour = {"RGB": (40, 90, 60), "RGBA": (40, 90, 60, 0), "CMYK": (0, 0, 0, 0), "L": 90, "1": 1}[mode]
    Image.new(mode, size, colour).save(kept, form, **more)  # type: ignore[arg-type]
    return kept.getvalue()


def with_place() -> bytes:
    """A photograph of a telephone held upright, that says where it was taken."""
    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its side
    exif[0x010F] = "MAKER-OF-PHONES"
    exif.get_ifd(0x8825)[29] = "2026:12:01"
    return picture((1600, 1200), exif=exif)


def bomb(width: int = 60_000, height: int = 60_000) -> bytes:
    """A PNG of some kilobytes that says that it has billions of pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = zlib.compress(bytes(1_000_000), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def test_a_picture_is_drawn_anew_and_says_nothing_of_where_it_was_taken(paint: Paint) -> None:
    data = with_place()
    assert b"MAKER-OF-PHONES" in data
    drawn = paint(data)
    for one, form, size in (
        (drawn.cover, "JPEG", (WIDTH, HEIGHT)),
        (drawn.plain, "JPEG", (WIDTH, HEIGHT)),
        (drawn.small, "WEBP", (SMALL_WIDTH, SMALL_WIDTH * HEIGHT // WIDTH)),
    ):
        with Image.open(io.BytesIO(one)) as found:
            assert (found.format, found.size) == (form, size)
            assert not found.getexif()
        assert b"MAKER" not in one


@pytest.mark.parametrize("form", ["PNG", "WEBP", "JPEG"])
def test_what_browsers_and_cameras_make_is_taken(paint: Paint, form: str) -> None:
    modes = {"PNG": ("RGB", "RGBA", "L", "1"), "WEBP": ("RGB", "RGBA"), "JPEG": ("RGB", "L", "CMYK")}[form]
    for mode in modes:
        assert paint(picture(form=form, mode=mode)).cover.startswith(b"\xff\xd8")
    if form == "PNG":  # what is clear is white, as on paper
        with Image.open(io.BytesIO(paint(picture(form=form, mode="RGBA")).cover)) as found:
            assert found.getpixel((600, 300)) == (255, 255, 255)


def test_words_stand_at_the_foot_and_the_picture_without_them_is_kept(paint: Paint) -> None:
    data = picture()
    bare, worded = paint(data), paint(data, "绿水青山就是金山银山，一个村子的二十年和它的党支部")
    assert bare.plain == worded.plain
    with Image.open(io.BytesIO(worded.cover)) as found:
        top, foot = found.crop((0, 0, WIDTH, HEIGHT // 2)), found.crop((0, HEIGHT // 2, WIDTH, HEIGHT))
        assert max(x for _low, x in top.getextrema()) < 150
        assert min(x for _low, x in foot.getextrema()) > 240  # white letters


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "cover_type"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", "cover_type"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "cover_type"),
        (b"GIF89a" + bytes(100), "cover_type"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "cover_type"),
        (picture()[:900], "cover_damaged"),
        (picture(form="PNG")[:600], "cover_damaged"),
        (picture((300, 200)), "cover_small"),
        (picture((6000, 8)), "cover_small"),
        (bomb(), "cover_pixels"),
        (bomb(10_000, MOST_PIXELS // 10_000 + 1), "cover_pixels"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_picture_or_a_hostile_one_is_refused_in_words(
    paint: Paint, data: bytes, code: str
) -> None:
    with pytest.raises(Invalid) as refused:
        paint(data)
    assert refused.value.code == code
    assert paint(picture()).cover  # and the next one is drawn
