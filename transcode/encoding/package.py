"""Making one clip: encode, check, then write the master playlist.

The master is what makes a clip exist, so it is written last, and only when every rendition is whole: ffmpeg
ended by a signal still writes ENDLIST, and a truncated clip would look like a short one.
"""

from __future__ import annotations

import errno
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from transcode.checking.renditions import check_even, check_whole
from transcode.encoding.even_sound import EVENED, even_args
from transcode.encoding.graph import clip_args
from transcode.errors import Failed, ToolFailed
from transcode.hls.early_playlist import CompleteSegments, OnSegments
from transcode.hls.files import MASTER, PLAYLIST
from transcode.hls.playlist import (
    MediaPlaylist,
    Rendition,
    master_playlist,
    measure_bandwidth,
    start_first,
)
from transcode.pictures.small import SmallForm, make_small
from transcode.pictures.sound_poster import draw_sound
from transcode.pictures.sprites import INDEX, STRIP, take_strip
from transcode.pictures.stills import STILLS, take_stills
from transcode.pictures.tone_mapping import remove_tables, write_tables
from transcode.planning.plan import Plan, rendition_names, without_copy
from transcode.reading.boxes import codec_names
from transcode.reading.ffmpeg_errors import ffmpeg_refusal
from transcode.run import run
from transcode.tools import Tools

SLOWEST_SPEED = 0.05
"""An encode slower than this part of real time is taken for hung (a small machine makes 1 to 3 times)."""

COPYING_MAY_CAUSE = {"bad_output", "short_output", "tool_failed", "uneven_output"}
"""Failures of a clip with a copied rendition that may have to do with the copying."""

_POSTER_PERCENT = 99.0
_NO_SPACE = {errno.ENOSPC, errno.EDQUOT}
_TRIAL_BYTES = 2**20


@dataclass(frozen=True)
class Progress:
    """How far an encode is: percent (0..100), seconds still to go, media seconds per second."""

    percent: float
    eta_s: float | None
    speed: float | None


@dataclass(frozen=True)
class ClipOutput:
    """A finished clip in its folder. `files` are relative, in the order to publish: master LAST."""

    files: tuple[str, ...]
    master: str
    duration_s: float
    renditions: tuple[Rendition, ...]
    bytes_total: int
    copy_reason: str
    """"copied", or why the best rendition was encoded: see `copying.REASONS`."""
    poster: str | None
    """The picture that stands for the clip: one of `stills`, or the drawn sound."""
    stills: tuple[str, ...]
    small: SmallForm
    """The form in which each still, or the drawn sound, is there small too."""
    strip: str | None
    """The WebVTT index of the hover strip."""


class _Meter:
    """Turns ffmpeg's -progress lines into Progress, and looks at each for segments that are
    complete."""

    def __init__(
        self, duration_s: float, tell: Callable[[Progress], None], segments: CompleteSegments | None
    ) -> None:
        self._duration_s = duration_s
        self._tell = tell
        self._segments = segments
        self._began = time.monotonic()
        self._at_s = 0.0

    def line(self, line: str) -> None:
        key, _, value = line.partition("=")
        if key == "out_time_us" and value.lstrip("-").isdecimal():
            self._at_s = max(self._at_s, int(value) / 1_000_000)
        elif key == "progress":
            self._tell(self._progress())
            self.look_for_segments()

    def look_for_segments(self) -> None:
        if self._segments is not None:
            self._segments.look()

    def done(self) -> None:
        self._tell(Progress(100.0, 0.0, self._progress().speed))

    def _progress(self) -> Progress:
        part = min(1.0, self._at_s / self._duration_s)
        elapsed_s = time.monotonic() - self._began
        speed = self._at_s / elapsed_s if elapsed_s > 0 and self._at_s > 0 else None
        eta_s = None if speed is None else (1 - part) * self._duration_s / speed
        return Progress(
            percent=round(part * _POSTER_PERCENT, 1),
            eta_s=None if eta_s is None else round(eta_s, 1),
            speed=None if speed is None else round(speed, 2),
        )


def encode_clip(
    tools: Tools,
    source: Path,
    plan: Plan,
    out_dir: Path,
    on_progress: Callable[[Progress], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
    *,
    threads: int | None = None,
    on_segments: OnSegments | None = None,
) -> ClipOutput:
    """Encode one clip into `out_dir`, private to this call and empty or absent. `threads`: per encoder.

    `on_segments` is told (rendition, segments complete so far) of the rendition that a player begins with,
    each time that there are more; they lie under `out_dir`/rendition beside its init.mp4.

    A plan whose best rung is copied, and does not come out as it should, is made again without copying: the
    segments are then told again from the first. `copy_reason` of the output says what was done.

    Raises Refused (unsupported_codec, damaged), Failed (see FAILURES) or Cancelled; the folder is then left
    as it is, for the caller to delete.
    """
    segments = CompleteSegments(out_dir, plan, on_segments) if on_segments else None
    meter = _Meter(plan.duration_s, on_progress or _ignore, segments)
    try:
        return _encode(tools, source, plan, out_dir, meter, should_stop, threads)
    except (Failed, OSError) as error:
        if _disk_is_full(out_dir, error):
            raise Failed("disk_full") from error
        if not (_is_copied(plan) and isinstance(error, Failed) and error.code in COPYING_MAY_CAUSE):
            raise
    shutil.rmtree(out_dir)
    return encode_clip(
        tools,
        source,
        without_copy(plan),
        out_dir,
        on_progress,
        should_stop,
        threads=threads,
        on_segments=on_segments,
    )


def _is_copied(plan: Plan) -> bool:
    return plan.picture is not None and plan.picture.copied is not None


def _encode(
    tools: Tools,
    source: Path,
    plan: Plan,
    out_dir: Path,
    meter: _Meter,
    should_stop: Callable[[], bool] | None,
    threads: int | None,
) -> ClipOutput:
    names = rendition_names(plan)
    for name in (*names, *((STILLS, STRIP) if plan.picture else ())):
        (out_dir / name).mkdir(parents=True, exist_ok=True)
    args = clip_args(tools, source, plan, threads=threads)
    timeout_s = 120 + plan.duration_s / SLOWEST_SPEED
    if plan.picture is not None and plan.picture.tone is not None:
        write_tables(out_dir, plan.picture.tone)
    try:
        if plan.sound is not None and plan.sound.evened:
            even = even_args(tools, source, plan, plan.sound)
            run(even, timeout_s=timeout_s, should_stop=should_stop, cwd=out_dir)
        run(args, timeout_s=timeout_s, on_line=meter.line, should_stop=should_stop, cwd=out_dir)
    except ToolFailed as error:
        raise ffmpeg_refusal(error) or error from error
    remove_tables(out_dir)
    (out_dir / EVENED).unlink(missing_ok=True)
    playlists = {name: check_whole(out_dir, name, plan) for name in names}
    check_even(out_dir, playlists, plan)
    meter.look_for_segments()
    stills, best = take_stills(out_dir, plan)
    strip = take_strip(out_dir, plan)
    poster = stills[best] if stills else draw_sound(tools, source, plan, out_dir, should_stop)
    small, smalls = make_small(tools, out_dir, stills or ([poster] if poster else []), should_stop)
    renditions = tuple(_measure(out_dir, name, playlist, plan) for name, playlist in playlists.items())
    (out_dir / MASTER).write_text(master_playlist(start_first(renditions)), encoding="utf-8")
    meter.done()
    files = _in_order(playlists, [*stills, *smalls, *strip, *([poster] if poster and not stills else [])])
    return ClipOutput(
        files=files,
        master=MASTER,
        duration_s=round(renditions[0].duration_s, 3),
        renditions=renditions,
        bytes_total=sum((out_dir / name).stat().st_size for name in files),
        copy_reason=plan.copy_reason,
        poster=poster,
        stills=stills,
        small=small,
        strip=INDEX if INDEX in strip else None,
    )


def _disk_is_full(out_dir: Path, error: Failed | OSError) -> bool:
    """Whether a lack of space is behind a failure.

    ffmpeg's HLS muxer (5.1 and 9.0) says nothing about writes that failed, loses the segments and ends with
    0; only trying to write tells.
    """
    if isinstance(error, OSError):
        return error.errno in _NO_SPACE
    if error.code not in {"bad_output", "short_output", "tool_failed"}:
        return False
    trial = out_dir / ".trial"
    try:
        trial.write_bytes(b"\0" * _TRIAL_BYTES)
    except OSError as trial_error:
        return trial_error.errno in _NO_SPACE
    finally:
        trial.unlink(missing_ok=True)
    return False


def _ignore(_: Progress) -> None:
    return None


def _measure(out_dir: Path, name: str, playlist: MediaPlaylist, plan: Plan) -> Rendition:
    folder = out_dir / name
    codecs = codec_names((folder / (playlist.init_uri or "")).read_bytes())
    rung = next((rung for rung in plan.rungs if rung.name == name), None)
    if len(codecs) != (rung is not None) + (plan.sound is not None):
        raise Failed("bad_output", {"rung": name, "found": f"codecs {codecs}"})
    sizes = [(folder / segment.uri).stat().st_size for segment in playlist.segments]
    lengths = [segment.duration_s for segment in playlist.segments]
    peak, average = measure_bandwidth(sizes, lengths, playlist.target_s)
    return Rendition(
        name=name,
        playlist=f"{name}/{PLAYLIST}",
        width=rung.width if rung else None,
        height=rung.height if rung else None,
        bandwidth_bps=peak,
        average_bps=average,
        codecs=",".join(codecs),
        fps=float(plan.picture.fps) if plan.picture and rung else None,
        duration_s=playlist.duration_s,
    )


def _in_order(playlists: dict[str, MediaPlaylist], pictures: Sequence[str]) -> tuple[str, ...]:
    """Segments, then what lists them, then the master: a playlist never names what is not there yet."""
    segments, variants = [], []
    for name, playlist in playlists.items():
        uris = [playlist.init_uri or "", *(segment.uri for segment in playlist.segments)]
        segments += [f"{name}/{uri}" for uri in uris]
        variants.append(f"{name}/{PLAYLIST}")
    return (*segments, *pictures, *variants, MASTER)
