"""What files may be that belong to a lesson, and what is said of those that are not whole."""

from __future__ import annotations

from enum import StrEnum

from library.core.errors import Invalid


class FileFormat(StrEnum):
    """What may belong to a lesson."""

    PDF = "pdf"
    DOCX = "docx"
    XLSX = "xlsx"
    PPTX = "pptx"
    PNG = "png"
    JPEG = "jpeg"
    GIF = "gif"
    WEBP = "webp"


class WordsRead(StrEnum):
    """How much of what is written in a material was read: all, its beginning, or nothing in the bounds."""

    WHOLE = "whole"
    BEGINNING = "beginning"
    NOTHING = "nothing"


PICTURES = frozenset({FileFormat.PNG, FileFormat.JPEG, FileFormat.GIF, FileFormat.WEBP})
WORDED = frozenset({FileFormat.PDF, FileFormat.DOCX, FileFormat.XLSX, FileFormat.PPTX})
"""Formats in which text is looked for; of pictures nothing is read."""
CERTIFICATES = PICTURES | {FileFormat.PDF}
_OFFICE = "application/vnd.openxmlformats-officedocument"
MEDIA_TYPES: dict[FileFormat, str] = {
    FileFormat.PDF: "application/pdf",
    FileFormat.DOCX: f"{_OFFICE}.wordprocessingml.document",
    FileFormat.XLSX: f"{_OFFICE}.spreadsheetml.sheet",
    FileFormat.PPTX: f"{_OFFICE}.presentationml.presentation",
    FileFormat.PNG: "image/png",
    FileFormat.JPEG: "image/jpeg",
    FileFormat.GIF: "image/gif",
    FileFormat.WEBP: "image/webp",
}


def damaged() -> Invalid:
    """Return what is said of a file that ends too early or does not hold together."""
    return Invalid("material_damaged", field="file")


def more_behind() -> Invalid:
    """Return what is said of a file in which something else begins where it ends, or before."""
    return Invalid("material_two_things", field="file")
