"""A .docx as a package: which part holds the document, and parts read with a limit, however hostile."""

from __future__ import annotations

import io
import lzma
import posixpath
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import NoReturn
from xml.parsers import expat

from transcode.errors import Refused
from transcode.transcripts.careful_xml import Handler, parser_for

LIMIT_BYTES = 32 * 2**20
"""Of one unpacked part: a transcript of a whole day has about 5 MB."""
SMALL_LIMIT_BYTES = 4 * 2**20
"""Of the parts that say where what is."""
MAX_PARTS = 10_000
"""A document with as many pictures has been seen nowhere."""

BROKEN = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    LookupError,
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
"""What zipfile, its decompressors and expat raise for a package that is none: damaged, encrypted, cut off, or
in an encoding that nobody knows (LookupError) or that expat cannot read (ValueError)."""

LONGEST_TOKEN_BYTES = 2 * 2**20
"""Of a tag with all its attributes. Word packs older drawings into one, some hundred kilobytes of it."""

_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)

_CHUNK_BYTES = 64 * 1024
_RELATIONS, _TYPES = "_rels/.rels", "[content_types].xml"
_USUAL = "word/document.xml"
_DOCUMENT = "/officedocument"
"""End of the type of the relation to the main part, in the transitional form and in the strict one."""
_MAIN = ".document.main+xml"
_MACROS = "application/vnd.ms-word.document.macroenabled.main+xml"


def check_packing(infos: Iterable[zipfile.ZipInfo]) -> None:
    """Raise BadZipFile for parts that are packed as no office program packs them (ECMA-376-2, annex C).

    zipfile unpacks the others without a limit: 64 kB of bzip2 become gigabytes before anybody can count.
    """
    if any(info.compress_type not in _PACKED for info in infos):
        raise zipfile.BadZipFile("packed otherwise than by deflate")


def feed(parser: expat.XMLParserType, pieces: Iterable[bytes]) -> None:
    """Let expat read a part piece by piece; raises BadZipFile for a token that does not end, and expat's own.

    With every piece expat begins a token again until it is whole: one of tens of megabytes takes minutes.
    """
    fed_bytes = 0
    for piece in pieces:
        parser.Parse(piece, False)
        fed_bytes += len(piece)
        if fed_bytes - parser.CurrentByteIndex > LONGEST_TOKEN_BYTES:
            raise zipfile.BadZipFile("an endless token")
    parser.Parse(b"", True)


class Package:
    """An open package. Names of parts are compared without case, as the standard has it."""

    def __init__(self, opened: zipfile.ZipFile) -> None:
        self._opened = opened
        infos = opened.infolist()
        if len(infos) > MAX_PARTS:
            raise zipfile.BadZipFile("too many parts")
        check_packing(infos)
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
        parser = parser_for(handler, _refuse, namespaces=True)
        feed(parser, self._pieces(part, limit_bytes))

    def _pieces(self, part: str, limit_bytes: int) -> Iterator[bytes]:
        read_bytes = 0
        with self._opened.open(self._parts[part]) as stream:
            while chunk := stream.read(_CHUNK_BYTES):
                read_bytes += len(chunk)
                if read_bytes > limit_bytes:
                    raise Refused(
                        "transcript_too_large", {"size_bytes": read_bytes, "limit_bytes": limit_bytes}
                    )
                yield chunk


@contextmanager
def opened(data: bytes) -> Iterator[Package]:
    """Open a package. What turns out to be broken in it, then or later, is Refused("transcript_broken")."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            yield Package(archive)
    except BROKEN as error:
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


def _refuse() -> NoReturn:
    raise Refused("transcript_broken", {"found": "docx"})
