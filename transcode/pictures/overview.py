"""An overview of the whole lecture: where its slides turn, and small pictures of it for whoever cuts it.

Only key frames are decoded, which costs a few seconds an hour. What it finds helps and is never needed: a
recording whose picture cannot be looked over is cut by its pauses alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any, Self

import ffmpeg

from transcode.errors import Failed, ToolFailed
from transcode.ffmpeg_args import COMMON, number, open_source
from transcode.pictures.fitting import fitted
from transcode.pictures.tone_mapping import mapped, remove_tables, write_tables
from transcode.reading.facts import Facts, VideoFacts
from transcode.run import run
from transcode.tools import Tools

LONG_GOP_CODECS = {
    *("h264", "hevc", "av1", "vp8", "vp9", "mpeg4", "mpeg1video", "mpeg2video", "h263", "flv1", "theora"),
    *("msmpeg4v1", "msmpeg4v2", "msmpeg4v3", "wmv1", "wmv2", "wmv3", "vc1", "rv30", "rv40"),
}
"""Where a key frame is one of many. Elsewhere each frame is one, and a look would decode everything."""

TILE_LONG_SIDE = 160
COLUMNS, ROWS = 10, 10
MOST_TILES, LEAST_STEP_S = 300, 5.0

TURN_SCORE = 0.06
"""Scene score (0..1) of a new slide; a speaker who moves before the same slide stays below 0.03."""

_TURN_ABOVE_USUAL = 4.0
"""How many times the usual score between two key frames a turn must have: films and cameras in hand move."""

_EXACT_GAP_S = 4.0
"""A turn seen at a key frame happened since the one before it: of longer gaps the moment is not known."""

_CUT_BY_SCENE = 0.8
"""A key frame earlier than this part of the longest gap was set there by the encoder, at the turn."""

_TIMEOUT_S, _SLOWEST_SPEED = 30.0, 20.0
_SHEETS, _TIMES = "%05d.jpg", "tiles.txt"
_SCORE, _MARK = "lavfi.scene_score", "weike.tile"


@dataclass(frozen=True)
class Storyboard:
    """Sheets of small pictures, `COLUMNS` x `ROWS` to a sheet, row by row; `times_s`: when each was seen."""

    tile_width: int
    tile_height: int
    times_s: tuple[float, ...]
    sheets: tuple[str, ...]


@dataclass(frozen=True)
class Overview:
    """What was seen. `storyboard` is None where there is no picture, or none that can be looked over."""

    turns_s: tuple[float, ...] = ()
    storyboard: Storyboard | None = None

    def to_json(self) -> dict[str, Any]:
        """Return plain values for a JSON column; `from_json` reads them back."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Return what `to_json` wrote."""
        board = value.get("storyboard")
        if board is not None:
            times, sheets = tuple(board["times_s"]), tuple(board["sheets"])
            board = Storyboard(**{**board, "times_s": times, "sheets": sheets})
        return cls(tuple(value.get("turns_s", ())), board)


def make_overview(
    tools: Tools, path: Path, facts: Facts, out_dir: Path, should_stop: Callable[[], bool] | None = None
) -> Overview:
    """Look over a recording; its sheets are left in `out_dir`, private to this call and empty.

    Raises Failed (disk full) and Cancelled; a picture that ffmpeg cannot read gives an empty Overview.
    """
    video = facts.video
    if video is None or video.codec not in LONG_GOP_CODECS:
        return Overview()
    seen: list[tuple[float, float]] = []
    at_s = 0.0

    def note(line: str) -> None:
        nonlocal at_s
        if line.startswith("frame:"):
            at_s = read_time_s(line)
        elif line.startswith(_SCORE):
            seen.append((at_s, float(line.partition("=")[2])))

    limit_s = _TIMEOUT_S + facts.duration_s / _SLOWEST_SPEED
    args = overview_args(tools, path, facts.demuxer, video, tile_step_s(facts.duration_s))
    if video.tone is not None:
        write_tables(out_dir, video.tone)
    try:
        run(args, timeout_s=limit_s, on_line=note, should_stop=should_stop, cwd=out_dir)
    except ToolFailed:
        return Overview()
    except Failed as failed:
        if failed.code != "timeout":
            raise
        return Overview()
    remove_tables(out_dir)
    return Overview(find_turns(seen), _storyboard(out_dir, video, facts.duration_s))


def overview_args(tools: Tools, path: Path, demuxer: str, video: VideoFacts, step_s: float) -> list[str]:
    """Return the command of the overview; run it in the folder for the sheets. Scores go to stdout."""
    # Key frames only, and the decoder need not even read the others' insides.
    steady = {"reinit_filter:v": 0} if video.resized and not video.rotation else {}
    media = open_source(path, demuxer, 0.0, skip_frame="nokey", **steady)
    width, height = tile_size(video)
    stream = media[str(video.index)]
    if video.resized:
        stream = fitted(stream, width, height)
    if video.tone is not None:
        stream = mapped(stream, video.matrix, width, height)
    else:
        stream = stream.filter("scale", width, height, flags="fast_bilinear")
    # Milliseconds: the times are printed as whole numbers then, and lose nothing after the first hour.
    both = stream.filter("setsar", 1).filter("settb", "1/1000").filter_multi_output("split")
    scores = both[0].filter("select", "gte(scene,0)").filter("metadata", mode="print", key=_SCORE, file="-")
    tiles = both[1].filter("select", f"isnan(prev_selected_t)+gte(t-prev_selected_t,{number(step_s)})")
    tiles = tiles.filter("metadata", mode="add", key=_MARK, value=1)
    tiles = tiles.filter("metadata", mode="print", key=_MARK, file=_TIMES)
    tiles = tiles.filter("tile", f"{COLUMNS}x{ROWS}").filter("format", "yuvj420p")
    every_frame = {"fps_mode": "passthrough"}
    outputs = [
        ffmpeg.output(scores, "-", format="null", **every_frame),
        ffmpeg.output(tiles, _SHEETS, format="image2", map_metadata=-1, **{"q:v": 6}, **every_frame),
    ]
    made: list[str] = ffmpeg.merge_outputs(*outputs).get_args()
    return [str(tools.ffmpeg), *COMMON, *made]


def tile_step_s(duration_s: float) -> float:
    """Return how far apart the pictures of a lecture are, in seconds."""
    return max(LEAST_STEP_S, duration_s / MOST_TILES)


def tile_size(video: VideoFacts) -> tuple[int, int]:
    """Return width and height of a tile: the picture's shape, its long side TILE_LONG_SIDE, both even."""
    scale = TILE_LONG_SIDE / max(video.width, video.height)
    return max(2, round(video.width * scale / 2) * 2), max(2, round(video.height * scale / 2) * 2)


def read_time_s(line: str) -> float:
    """Return the time of a line `frame:3 pts:41600 pts_time:41.6`, from its milliseconds."""
    fields = dict(part.partition(":")[::2] for part in line.split())
    pts = fields.get("pts", "")
    return int(pts) / 1000 if pts.lstrip("-").isdecimal() else 0.0


def find_turns(seen: Sequence[tuple[float, float]]) -> tuple[float, ...]:
    """Return where slides turn, from (time, scene score against the one before) of each key frame; pure."""
    if len(seen) < 2:
        return ()
    gaps = [after[0] - before[0] for before, after in pairwise(seen)]
    usual, longest_s = median(score for _, score in seen[1:]), max(gaps)
    least = max(TURN_SCORE, _TURN_ABOVE_USUAL * usual)
    return tuple(
        round(at_s, 3)
        for (at_s, score), gap_s in zip(seen[1:], gaps, strict=True)
        if score >= least and (gap_s <= _EXACT_GAP_S or gap_s < _CUT_BY_SCENE * longest_s)
    )


def _storyboard(out_dir: Path, video: VideoFacts, duration_s: float) -> Storyboard | None:
    times = out_dir / _TIMES
    lines = times.read_text(encoding="utf-8").splitlines() if times.is_file() else []
    times.unlink(missing_ok=True)
    found = [read_time_s(line) for line in lines if line.startswith("frame:")]
    sheets = sorted(path.name for path in out_dir.glob("*.jpg"))
    if not found or len(sheets) != -(-len(found) // (COLUMNS * ROWS)):
        return None
    width, height = tile_size(video)
    return Storyboard(width, height, tuple(min(at_s, duration_s) for at_s in found), tuple(sheets))
