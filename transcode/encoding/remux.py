"""One file out of a published rendition: an MP4 to take along, or an M4A of the sound. Nothing is encoded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import ffmpeg

from transcode.ffmpeg_args import COMMON
from transcode.run import run
from transcode.tools import Tools

TIMEOUT_S = 600.0
"""A remux runs at the speed of the disk: seconds for a clip."""

_LANGUAGES = {"zh": "zho", "en": "eng"}
"""ISO 639-2, as MP4 wants it, of the languages that lessons are held in."""


@dataclass(frozen=True)
class Labels:
    """What a file says about itself. `captions` is WebVTT, "" for none; `language` that of the captions, and
    `captions_name` what their track is called, "" for nothing."""

    title: str
    lecturer: str = ""
    captions: str = ""
    language: str = "zh-CN"
    captions_name: str = ""


def remux(
    tools: Tools,
    joined: Path,
    out: Path,
    labels: Labels,
    should_stop: Callable[[], bool] | None = None,
) -> None:
    """Write `out` (.mp4 or .m4a) from `joined`: a rendition's init and segments, one after another.

    The index stands in front, so that it plays while it is still being copied. Raises ToolFailed, Failed
    (disk_full, timeout) or Cancelled; what was written then is for the caller to delete.
    """
    captions = out.with_name(f"{out.name}.vtt")
    if labels.captions:
        captions.write_text(labels.captions, encoding="utf-8")
    try:
        args = remux_args(tools, joined, out, labels, captions if labels.captions else None)
        run(args, timeout_s=TIMEOUT_S, cwd=out.parent, should_stop=should_stop)
    finally:
        captions.unlink(missing_ok=True)


def remux_args(tools: Tools, joined: Path, out: Path, labels: Labels, captions: Path | None) -> list[str]:
    """Return the command; run it in the folder of `out`."""
    streams = [ffmpeg.input(f"file:{joined.absolute()}", format="mov", protocol_whitelist="file")]
    options: dict[str, object] = {
        "c": "copy",
        "movflags": "+faststart",
        # As in graph.py: the encoder's priming stays before time 0, where players drop it.
        "avoid_negative_ts": "disabled",
        "map_metadata": -1,
        "metadata": f"title={labels.title}",
    }
    if labels.lecturer:
        options["metadata:g"] = f"artist={labels.lecturer}"
    if captions is not None:
        streams.append(
            ffmpeg.input(f"file:{captions.absolute()}", format="webvtt", protocol_whitelist="file")
        )
        language = _LANGUAGES.get(labels.language.partition("-")[0], "und")
        # default: a television set in a village shows them without anybody looking for a menu.
        options |= {"c:s": "mov_text", "metadata:s:s:0": f"language={language}", "disposition:s:0": "default"}
        if labels.captions_name:
            # MP4 keeps it as the handler's name, which is what players list; a second key of the same option
            # needs another spelling of it.
            options["metadata:s:s"] = f"handler_name={labels.captions_name}"
    kind = "ipod" if out.suffix == ".m4a" else "mp4"
    made = ffmpeg.output(*streams, out.name, format=kind, **options).get_args()
    # copyts: ffmpeg 5.1 would move everything until the priming begins at 0.
    return [str(tools.ffmpeg), *COMMON, "-copyts", *made]
