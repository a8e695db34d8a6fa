"""What a file is, by its first bytes. ffmpeg is then told the demuxer and never guesses.

Guessing is how a text file becomes a playlist that opens other files (CVE-2016-1897, CVE-2026-107697). So
there is a list of what we take; everything else is refused with a name for what was found.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from transcode.errors import Refused

HEAD_BYTES = 64 * 1024


@dataclass(frozen=True)
class Container:
    """A kind of media file and the name of ffmpeg's demuxer for it."""

    name: str
    demuxer: str


_MOV_BOXES = {
    b"ftyp",
    b"moov",
    b"mdat",
    b"free",
    b"skip",
    b"wide",
    b"pnot",
    b"styp",
    b"sidx",
    b"moof",
    b"uuid",
}
_IMAGE_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis", b"crx "}
_BRANDS = {b"qt  ": "mov", b"M4A ": "m4a", b"M4B ": "m4a", b"F4A ": "m4a"}

_RIFF = {
    b"AVI ": Container("avi", "avi"),
    b"WAVE": Container("wav", "wav"),
    b"CDXA": Container("vcd", "mpeg"),  # a Video CD's sectors around MPEG packets, which the demuxer finds
}
_MAGIC: tuple[tuple[bytes, Container], ...] = (
    (b"\x00\x00\x01\xba", Container("mpegps", "mpeg")),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", Container("asf", "asf")),
    (b"FLV\x01", Container("flv", "flv")),
    (b"fLaC", Container("flac", "flac")),
    (b"OggS", Container("ogg", "ogg")),
    (b"#!AMR", Container("amr", "amr")),
)
_UNSUPPORTED: tuple[tuple[bytes, str], ...] = (
    (b".RMF", "realmedia"),
    (b"\x06\x0e\x2b\x34\x02\x05\x01\x01\x0d\x01\x02", "mxf"),
    (b"FORM", "aiff"),
    (b"caff", "caf"),
    (b"MThd", "midi"),
    (b"\x1f\x07\x00", "dv"),
    (b"\x00\x00\x01\xb3", "mpeg_elementary"),
    (b"\x00\x00\x00\x01", "h264_elementary"),
)
_NOT_MEDIA: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
    (b"BM", "image"),
    (b"II*\x00", "image"),
    (b"MM\x00*", "image"),
    (b"8BPS", "image"),
    (b"%PDF", "pdf"),
    (b"{\\rtf", "office"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "office"),
    (b"PK\x03\x04", "archive"),
    (b"PK\x05\x06", "archive"),
    (b"Rar!", "archive"),
    (b"7z\xbc\xaf", "archive"),
    (b"\x1f\x8b", "archive"),
    (b"\xfd7zXZ", "archive"),
    (b"BZh", "archive"),
    (b"\x7fELF", "program"),
    (b"MZ", "program"),
)
_IN_OFFICE_ARCHIVES = (
    b"[Content_Types].xml",  # Word, PowerPoint, Excel, WPS
    b"word/",
    b"ppt/",
    b"xl/",
    b"mimetypeapplication/vnd.oasis.opendocument",
)
"""What tells a document from other archives: both are ZIP files."""

_PLAYLISTS: tuple[tuple[re.Pattern[bytes], str], ...] = (
    (re.compile(rb"#EXT(M3U|INF|-X-)"), "m3u8"),
    (re.compile(rb"ffconcat|file\s+['\"/]"), "concat"),
    (re.compile(rb"v=0\r?\n"), "sdp"),
    (re.compile(rb"(<\?xml.{0,512})?<(MPD|SmoothStreamingMedia)\b", re.DOTALL), "dash"),
    (re.compile(rb"<(asx|smil|playlist|IMSC|rss)\b", re.IGNORECASE), "xml"),
    (re.compile(rb"\[(playlist|Reference|InternetShortcut)\]", re.IGNORECASE), "pls"),
    (re.compile(rb"(https?|rtsp|rtmp|mms|file|ftp)://", re.IGNORECASE), "url"),
)


def sniff(head: bytes) -> Container:
    """Return the kind of file that begins with `head` (give it HEAD_BYTES when there are so many).

    Raises Refused: empty_file, not_media, playlist_in_disguise, unsupported_container.
    """
    if not head:
        raise Refused("empty_file")
    found = _iso(head) or _by_magic(head) or _transport_stream(head) or _audio_frames(head)
    if found is None:
        refusal = _refusal(head)
        if refusal.details != {"found": "unknown"} or (found := _cut_transport_stream(head)) is None:
            raise refusal
    return found


def sniff_file(path: Path) -> Container:
    """Like `sniff`, and looks behind an ID3 tag, which may be larger than HEAD_BYTES (cover pictures)."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
        skip = _id3_bytes(head)
        if not skip:
            return sniff(head)
        file.seek(skip)
        behind = file.read(HEAD_BYTES)
    return _by_magic(behind) or _audio_frames(behind) or sniff(head)


def _iso(head: bytes) -> Container | None:
    kind = head[4:8]
    # Words can look like a box ("The free ..."): only the media data may be so large that its length begins
    # with a printable character.
    if kind not in _MOV_BOXES or (head[0] != 0 and kind != b"mdat"):
        return None
    brand = head[8:12] if kind == b"ftyp" else b""
    if brand in _IMAGE_BRANDS:
        raise Refused("not_media", {"found": "image"})
    name = "3gp" if brand.startswith((b"3gp", b"3g2")) else _BRANDS.get(brand, "mp4")
    return Container(name, "mov")


def _by_magic(head: bytes) -> Container | None:
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return Container("webm" if b"webm" in head[:64] else "matroska", "matroska")
    if head[:4] in {b"RIFF", b"RF64"}:
        return _RIFF.get(head[8:12])
    return next((container for magic, container in _MAGIC if head.startswith(magic)), None)


def _transport_stream(head: bytes) -> Container | None:
    """Packets of 188 bytes, 192 (a camera's .m2ts: a time stamp before each) or 204 (error correction)."""
    for size, first in ((188, 0), (192, 4), (204, 0)):
        marks = head[first : first + size * 5 : size]
        if len(marks) >= 3 and set(marks) == {0x47}:
            return Container("mpegts", "mpegts")
    return None


def _cut_transport_stream(head: bytes) -> Container | None:
    """A transport stream that begins inside a packet: recorders cut their files at any byte.

    Asked last, and with more packets in a row: these bytes are also letters (G).
    """
    for size in (188, 192, 204):
        for first in range(1, size):
            marks = head[first : first + size * 12 : size]
            if len(marks) == 12 and set(marks) == {0x47}:
                return Container("mpegts", "mpegts")
    return None


def _id3_bytes(head: bytes) -> int:
    if len(head) < 10 or not head.startswith(b"ID3"):
        return 0
    length = 0
    for byte in head[6:10]:
        length = length << 7 | (byte & 0x7F)
    return length + 10


def _audio_frames(head: bytes) -> Container | None:
    """Bare MPEG audio or ADTS AAC: nothing but frames, so a second one must follow where the first ends."""
    at = _id3_bytes(head)
    first = head[at : at + 7]
    if len(first) < 7 or first[0] != 0xFF or first[1] & 0xE0 != 0xE0:
        return Container("mp3", "mp3") if at else None
    adts = first[1] & 0xF6 == 0xF0
    length = (first[3] & 3) << 11 | first[4] << 3 | first[5] >> 5 if adts else _mpeg_frame_bytes(first)
    following = head[at + length : at + length + 2]
    if not length or (following and following[0] != 0xFF):
        return None
    return Container("aac", "aac") if adts else Container("mp3", "mp3")


_MPEG1_KBPS = {
    3: (0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448, 0),
    2: (0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 0),
    1: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0),
}
_MPEG2_KBPS = {
    3: (0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256, 0),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0),
    1: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0),
}
_MPEG_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}


def _mpeg_frame_bytes(first: bytes) -> int:
    """Length of an MPEG audio frame from its header (ISO/IEC 11172-3); 0 for an impossible header."""
    version, layer = first[1] >> 3 & 3, first[1] >> 1 & 3  # version 3: MPEG-1; layer 3: I, 2: II, 1: III
    rate_index = first[2] >> 2 & 3
    if version == 1 or layer == 0 or rate_index == 3:
        return 0
    kbps = (_MPEG1_KBPS if version == 3 else _MPEG2_KBPS)[layer][first[2] >> 4]
    rate, padding = _MPEG_RATES[version][rate_index], first[2] >> 1 & 1
    if layer == 3:
        return (12_000 * kbps // rate + padding) * 4
    samples_bytes = 72_000 if layer == 1 and version != 3 else 144_000
    return samples_bytes * kbps // rate + padding if kbps else 0


def _refusal(head: bytes) -> Refused:
    if head.startswith(b"PK\x03\x04") and any(name in head for name in _IN_OFFICE_ARCHIVES):
        return Refused("not_media", {"found": "office"})
    for magic, found in _UNSUPPORTED:
        if head.startswith(magic):
            return Refused("unsupported_container", {"found": found})
    for magic, found in _NOT_MEDIA:
        if head.startswith(magic):
            return Refused("not_media", {"found": found})
    if not head.strip(b"\x00"):
        return Refused("not_media", {"found": "zeros"})
    return _refusal_of_text(head)


def _refusal_of_text(head: bytes) -> Refused:
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    for pattern, found in _PLAYLISTS:
        if pattern.match(text):
            return Refused("playlist_in_disguise", {"found": found})
    if re.match(rb"<(!doctype html|html|head|body)\b", text, re.IGNORECASE):
        return Refused("not_media", {"found": "html"})
    if text.startswith(b"<?xml"):
        return Refused("playlist_in_disguise", {"found": "xml"})
    controls = sum(byte < 9 or 13 < byte < 32 for byte in head[:4096])
    utf16 = head[:2] in {b"\xff\xfe", b"\xfe\xff"}
    return Refused("not_media", {"found": "text" if utf16 or not controls else "unknown"})
