"""Files made to do something else than play: to read other files, to call addresses, to eat memory."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable

from tests.media.corpus.breaking import box

Attack = Callable[[str], bytes]
"""From the address (or path) that it shall make us open to the file."""


def _hls(target: str) -> bytes:
    return f"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n{target}\n#EXT-X-ENDLIST\n".encode()


LISTS: dict[str, Attack] = {
    "playlist": _hls,
    "playlist behind a mark": lambda to: b"\xef\xbb\xbf" + _hls(to),
    "playlist behind blanks": lambda to: b" \n\t" * 2000 + _hls(to),
    "playlist behind more blanks than we read": lambda to: b"\n" * 70_000 + _hls(to),
    "playlist behind a comment": lambda to: b"# a lecture\n" + _hls(to),
    "playlist in wide letters": lambda to: _hls(to).decode().encode("utf-16"),
    "master playlist": lambda to: f"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n{to}\n".encode(),
    "playlist with a key": lambda to: (
        f'#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI="{to}"\n#EXTINF:1,\na.ts\n'.encode()
    ),
    "concat script": lambda to: f"ffconcat version 1.0\nfile '{to}'\n".encode(),
    "concat script without a head": lambda to: f"file '{to}'\n".encode(),
    "concat script with a comment": lambda to: f"# x\nfile '{to}'\n".encode(),
    "concat protocol": lambda to: f"concat:{to}|{to}".encode(),
    "sdp": lambda to: b"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\nc=IN IP4 127.0.0.1\r\nm=video 5004 RTP/AVP 96\r\n",
    "dash": lambda to: (
        f'<?xml version="1.0"?><MPD type="static"><Period><AdaptationSet><Representation><BaseURL>{to}'
        "</BaseURL></Representation></AdaptationSet></Period></MPD>"
    ).encode(),
    "smooth streaming": lambda to: f'<SmoothStreamingMedia Url="{to}"/>'.encode(),
    "asx": lambda to: f'<asx version="3.0"><entry><ref href="{to}"/></entry></asx>'.encode(),
    "smil": lambda to: f'<smil><body><video src="{to}"/></body></smil>'.encode(),
    "xspf": lambda to: f'<?xml version="1.0"?><playlist><location>{to}</location></playlist>'.encode(),
    "pls": lambda to: f"[playlist]\nFile1={to}\n".encode(),
    "shortcut": lambda to: f"[InternetShortcut]\r\nURL={to}\r\n".encode(),
    "address": str.encode,
    "filter graph": lambda to: f"movie={to}".encode(),
    "metadata": lambda to: f";FFMETADATA1\ntitle={to}\n".encode(),
    "subtitles": lambda to: f"1\n00:00:00,000 --> 00:00:09,000\n{to}\n".encode(),
    "vector picture": lambda to: (
        f'<svg xmlns="http://www.w3.org/2000/svg"><image href="{to}"/></svg>'.encode()
    ),
    "raw video": lambda to: b"YUV4MPEG2 W60000 H60000 F25:1 Ip A1:1\nFRAME\n" + bytes(1000),
}
"""Files that are lists, scripts or addresses, under the name of a film. All of them are refused."""

MAGIC: dict[str, bytes] = {
    "mp4": box(b"ftyp", b"isom\x00\x00\x02\x00isom"),
    "mov": box(b"ftyp", b"qt  \x00\x00\x02\x00qt  ") + box(b"moov"),
    "matroska": b"\x1a\x45\xdf\xa3\x84\x42\x86\x81\x01",
    "avi": b"RIFF\x00\x10\x00\x00AVI ",
    "wav": b"RIFF\x00\x10\x00\x00WAVEfmt ",
    "flv": b"FLV\x01\x05\x00\x00\x00\x09\x00\x00\x00\x00",
    "ogg": b"OggS\x00\x02",
    "flac": b"fLaC\x00\x00\x00\x22",
    "amr": b"#!AMR\n",
    "asf": b"\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\x00\xaa\x00\x62\xce\x6c",
    "mpegps": b"\x00\x00\x01\xba",
    "tagged": b"ID3\x04\x00\x00\x00\x00\x00\x00",
    "packets": (b"\x47\x1f\xff\x10" + bytes(184)) * 8,
}
"""First bytes that say one thing; a playlist is put behind each."""


def grown(data: bytes, path: tuple[bytes, ...], make: Callable[[bytes], bytes]) -> bytes:
    """An MP4 (or the inside of one of its boxes) with other bytes in every box at a path."""
    made, at = b"", 0
    while at + 8 <= len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        kind, body = data[at + 4 : at + 8], data[at + 8 : at + length]
        if kind == path[0]:
            body = make(body) if len(path) == 1 else grown(body, path[1:], make)
        made, at = made + box(kind, body), at + length
    return made


def elsewhere(whole: bytes, target: str, kind: bytes = b"url ") -> bytes:
    """An MP4, its index at the end, whose samples are said to lie in another file (8.7.2)."""
    name = target.encode() + b"\x00"
    entry = box(kind, bytes(4) + (name if kind == b"url " else _alias(target)))
    path = (b"moov", b"trak", b"mdia", b"minf", b"dinf", b"dref")
    return grown(whole, path, lambda _: bytes(4) + struct.pack(">I", 1) + entry)


def _alias(path: str) -> bytes:
    """A QuickTime alias to a path (as FFmpeg's mov.c reads it)."""
    name = path.rpartition("/")[2].encode()[:63]
    record = bytes(6) + struct.pack(">H", 0) + struct.pack(">HH", 2, 0) + b"\x01v".ljust(28, b"\x00")
    record += bytes(12) + bytes([len(name)]) + name.ljust(63, b"\x00") + bytes(16)
    record += struct.pack(">HH", 1, 1) + bytes(16)
    full = path.encode()
    record += struct.pack(">HH", 2, len(full)) + full + b"\x00" * (len(full) % 2)
    record += struct.pack(">HH", 18, len(full)) + full + b"\x00" * (len(full) % 2)
    return record + struct.pack(">hH", -1, 0)


def reference_movie(target: str) -> bytes:
    """A QuickTime film that is nothing but a pointer to another."""
    data = target.encode() + b"\x00"
    pointer = box(b"rdrf", bytes(4) + b"url " + struct.pack(">I", len(data)) + data)
    return box(b"ftyp", b"qt  \x00\x00\x02\x00qt  ") + box(b"moov", box(b"rmra", box(b"rmda", pointer)))


def subtitle_that_is_a_playlist(target: str) -> bytes:
    """An AVI whose text stream (GAB2) holds a playlist: FFmpeg once opened it (CVE-2017-9993)."""
    text = _hls(target)
    packet = b"GAB2\x00" + struct.pack("<HIHI", 2, 0, 4, len(text)) + text

    def chunk(kind: bytes, body: bytes) -> bytes:
        return kind + struct.pack("<I", len(body)) + body + b"\x00" * (len(body) % 2)

    head = chunk(b"avih", struct.pack("<14I", 40_000, 0, 0, 0x10, 25, 0, 1, 0, 160, 120, 0, 0, 0, 0))
    stream = chunk(
        b"strh", b"txts" + bytes(4) + struct.pack("<IHHIIIIIIIHHHH", *[0] * 4, 1, 25, 0, 25, *[0] * 6)
    )
    stream += chunk(b"strf", bytes(4))
    lists = chunk(b"LIST", b"hdrl" + head + chunk(b"LIST", b"strl" + stream))
    return chunk(b"RIFF", b"AVI " + lists + chunk(b"LIST", b"movi" + chunk(b"00tx", packet) * 3))


def nested(depth: int) -> bytes:
    """An index inside an index inside an index."""
    heads = b"".join(struct.pack(">I", 8 * (depth - n)) + b"moov" for n in range(depth))
    return MAGIC["mp4"] + heads


def flood(boxes: int) -> bytes:
    """An index of nothing but empty boxes."""
    return MAGIC["mp4"] + box(b"moov", box(b"free") * boxes)


def bomb() -> bytes:
    """A compressed index (cmov) of a few kB that says that it unpacks to 3 GB, and does to 64 MB."""
    packed = zlib.compress(bytes(64 * 2**20), 9)
    inside = box(b"dcom", b"zlib") + box(b"cmvd", struct.pack(">I", 3 * 2**30) + packed)
    return box(b"ftyp", b"qt  \x00\x00\x02\x00qt  ") + box(b"moov", box(b"cmov", inside))
