"""Office documents: packages that are unpacked once, in a bounded child, to see that they hold what they say.

Macros, and whatever else runs when a document is opened, are refused: a lesson's file is read by thousands
who trust it, and nothing in it needs to run.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib

from library.core.errors import Invalid
from library.works.formats import FileFormat, damaged, more_behind

MOST_PARTS = 5_000
MOST_UNPACKED_BYTES = 300 * 2**20
MOST_RATIO = 250
"""Bytes unpacked for one packed, over the whole; sheets of numbers reach 30."""
_SMALL_BYTES = 2**20
_PIECE = 2**20

_MAIN = {
    b"wordprocessingml.document.main+xml": FileFormat.DOCX,
    b"spreadsheetml.sheet.main+xml": FileFormat.XLSX,
    b"presentationml.presentation.main+xml": FileFormat.PPTX,
    b"presentationml.slideshow.main+xml": FileFormat.PPTX,
}
_RUNS = re.compile(
    rb"macroEnabled|vbaProject|macrosheet|vnd\.ms-office\.activeX|attachedToolbars", re.IGNORECASE
)
_RUNNING_PART = re.compile(
    r"(?:^|/)(?:vbaProject|vbaData|attachedToolbars)[^/]*$|(?:^|/)(?:activeX|macrosheets)/", re.IGNORECASE
)
_FETCHED = re.compile(rb'<Relationship\b(?=[^>]*TargetMode\s*=\s*["\']External)[^>]*>', re.IGNORECASE)
_HARMLESS_LINK = re.compile(rb'Type\s*=\s*["\'][^"\']*/hyperlink["\']', re.IGNORECASE)
_OLE_RUNS = ("_VBA_PROJECT".encode("utf-16-le"), "\x01Ole10Native".encode("utf-16-le"))
"""A project of macros, and a file of any kind packed into the document."""


def check(data: bytes) -> FileFormat:
    """Return which document a package is; raises Invalid."""
    try:
        return _check(data)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError):
        raise damaged() from None


def _check(data: bytes) -> FileFormat:
    end = data.rfind(b"PK\x05\x06")
    if end < 0:
        raise damaged()
    if end + 22 != len(data):
        raise more_behind()
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        parts = package.infolist()
        names = [part.filename for part in parts]
        if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED_BYTES:
            raise _bomb()
        if not parts or min(part.header_offset for part in parts) != 0:
            raise more_behind()
        if len({name.lower() for name in names}) != len(names) or any(map(_leads_out, names)):
            raise damaged()
        if any(part.flag_bits & 1 for part in parts):
            raise Invalid("material_locked", field="file")
        if any(map(_RUNNING_PART.search, names)):
            raise _macros()
        held = _unpacked(package, parts, len(data))
    kinds = held.get("[Content_Types].xml", b"")
    if _RUNS.search(kinds):
        raise _macros()
    found = {kind for words, kind in _MAIN.items() if words in kinds}
    if len(found) != 1:
        raise Invalid("material_type", field="file")
    return found.pop()


def _unpacked(package: zipfile.ZipFile, parts: list[zipfile.ZipInfo], packed: int) -> dict[str, bytes]:
    """Unpack every part, count what really comes, and look into those that say what runs or is fetched;
    returns the list of types. What a package says of its sizes is not believed."""
    total, held = 0, {}
    for part in parts:
        name = part.filename
        looked_at = name == "[Content_Types].xml" or name.endswith(".rels") or "/embeddings/" in name
        kept = bytearray()
        with package.open(part) as opened:
            while piece := opened.read(_PIECE):
                total += len(piece)
                if total > MOST_UNPACKED_BYTES or (total > _SMALL_BYTES and total > MOST_RATIO * packed):
                    raise _bomb()
                if looked_at:
                    kept += piece
        if name.endswith(".rels"):
            _check_links(bytes(kept))
        elif "/embeddings/" in name and any(word in kept for word in _OLE_RUNS):
            raise _macros()
        elif name == "[Content_Types].xml":
            held[name] = bytes(kept)
    return held


def _check_links(relations: bytes) -> None:
    """Raise Invalid for what is fetched from elsewhere when the document is opened: a template, a picture."""
    if _RUNS.search(relations):
        raise _macros()
    for link in _FETCHED.findall(relations):
        if not _HARMLESS_LINK.search(link):
            raise Invalid("material_fetches", field="file")


def _leads_out(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return name.startswith("/") or ".." in parts or "\\" in name or any(ord(sign) < 32 for sign in name)


def _macros() -> Invalid:
    return Invalid("material_macros", field="file")


def _bomb() -> Invalid:
    return Invalid("material_bomb", field="file", most_bytes=MOST_UNPACKED_BYTES)
