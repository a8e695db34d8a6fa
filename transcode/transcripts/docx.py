"""The words of a .docx: a bounded, streaming reader of its one part that holds them.

Not python-docx: that unpacks every part of the package into memory, and a package from a stranger can be a
bomb.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import IO
from xml.parsers import expat

from transcode.errors import Refused

PART = "word/document.xml"
LIMIT_BYTES = 32 * 2**20
"""Of unpacked XML: a transcript of a whole day has about 5 MB."""

_BROKEN = (
    zipfile.BadZipFile,
    KeyError,
    expat.ExpatError,
    zlib.error,
    NotImplementedError,
    RuntimeError,
    EOFError,
)
"""What zipfile and expat raise for a package that is none: damaged, without its part, encrypted."""

_CHUNK_BYTES = 64 * 1024
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main "


class _Paragraphs:
    """Collects text by paragraph while expat reads. Deleted text (w:delText) is not collected."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self._now: list[str] = []
        self._in_text = False

    def start(self, name: str, _: dict[str, str]) -> None:
        self._in_text = name == f"{_W}t"
        if name == f"{_W}tab":
            self._now.append(" ")
        elif name in {f"{_W}br", f"{_W}cr"}:
            self._now.append("\n")

    def end(self, name: str) -> None:
        self._in_text = False
        if name == f"{_W}p":
            self.done.append("".join(self._now))
            self._now = []

    def text(self, data: str) -> None:
        if self._in_text:
            self._now.append(data)


def docx_text(data: bytes) -> str:
    """Return a .docx's paragraphs, one per line. Raises Refused: transcript_broken, transcript_too_large."""
    paragraphs = _Paragraphs()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = paragraphs.start
    parser.EndElementHandler = paragraphs.end
    parser.CharacterDataHandler = paragraphs.text
    parser.StartDoctypeDeclHandler = _no_doctype
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package, package.open(PART) as part:
            _feed(parser, part)
    except _BROKEN as error:
        raise Refused("transcript_broken", {"found": "docx"}) from error
    return "\n".join(paragraphs.done)


def _feed(parser: expat.XMLParserType, part: IO[bytes]) -> None:
    """Give the parser one chunk after the other: the size in the package's directory is only a claim."""
    read_bytes = 0
    while chunk := part.read(_CHUNK_BYTES):
        read_bytes += len(chunk)
        if read_bytes > LIMIT_BYTES:
            raise Refused("transcript_too_large", {"size_bytes": read_bytes, "limit_bytes": LIMIT_BYTES})
        parser.Parse(chunk, False)
    parser.Parse(b"", True)


def _no_doctype(*_: object) -> None:
    """Word writes none; with one come entities that grow or that read other files."""
    raise Refused("transcript_broken", {"found": "docx"})
