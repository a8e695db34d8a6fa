"""The hover strip: small pictures of a clip on one sheet, and the WebVTT that says which is where.

A player shows the one under the pointer while somebody seeks. One sheet holds them all, so that a hover costs
two requests, however far the pointer wanders.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from transcode.pictures.stills import NAMES, every_nth, fit, full_range, is_jpeg, jpeg_output
from transcode.planning.plan import PicturePlan, Plan
from transcode.transcripts.captions import to_vtt
from transcode.transcripts.parsing import Cue

STRIP = "strip"
"""The folder of a clip's hover strip."""

INDEX = f"{STRIP}/index.vtt"
TILE_SIDE = 160
COLUMNS, MOST_ROWS = 10, 10
EVERY_S, AT_LEAST = 5.0, 20
_SHEET = NAMES % 1


@dataclass(frozen=True)
class Strip:
    """How a strip is laid out: `tiles` of `tile_width` x `tile_height` pixels, row by row."""

    tiles: int
    tile_width: int
    tile_height: int
    rows: int


def lay_out(plan: Plan, picture: PicturePlan) -> Strip:
    """Return the strip of a clip: a tile about every 5 s, more for a short clip, never more than a sheet."""
    low = plan.rungs[-1]
    wanted = max(round(plan.duration_s / EVERY_S), min(AT_LEAST, round(plan.duration_s)))
    tiles = max(1, min(wanted, COLUMNS * MOST_ROWS, picture.frames))
    return Strip(tiles, *fit(low.width, low.height, TILE_SIDE, TILE_SIDE), math.ceil(tiles / COLUMNS))


def strip_output(stream: Any, plan: Plan, picture: PicturePlan) -> Any:
    """Return the output that writes a clip's strip; `stream`: the smallest rung."""
    strip = lay_out(plan, picture)
    ways = stream.filter_multi_output("split")
    tiles = full_range(every_nth(ways[0], picture, strip.tiles), strip.tile_width, strip.tile_height)
    sheet = tiles.filter("tile", f"{COLUMNS}x{strip.rows}", nb_frames=strip.tiles)
    size = (COLUMNS * strip.tile_width, strip.rows * strip.tile_height)
    return jpeg_output(ways[1], sheet, size, f"{STRIP}/{NAMES}", quality=5)


def strip_vtt(strip: Strip, duration_s: float) -> str:
    """Return the WebVTT index of a strip: one cue per tile, its place as a media fragment (#xywh=)."""
    cues = []
    for n in range(strip.tiles):
        row, column = divmod(n, COLUMNS)
        place = (column * strip.tile_width, row * strip.tile_height, strip.tile_width, strip.tile_height)
        start_s, end_s = n * duration_s / strip.tiles, (n + 1) * duration_s / strip.tiles
        cues.append(Cue(start_s, end_s, f"{_SHEET}#xywh={','.join(map(str, place))}"))
    return to_vtt(cues)


def take_strip(out_dir: Path, plan: Plan) -> tuple[str, ...]:
    """Write the index of a strip whose sheet has been made; returns the strip's files, the index last.

    A sheet that is missing or cut off is no reason to lose a clip: there is then no strip.
    """
    sheet = f"{STRIP}/{_SHEET}"
    (out_dir / STRIP / (NAMES % 0)).unlink(missing_ok=True)
    if plan.picture is None:
        return ()
    if not is_jpeg(out_dir / sheet):
        (out_dir / sheet).unlink(missing_ok=True)
        return ()
    text = strip_vtt(lay_out(plan, plan.picture), plan.duration_s)
    (out_dir / INDEX).write_text(text, encoding="utf-8")
    return (sheet, INDEX)
