"""Small forms of a clip's pictures, for lists and cards: a tenth of the bytes of the large ones.

They are made from the JPEGs that lie there already, in one pass of a few hundredths of a second; the large
ones stay for players, shared cards and browsers that know no WebP.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from enum import StrEnum
from pathlib import Path

import ffmpeg

from transcode.errors import ToolFailed
from transcode.ffmpeg_args import COMMON
from transcode.pictures.stills import NAMES, STILLS, is_jpeg
from transcode.run import run
from transcode.tools import Tools

SMALL_WIDTH = 480
"""Pixels: a card of 150 on a phone that draws three for one, a card of 320 on a desktop."""

TIMEOUT_S = 60.0
_RIFF_HEAD_BYTES = 12


class SmallForm(StrEnum):
    """What small pictures are: none there, or the ending of their files."""

    NONE = ""
    WEBP = "webp"
    JPEG = "jpg"


_OPTIONS: dict[SmallForm, dict[str, str | int]] = {
    # 72 by eye beside the JPEG of the same width: letters of a slide keep their edges, at 35 % of the bytes.
    SmallForm.WEBP: {"c:v": "libwebp", "quality": 72, "pix_fmt": "yuv420p"},
    # For an ffmpeg without libwebp.
    SmallForm.JPEG: {"c:v": "mjpeg", "q:v": 5, "pix_fmt": "yuvj420p"},
}


def small_file(name: str, form: SmallForm) -> str:
    """Return the file of the small form of a picture: stills/00007.jpg has stills/00007_480.webp."""
    return f"{name.removesuffix('.jpg')}_{SMALL_WIDTH}.{form.value}"


def is_small(name: str) -> bool:
    """Tell whether a file of a clip is the small form of a picture."""
    return name.rpartition(".")[0].endswith(f"_{SMALL_WIDTH}")


def make_small(
    tools: Tools, out_dir: Path, names: Sequence[str], should_stop: Callable[[], bool] | None = None
) -> tuple[SmallForm, tuple[str, ...]]:
    """Write the small form of a clip's pictures into `out_dir`; returns which form it is and its files.

    `names`: all stills of the clip, or its drawn sound alone. A list shows the large picture where there is
    no small one, so ffmpeg's complaints end here: SmallForm.NONE and no files. Raises Failed (disk full, ...)
    and Cancelled.
    """
    for form in _OPTIONS if names else ():
        files = tuple(small_file(name, form) for name in names)
        try:
            run(small_args(tools, names, form), timeout_s=TIMEOUT_S, cwd=out_dir, should_stop=should_stop)
        except ToolFailed:
            whole = False
        else:
            whole = all(_is_whole(out_dir / file, form) for file in files)
        if whole:
            return form, files
        for file in files:
            (out_dir / file).unlink(missing_ok=True)
    return SmallForm.NONE, ()


def small_args(tools: Tools, names: Sequence[str], form: SmallForm) -> list[str]:
    """Return the command that makes the small form of all pictures of a clip at once."""
    name = f"{STILLS}/{NAMES}" if names[0].startswith(STILLS) else names[0]
    options = {"format": "image2", "protocol_whitelist": "file"}
    many = {"start_number": 1, "pattern_type": "sequence"} if name != names[0] else {"pattern_type": "none"}
    picture = ffmpeg.input(name, **options, **many)
    picture = picture.filter("scale", f"min({SMALL_WIDTH},iw)", -2, flags="lanczos")
    target = {"start_number": 1} if name != names[0] else {"update": 1, "frames:v": 1}
    made = ffmpeg.output(
        picture,
        small_file(name, form),
        format="image2",
        threads=1,
        map_metadata=-1,
        **target,
        **_OPTIONS[form],
    )
    return [str(tools.ffmpeg), *COMMON, *made.get_args()]


def _is_whole(path: Path, form: SmallForm) -> bool:
    """Tell whether a picture is there to its end (on a full disk it is cut off)."""
    if form is SmallForm.JPEG:
        return is_jpeg(path)
    if not path.is_file():
        return False
    data = path.read_bytes()
    if len(data) < _RIFF_HEAD_BYTES or data[:4] != b"RIFF" or data[8:12] != b"WEBP":
        return False
    # RIFF says how long it is, without the first eight bytes (RFC 9649, section 2.4).
    return len(data) >= 8 + int(struct.unpack("<I", data[4:8])[0])
