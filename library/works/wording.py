"""What is written in a file, so that it can be found. It runs in the bounded child only, after the file was
found to be what it is: text is taken out and nothing is run."""

from __future__ import annotations

import html
import io
import re
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from library.works.drawing import opened
from library.works.formats import FileFormat

TEXT_MAX = 100_000
"""Characters of a file that are found; what stands behind them is in the file."""
READING_S = 8.0
"""After this no further page is begun."""
_PART_MAX = 32 * 2**20

_PARTS = {
    FileFormat.DOCX: re.compile(r"word/(?:document|footnotes|endnotes)\.xml"),
    FileFormat.XLSX: re.compile(r"xl/(?:sharedStrings|worksheets/sheet(\d+))\.xml"),
    FileFormat.PPTX: re.compile(r"ppt/(?:slides|notesSlides)/[A-Za-z]+(\d+)\.xml"),
}
_PARAGRAPH = re.compile(rb"</(?:\w+:)?(?:p|si|is)>|<(?:\w+:)?(?:br|cr)\s*/>")
_RUN = re.compile(rb"<(?:\w+:)?t(?:\s[^>]*)?>([^<]*)</")
_SPACE = re.compile(r"[^\S\n]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class Words:
    """The text of a file in lines; `whole`: nothing of it was left out."""

    text: str = ""
    whole: bool = True


def words_of(data: bytes, found: FileFormat) -> Words:
    """Return the text of a file, none for pictures and for pages that were scanned."""
    if found is FileFormat.PDF:
        lines = _of_pdf(data)
    elif found in _PARTS:
        lines = _of_office(data, _PARTS[found])
    else:
        return Words()
    taken: list[str] = []
    left = TEXT_MAX
    for line in lines:
        if line is None:
            return Words("\n".join(taken), whole=False)
        clean = _SPACE.sub(" ", _CONTROL.sub("", line)).strip()
        if clean and left <= 0:
            return Words("\n".join(taken), whole=False)
        if clean:
            taken.append(clean[:left])
            if len(clean) > left:
                return Words("\n".join(taken), whole=False)
            left -= len(clean) + 1
    return Words("\n".join(taken))


def _of_pdf(data: bytes) -> Iterator[str | None]:
    """Lines, and None where what follows was left out."""
    document, until = opened(data), time.monotonic() + READING_S
    for n in range(len(document)):
        if n and time.monotonic() > until:
            yield None
        page: Any = document[n]
        text = page.get_textpage()
        yield from str(text.get_text_bounded()).replace("\r", "\n").replace("\ufffe", "").split("\n")
        text.close()
        page.close()


def _of_office(data: bytes, wanted: re.Pattern[str]) -> Iterator[str | None]:
    """Lines, and None where what follows was left out."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        names = [(match, name) for name in package.namelist() if (match := wanted.fullmatch(name))]
        for _match, name in sorted(names, key=lambda one: (int((one[0].groups() or ("",))[0] or 0), one[1])):
            with package.open(name) as part:
                held = part.read(_PART_MAX)
                cut = bool(part.read(1))
            for paragraph in _PARAGRAPH.split(held):
                runs = b"".join(_RUN.findall(paragraph))
                yield html.unescape(runs.decode("utf-8", "replace"))
            if cut:
                yield None
