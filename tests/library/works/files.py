"""Files as people bring them, and as those do who mean harm. Made here, of a few bytes each."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


def chunk(kind: bytes, body: bytes) -> bytes:
    """A chunk of a PNG."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int = 2, height: int = 2) -> bytes:
    """A PNG of so many pixels, as its head says."""
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"\0\0\0" * 2)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


PNG = png()
JPEG = (
    b"\xff\xd8\xff\xe0\x00\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0"
    b"\xff\xc0\x00\x0b\x08\x00\x02\x00\x02\x01\x01\x11\0\xff\xda\x00\x08\x01\x01\0\0\x3f\0\x12\xff\x00\x34\xff\xd9"
)
GIF = b"GIF89a\x02\0\x02\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\x02\0\x02\0\0\x02\x02\x84\x51\0;"
WEBP = b"RIFF\x16\0\0\0WEBPVP8L\x0a\0\0\0\x2f\x01\x40\0\0\0\0\0\0\0"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def pdf(pages: int = 1, width: int = 200, height: int = 280, more: str = "") -> bytes:
    """A PDF of some pages with a line each; `more` goes into its catalogue."""
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(pages))
    objects = [
        f"<< /Type /Catalog /Pages 2 0 R {more} >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {pages} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for n in range(pages):
        drawn = f"BT /F1 18 Tf 20 100 Td (page {n + 1}) Tj ET 0.8 0 0 rg 20 20 60 40 re f"
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {width} {height}] "
            f"/Resources << /Font << /F1 3 0 R >> >> /Contents {5 + 2 * n} 0 R >>"
        )
        objects.append(f"<< /Length {len(drawn)} >>\nstream\n{drawn}\nendstream")
    out, places = b"%PDF-1.4\n", []
    for n, body in enumerate(objects, start=1):
        places.append(len(out))
        out += f"{n} 0 obj\n{body}\nendobj\n".encode()
    table = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{place:010d} 00000 n \n".encode() for place in places)
    return out + f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n".encode()


def package(kind: str = WORD, **parts: bytes | str) -> bytes:
    """An Office document; parts by their names, `__` for a slash."""
    held: dict[str, bytes | str] = {
        "[Content_Types].xml": f'<Types><Override PartName="/x.xml" ContentType="{kind}"/></Types>',
        "_rels/.rels": '<Relationships><Relationship Id="r1" Target="word/document.xml"/></Relationships>',
        "word/document.xml": "<w:document>余村</w:document>",
    }
    held.update({name.replace("__", "/"): body for name, body in parts.items()})
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as written:
        for name, body in held.items():
            written.writestr(name, body)
    return out.getvalue()
