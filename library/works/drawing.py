"""Pages of a PDF as pictures. It runs in a bounded child only: PDFium is a large program in C++, and reads
what strangers made."""

from __future__ import annotations

import struct
import time
import zlib
from typing import Any

from library.core.errors import Invalid
from library.works.formats import damaged

MOST_PAGES = 12
"""Pages that are shown as pictures; the others are in the file."""
WIDTH_PX = 1_000
MOST_PIXELS = 2_500_000
DRAWING_S = 10.0
"""After this no further page is begun."""


def count_pages(data: bytes) -> int:
    """Return how many pages a PDF has; raises Invalid."""
    document = opened(data)
    try:
        count = len(document)
    finally:
        document.close()
    if count < 1:
        raise damaged()
    return int(count)


def draw(data: bytes) -> list[bytes]:
    """Return the first pages of a PDF as PNG, as many as there is time for."""
    document = opened(data)
    until = time.monotonic() + DRAWING_S
    drawn = []
    for n in range(min(len(document), MOST_PAGES)):
        page = document[n]
        width, height = page.get_size()
        if not (0 < width < 1e6 and 0 < height < 1e6):
            break
        scale = min(WIDTH_PX / width, (MOST_PIXELS / (width * height)) ** 0.5)
        bitmap = page.render(scale=scale, may_draw_forms=False, rev_byteorder=True)
        drawn.append(_png(bitmap.to_numpy()))
        bitmap.close()
        page.close()
        if time.monotonic() > until:
            break
    return drawn


def opened(data: bytes) -> Any:
    """Return a PDF that can be read; raises Invalid."""
    import pypdfium2

    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise Invalid("material_locked", field="file") from None
        raise damaged() from None


def _png(pixels: Any) -> bytes:
    """Return rows of RGB(A) or grey pixels as a PNG; grey where all of it is."""
    import numpy

    rows = (
        pixels[:, :, :3]
        if pixels.ndim == 3 and pixels.shape[2] >= 3
        else pixels.reshape(*pixels.shape[:2], -1)
    )
    if rows.shape[2] == 3 and bool((rows[:, :, :1] == rows).all()):
        rows = rows[:, :, :1]
    height, width, channels = rows.shape
    flat = numpy.ascontiguousarray(rows).reshape(height, width * channels)
    filtered = numpy.zeros((height, 1 + width * channels), numpy.uint8)
    filtered[:, 0] = 2  # each row as what differs from the one above it
    filtered[:, 1:] = flat
    filtered[1:, 1:] -= flat[:-1]
    head = struct.pack(">IIBBBBB", width, height, 8, 2 if channels == 3 else 0, 0, 0, 0)
    body = zlib.compress(filtered.tobytes(), 6)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        (_chunk(b"IHDR", head), _chunk(b"IDAT", body), _chunk(b"IEND", b""))
    )


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
