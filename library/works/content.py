"""What a file is, told by its content alone: magic bytes and the whole structure. Its name is never asked.

Pure, but for the time it takes; beside pages it is asked in a bounded child (library.works.reading). Raises
Invalid("material_..."). A file must be one thing from its first byte to its last: what stands before or
behind it could be another thing to another program.
"""

from __future__ import annotations

import io
import zipfile

from library.core.errors import Invalid
from library.works import office, pictures
from library.works.formats import FileFormat, damaged, more_behind

_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEAD_BYTES = 1024


def format_of(data: bytes) -> FileFormat:
    """Return what a file is; raises Invalid."""
    if not data:
        raise Invalid("material_empty", field="file")
    if data.startswith(_OLD_OFFICE):
        raise Invalid("material_old_office", field="file")
    if data.startswith(b"PK\x03\x04"):
        return office.check(data)
    if data.startswith(b"%PDF-"):
        _check_pdf(data)
        found = FileFormat.PDF
    else:
        found = pictures.check(data)
        if b"%PDF-" in data[:_HEAD_BYTES]:  # readers of PDF look so far
            raise more_behind()
    if zipfile.is_zipfile(io.BytesIO(data)):
        raise more_behind()
    return found


def _check_pdf(data: bytes) -> None:
    end = data.rfind(b"%%EOF")
    if end < 0:
        raise damaged()
    if data[end + 5 :].strip(b"\r\n\t \0"):
        raise more_behind()
