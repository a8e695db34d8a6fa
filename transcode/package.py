"""Making one clip: encode, check, then write the master playlist.

The master is what makes a clip exist, so it is written last, and only when every rendition is whole: ffmpeg
ended by a signal still writes ENDLIST, and a truncated clip would look like a short one.
"""

import errno
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from transcode.boxes import codec_names, is_whole
from transcode.errors import Failed, Refused, ToolFailed
from transcode.graph import PLAYLIST, SOUND_ONLY, clip_args, rendition_names
from transcode.growing import Growth, OnSegments
from transcode.ladder import Plan
from transcode.playlist import (
    MediaPlaylist,
    Rendition,
    master_playlist,
    measure_bandwidth,
    parse_media_playlist,
    start_first,
)
from transcode.poster import draw_sound
from transcode.run import run
from transcode.sprites import INDEX, STRIP, take_strip
from transcode.stills import STILLS, take_stills
from transcode.tools import Tools

__all__ = ["ClipOutput", "Progress", "Rendition", "encode_clip"]

MASTER = "master.m3u8"
LENGTH_TOLERANCE_S = 0.2
UNEVEN_TOLERANCE_S = 0.001
UNEVEN_SOUND_TOLERANCE_S = 0.06
"""Segments of sound alone end with a packet (21 ms), not with a frame of the picture."""

SLOWEST_SPEED = 0.05
"""An encode slower than this part of real time is taken for hung (a small machine makes 1 to 3 times)."""

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
    poster: str | None
    """The picture that stands for the clip: one of `stills`, or the drawn sound."""
    stills: tuple[str, ...]
    strip: str | None
    """The WebVTT index of the hover strip."""


class _Meter:
    """Turns ffmpeg's -progress lines into Progress, and looks at each how the first rendition has grown."""

    def __init__(self, duration_s: float, tell: Callable[[Progress], None], growth: Growth | None) -> None:
        self._duration_s = duration_s
        self._tell = tell
        self._growth = growth
        self._began = time.monotonic()
        self._at_s = 0.0

    def line(self, line: str) -> None:
        key, _, value = line.partition("=")
        if key == "out_time_us" and value.lstrip("-").isdecimal():
            self._at_s = max(self._at_s, int(value) / 1_000_000)
        elif key == "progress":
            self._tell(self._progress())
            self.grown()

    def grown(self) -> None:
        if self._growth is not None:
            self._growth.look()

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

    Raises Refused (unsupported_codec), Failed (see FAILURES) or Cancelled; the folder is then left as it is,
    for the caller to delete.
    """
    growth = Growth(out_dir, plan, on_segments) if on_segments else None
    meter = _Meter(plan.duration_s, on_progress or _ignore, growth)
    try:
        return _encode(tools, source, plan, out_dir, meter, should_stop, threads)
    except (Failed, OSError) as error:
        if _disk_is_full(out_dir, error):
            raise Failed("disk_full") from error
        raise


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
    try:
        run(args, timeout_s=timeout_s, on_line=meter.line, should_stop=should_stop, cwd=out_dir)
    except ToolFailed as error:
        raise _undecodable(error) or error from error
    playlists = {name: _check(out_dir, name, plan) for name in names}
    _check_even(playlists)
    meter.grown()
    stills, best = take_stills(out_dir, plan)
    strip = take_strip(out_dir, plan)
    poster = stills[best] if stills else draw_sound(tools, source, plan, out_dir, should_stop)
    renditions = tuple(_measure(out_dir, name, playlist, plan) for name, playlist in playlists.items())
    (out_dir / MASTER).write_text(master_playlist(start_first(renditions)), encoding="utf-8")
    meter.done()
    files = _in_order(playlists, [*stills, *strip, *([poster] if poster and not stills else [])])
    return ClipOutput(
        files=files,
        master=MASTER,
        duration_s=round(renditions[0].duration_s, 3),
        renditions=renditions,
        bytes_total=sum((out_dir / name).stat().st_size for name in files),
        poster=poster,
        stills=stills,
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


def _undecodable(error: ToolFailed) -> Refused | None:
    said = str(error.details["said"])
    if "Decoder (codec" in said or "Decoding requested, but no decoder" in said:
        codec = said.partition("Decoder (codec ")[2].partition(")")[0]
        return Refused("unsupported_codec", {"found": codec or "unknown"})
    return None


def _check(out_dir: Path, name: str, plan: Plan) -> MediaPlaylist:
    """Return a rendition's playlist. Raises Failed: bad_output, short_output."""
    details: dict[str, str | float]
    try:
        playlist = parse_media_playlist((out_dir / name / PLAYLIST).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise Failed("bad_output", {"rung": name, "found": "no playlist"}) from None
    folder = out_dir / name
    whole = {segment.uri: is_whole(folder / segment.uri, b"moof", b"mdat") for segment in playlist.segments}
    whole[playlist.init_uri or "init"] = is_whole(folder / (playlist.init_uri or "init"), b"moov")
    for uri in (uri for uri, good in whole.items() if not good):
        raise Failed("bad_output", {"rung": name, "found": f"incomplete {uri}"})
    found_s = playlist.duration_s
    if not playlist.ended or abs(found_s - plan.duration_s) > LENGTH_TOLERANCE_S:
        details = {"rung": name, "expected_s": plan.duration_s, "found_s": round(found_s, 3)}
        raise Failed("short_output", details)
    return playlist


def _check_even(playlists: dict[str, MediaPlaylist]) -> None:
    """Raise Failed("uneven_output") unless all renditions are cut into segments at the same moments."""
    first, *others = playlists.items()
    wanted_s = first[1].borders_s
    for name, playlist in others:
        allowed_s = UNEVEN_SOUND_TOLERANCE_S if name == SOUND_ONLY else UNEVEN_TOLERANCE_S
        found_s = playlist.borders_s
        if len(found_s) != len(wanted_s) or any(
            abs(found - wanted) > allowed_s for found, wanted in zip(found_s, wanted_s, strict=True)
        ):
            raise Failed("uneven_output", {"rung": name})


def _measure(out_dir: Path, name: str, playlist: MediaPlaylist, plan: Plan) -> Rendition:
    folder = out_dir / name
    codecs = codec_names((folder / (playlist.init_uri or "")).read_bytes())
    rung = next((rung for rung in plan.rungs if rung.name == name), None)
    if len(codecs) != (rung is not None) + (plan.sound is not None):
        raise Failed("bad_output", {"rung": name, "found": f"codecs {codecs}"})
    sizes = [(folder / segment.uri).stat().st_size for segment in playlist.segments]
    lengths = [segment.duration_s for segment in playlist.segments]
    peak, average = measure_bandwidth(sizes, lengths, plan.segment_s)
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
