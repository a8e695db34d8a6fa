"""A Word document or a workbook that is damaged is refused in words: it is never an error of ours."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable

import docx
import openpyxl
import pytest

from library.core.errors import Invalid
from library.core.lists.workbook import Workbook
from library.intake.transcripts import taking

pytestmark = [pytest.mark.slow, pytest.mark.every]

Change = Callable[[str, bytes], bytes]


def document() -> bytes:
    """A Word document with some lines."""
    made, out = docx.Document(), io.BytesIO()
    for n in range(20):
        made.add_paragraph(f"00:00:{n:02d} 同志们好")
    made.save(out)
    return out.getvalue()


def book() -> bytes:
    """A workbook with some rows."""
    made, out = openpyxl.Workbook(), io.BytesIO()
    made.worksheets[0].append(["标题", "讲师"])
    for n in range(20):
        made.worksheets[0].append([f"第{n}课", "王芳"])
    made.save(out)
    return out.getvalue()


def read_document(data: bytes) -> None:
    taking.read(data, "稿.docx")


def read_book(data: bytes) -> None:
    read = Workbook(data)
    for name in read.visible():
        read.sheet(name)


KINDS = {"docx": (document, read_document), "xlsx": (book, read_book)}


def packed(
    data: bytes, change: Change = lambda _name, part: part, method: int = zipfile.ZIP_DEFLATED
) -> bytes:
    """The same package with its parts changed, and packed by another method."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", method) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return out.getvalue()


def declaring(encoding: str) -> Change:
    """Let every part say that it is in some encoding."""

    def change(name: str, part: bytes) -> bytes:
        if not name.endswith((".xml", ".rels")):
            return part
        rest = part.split(b"?>", 1)[-1]
        return f'<?xml version="1.0" encoding="{encoding}"?>'.encode() + rest

    return change


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "encoding", ["x-unknown", "base64", "idna", "undefined", "shift_jis", "utf-32", "hex"]
)
def test_an_encoding_that_nobody_can_read_was_an_error(kind: str, encoding: str) -> None:
    make, read = KINDS[kind]
    with pytest.raises(Invalid):
        read(packed(make(), declaring(encoding)))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA], ids=["bzip2", "lzma"])
def test_what_no_office_program_packs_could_fill_the_memory(kind: str, method: int) -> None:
    make, read = KINDS[kind]
    read(packed(make()))
    with pytest.raises(Invalid):
        read(packed(make(), method=method))


@pytest.mark.parametrize("kind", KINDS)
def test_damaged_bytes_are_read_or_refused(kind: str) -> None:
    make, read = KINDS[kind]
    chance, whole = random.Random(7), packed(make())
    for _ in range(60):
        damaged = bytearray(whole)
        for _ in range(chance.choice((1, 3, 30))):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        try:
            read(bytes(damaged[: chance.choice((len(damaged), chance.randrange(len(damaged))))]))
        except Invalid:
            continue


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "token", [b'<w:p a="%s"/>', b"<!-- %s -->", b"<?pi %s?>"], ids=["attribute", "comment", "pi"]
)
def test_a_token_without_end_took_minutes(kind: str, token: bytes) -> None:
    make, read = KINDS[kind]
    part = {"docx": "word/document.xml", "xlsx": "xl/worksheets/sheet1.xml"}[kind]

    def long(name: str, text: bytes) -> bytes:
        begins, ends = text[:-12].rpartition(b"</")[0::2] if name == part else (text, b"")
        return begins + token % (b"x" * 12_000_000) + b"</" + ends + text[-12:] if name == part else text

    with pytest.raises(Invalid):
        read(packed(make(), long))
