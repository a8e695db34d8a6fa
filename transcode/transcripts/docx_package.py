"""A .docx as a package: which part holds the document, and parts read with a limit, however hostile."""

from __future__ import annotations

import io
import lzma
import posixpath
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol
from xml.parsers import expat

from transcode.errors import Refused

LIMIT_BYTES = 32 * 2**20
"""Of one unpacked part: a transcript of a whole day has about 5 MB."""
SMALL_LIMIT_BYTES = 4 * 2**20
"""Of the parts that say where what is."""
MAX_PARTS = 10_000
"""A document with as many pictures has been seen nowhere."""

_BROKEN = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    KeyError,
    expat.ExpatError,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    NotImplementedError,
    RuntimeError,
    EOFError,
    OSError,
    ValueError,
    OverflowError,
)
"""What zipfile, its decompressors and expat raise for a package that is none: damaged, encrypted, cut off."""

_CHUNK_BYTES = 64 * 1024
_RELATIONS, _TYPES = "_rels/.rels", "[content_types].xml"
_USUAL = "word/document.xml"
_DOCUMENT = "/officedocument"
"""End of the type of the relation to the main part, in the transitional form and in the strict one."""
_MAIN = ".document.main+xml"
_MACROS = "application/vnd.ms-word.document.macroenabled.main+xml"


class Handler(Protocol):
    """What takes the elements and the text of a part."""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins; names are "namespace local"."""

    def end(self, name: str) -> None:
        """An element ends."""

    def text(self, data: str) -> None:
        """Some text."""


class Package:
    """An open package. Names of parts are compared without case, as the standard has it."""

    def __init__(self, opened: zipfile.ZipFile) -> None:
        self._opened = opened
        infos = opened.infolist()
        if len(infos) > MAX_PARTS:
            raise zipfile.BadZipFile("too many parts")
        self._parts = {info.filename.replace("\\", "/").lstrip("/").lower(): info for info in infos}

    def main_part(self) -> str:
        """Return the name of the document's part, "" when there is none."""
        named = _Named()
        for part in (_RELATIONS, _TYPES):
            if part in self._parts:
                self.read(part, named, SMALL_LIMIT_BYTES)
        numbered = sorted(
            name for name in self._parts if name.startswith("word/document") and name.endswith(".xml")
        )
        names = (*named.related, *named.typed, _USUAL, *numbered)
        return next((name for name in names if name in self._parts), "")

    def beside(self, part: str, name: str) -> str:
        """Return the name of a part that lies in the same folder."""
        return posixpath.join(posixpath.dirname(part), name)

    def __contains__(self, part: str) -> bool:
        return part in self._parts

    def read(self, part: str, handler: Handler, limit_bytes: int = LIMIT_BYTES) -> None:
        """Give a part to `handler` piece by piece: the size in the package's directory is only a claim.

        Raises Refused: transcript_too_large; KeyError for a part that is not there.
        """
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = handler.start
        parser.EndElementHandler = handler.end
        parser.CharacterDataHandler = handler.text
        parser.StartDoctypeDeclHandler = _no_doctype
        read_bytes = 0
        with self._opened.open(self._parts[part]) as stream:
            while chunk := stream.read(_CHUNK_BYTES):
                read_bytes += len(chunk)
                if read_bytes > limit_bytes:
                    raise Refused(
                        "transcript_too_large", {"size_bytes": read_bytes, "limit_bytes": limit_bytes}
                    )
                parser.Parse(chunk, False)
        parser.Parse(b"", True)


@contextmanager
def opened(data: bytes) -> Iterator[Package]:
    """Open a package. What turns out to be broken in it, then or later, is Refused("transcript_broken")."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            yield Package(archive)
    except _BROKEN as error:
        raise Refused("transcript_broken", {"found": "docx"}) from error


class _Named:
    """Collects what the package says about which part is the document."""

    def __init__(self) -> None:
        self.related: list[str] = []
        self.typed: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(" ")[2]
        if local == "Relationship" and attributes.get("Type", "").lower().endswith(_DOCUMENT):
            self.related.append(posixpath.normpath(attributes.get("Target", "")).lstrip("/").lower())
        elif local == "Override":
            kind = attributes.get("ContentType", "").lower()
            if kind.endswith(_MAIN) or kind == _MACROS:
                self.typed.append(attributes.get("PartName", "").lstrip("/").lower())

    def end(self, name: str) -> None:
        """Nothing ends that matters."""

    def text(self, data: str) -> None:
        """There is none."""


def _no_doctype(*_: object) -> None:
    """Word writes none; with one come entities that grow or that read other files."""
    raise Refused("transcript_broken", {"found": "docx"})
