"""What a recording is: facts from ffprobe, with the demuxer forced by the file's first bytes.

Times count from the lecture's first moment (ffmpeg's `start_time` of the file), the clock that `-ss` uses.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeVar

from transcode.errors import Refused, ToolFailed
from transcode.ffmpeg_args import MAX_PIXELS, input_args
from transcode.reading import boxes, tracks
from transcode.reading.facts import AudioFacts, Chapter, Facts, TrackKind, VideoFacts
from transcode.reading.ffmpeg_errors import MAX_STREAMS, ffprobe_refusal
from transcode.reading.listening import try_tracks
from transcode.reading.packet_times import PacketTimes
from transcode.reading.picture_sizes import look_for_sizes
from transcode.reading.sniff import Container, sniff_file
from transcode.reading.tracks import Picked, Trial
from transcode.reading.truncation import refuse_truncated
from transcode.remarks import Remark
from transcode.run import run
from transcode.tools import Tools

MAX_DURATION_S = 12 * 3600.0
PROBE_TIMEOUT_S = 60.0
SCAN_TIMEOUT_S = 900.0

MAX_CHAPTERS, MAX_TITLE_CHARS = 500, 200

_JOINED_BY_BYTES = {"mpegts", "mpeg"}
"""Kinds of files that play on when another is put behind them; the clock then jumps."""

_SAME_START_S = 0.1
_DRM_TAGS = {"encv", "enca", "drmi", "drms"}
_T = TypeVar("_T")
_DOLBY_ALONE = 5
"""The profile of Dolby Vision whose colours are coded in a way of its own; 8.4 is HLG for everybody else."""

_FIELD_ORDERS = {"tt", "bb", "tb", "bt"}


def probe(
    tools: Tools,
    path: Path,
    should_stop: Callable[[], bool] | None = None,
    wanted: Mapping[TrackKind, int] | None = None,
    *,
    try_every_track: bool = False,
) -> Facts:
    """Return the facts of the recording at `path`; `wanted`: tracks that somebody chose, by their indexes.

    Where there are several tracks of a kind, parts of each are decoded, to find what can be read and heard.
    With `try_every_track` also of those that are alone: worth the time once one of them failed, because
    what is broken beside something whole is left out, with a remark.

    Raises Refused (`REFUSALS` without the transcripts' codes), Failed (a tool is missing, crashed or hung) or
    Cancelled.
    """
    container = sniff_file(path)
    refuse_truncated(path, container)
    if container.demuxer == "mov" and _DRM_TAGS & {
        kind.decode("latin-1") for kind in boxes.sample_entries(path)
    }:
        raise Refused("encrypted")  # ffprobe shows the kind behind the protection
    found = _ask(tools, path, container, should_stop)
    ends: Mapping[int, float] = {}
    if container.demuxer != "mov" or not boxes.says_true_lengths(path):
        ends = _scan_ends(tools, path, container, should_stop)
    streams, length_s = _present(found, ends), _length_s(found, ends)
    tried = tracks.rivals(streams, every=try_every_track)
    trials = try_tracks(tools, path, container.demuxer, tried, length_s, should_stop)
    facts = parse_probe(found, container, ends, trials, wanted)
    return look_for_sizes(tools, path, facts, should_stop)


def parse_probe(
    found: Mapping[str, Any],
    container: Container,
    ends: Mapping[int, float] | None = None,
    trials: Mapping[int, Trial] | None = None,
    wanted: Mapping[TrackKind, int] | None = None,
) -> Facts:
    """Return facts from ffprobe's JSON; pure. `ends`: where packets of each stream really end (file's clock).

    With `ends` a stream that is not among them has no packets, and does not count. `trials`: what came of
    decoding a part of tracks. Raises Refused: nothing_playable, encrypted, unsupported_codec, too_long,
    too_large_picture.
    """
    form, streams = found.get("format", {}), _present(found, ends)
    start_s = _number(form.get("start_time")) or 0.0
    timeline = _Timeline(start_s, _length_s(found, ends), ends or {})

    def picked(kind: TrackKind, read: Callable[[Mapping[str, Any], _Timeline], _T | None]) -> Picked[_T]:
        chosen = (wanted or {}).get(kind)
        return tracks.pick(
            kind,
            streams,
            lambda stream: read(stream, timeline),
            trials=trials or {},
            wanted=chosen,
            sure=bool(ends),
        )

    pictures, sounds = tracks.without_the_lost(
        picked(TrackKind.VIDEO, _video), picked(TrackKind.AUDIO, _audio)
    )
    video, audio = pictures.facts, sounds.facts
    # Not the file's own length: subtitles or a time code may go on when the lecture is over.
    length_s = max((stream.end_s for stream in (video, audio) if stream is not None), default=0.0)
    if length_s <= 0:
        raise Refused("nothing_playable")
    facts = Facts(
        container=container.name,
        demuxer=container.demuxer,
        duration_s=round(length_s, 6),
        start_s=start_s,
        size_bytes=int(_number(form.get("size")) or 0),
        video=video,
        audio=audio,
        chapters=tuple(_chapter(chapter, start_s) for chapter in found.get("chapters", [])[:MAX_CHAPTERS]),
        tracks=tuple(track for kind in (pictures, sounds) if len(kind.tracks) > 1 for track in kind.tracks),
        remarks=(
            *pictures.remarks,
            *sounds.remarks,
            *_colour_remarks(video, streams),
            *tracks.other_remarks(streams, has_picture=video is not None),
        ),
    )
    _check_limits(facts)
    return facts


def _present(found: Mapping[str, Any], ends: Mapping[int, float] | None) -> list[Mapping[str, Any]]:
    """The streams that have packets, as far as that is known."""
    return [stream for stream in found.get("streams", []) if not ends or stream.get("index") in ends]


def _length_s(found: Mapping[str, Any], ends: Mapping[int, float] | None) -> float:
    form = found.get("format", {})
    start_s = _number(form.get("start_time")) or 0.0
    told_s = _number(form.get("duration"))
    return max((end - start_s for end in (ends or {}).values()), default=told_s) or 0.0


@dataclass(frozen=True)
class _Timeline:
    start_s: float
    length_s: float
    ends: Mapping[int, float]

    def range_of(self, stream: Mapping[str, Any]) -> tuple[float, float]:
        """Where a stream begins and ends on the lecture's clock."""
        own_start = _number(stream.get("start_time"))
        start_s = max(0.0, own_start - self.start_s) if own_start is not None else 0.0
        length_s = _stream_length(stream)
        end_s = self.length_s if length_s is None else min(self.length_s, start_s + length_s)
        if stream["index"] in self.ends:
            end_s = self.ends[stream["index"]] - self.start_s
        return round(start_s, 6), round(end_s, 6)


def _stream_length(stream: Mapping[str, Any]) -> float | None:
    """How long a stream is; None when the file does not say it, or not clearly.

    Matroska says it in a tag (00:59:58.123000000) that some programs count from the stream's first packet and
    others from the file's beginning: it helps only where that is the same.
    """
    length_s = _number(stream.get("duration"))
    if length_s is None and (_number(stream.get("start_time")) or 0.0) < _SAME_START_S:
        numbers = [_number(part) for part in str(stream.get("tags", {}).get("DURATION", "")).split(":")]
        if len(numbers) == 3 and None not in numbers:
            hours, minutes, seconds = (number or 0.0 for number in numbers)
            length_s = hours * 3600 + minutes * 60 + seconds
    return length_s


def _video(stream: Mapping[str, Any], timeline: _Timeline) -> VideoFacts | None:
    width, height = int(stream.get("width") or 0), int(stream.get("height") or 0)
    if not (width and height):
        return None
    turned = _rotation(stream)
    sar = _ratio(stream.get("sample_aspect_ratio"), ":") or Fraction(1)
    width = max(1, round(width * sar))
    if turned in {90, 270}:
        width, height = height, width
    base = _ratio(stream.get("r_frame_rate"), "/") or Fraction(25)
    rate = (_ratio(stream.get("avg_frame_rate"), "/") or base).limit_denominator(100_000)
    start_s, end_s = timeline.range_of(stream)
    return VideoFacts(
        index=stream["index"],
        codec=_codec(stream),
        width=width,
        height=height,
        fps=round(float(rate), 3),
        rate=(rate.numerator, rate.denominator),
        variable_rate=abs(base - rate) > rate / 100,
        rotation=turned,
        pix_fmt=str(stream.get("pix_fmt", "")),
        interlaced=stream.get("field_order") in _FIELD_ORDERS,
        bit_rate_bps=_whole(stream.get("bit_rate")),
        start_s=start_s,
        end_s=end_s,
        profile=str(stream.get("profile", "")),
        level=_whole(stream.get("level")) or 0,
        square=sar == 1,
        progressive=stream.get("field_order") == "progressive",
        transfer=str(stream.get("color_transfer", "")),
        primaries=str(stream.get("color_primaries", "")),
        matrix=str(stream.get("color_space", "")),
    )


def _colour_remarks(video: VideoFacts | None, streams: Sequence[Mapping[str, Any]]) -> tuple[Remark, ...]:
    """What is said of a picture that ordinary screens cannot show as it is."""
    if video is None:
        return ()
    stream = next(stream for stream in streams if stream["index"] == video.index)
    if any(side.get("dv_profile") == _DOLBY_ALONE for side in stream.get("side_data_list", [])):
        return (Remark("dolby_vision_alone"),)
    return (Remark(f"tone_{video.tone}"),) if video.tone else ()


def _audio(stream: Mapping[str, Any], timeline: _Timeline) -> AudioFacts | None:
    channels, rate_hz = int(stream.get("channels") or 0), int(_number(stream.get("sample_rate")) or 0)
    codec = _codec(stream)
    if not (channels and rate_hz):
        return None
    start_s, end_s = timeline.range_of(stream)
    return AudioFacts(
        index=stream["index"],
        codec=codec,
        channels=channels,
        sample_rate_hz=rate_hz,
        bit_rate_bps=_whole(stream.get("bit_rate")),
        start_s=start_s,
        end_s=end_s,
    )


def _codec(stream: Mapping[str, Any]) -> str:
    """Name of a stream's coding. Raises Refused: encrypted, unsupported_codec."""
    tag = str(stream.get("codec_tag_string", ""))
    if tag in _DRM_TAGS:
        raise Refused("encrypted")
    name = str(stream.get("codec_name", "unknown"))
    if name in {"unknown", "none"}:
        raise Refused("unsupported_codec", {"found": tag or "unknown"})
    return name


def _rotation(stream: Mapping[str, Any]) -> int:
    """Degrees clockwise that a player turns the picture, to the next multiple of 90."""
    for side in stream.get("side_data_list", []):
        if "rotation" in side:
            return round(-float(side["rotation"]) / 90) * 90 % 360
    return round((_number(stream.get("tags", {}).get("rotate")) or 0.0) / 90) * 90 % 360


def _chapter(chapter: Mapping[str, Any], start_s: float) -> Chapter:
    return Chapter(
        start_s=max(0.0, (_number(chapter.get("start_time")) or 0.0) - start_s),
        end_s=max(0.0, (_number(chapter.get("end_time")) or 0.0) - start_s),
        title=str(chapter.get("tags", {}).get("title", ""))[:MAX_TITLE_CHARS],
    )


def _check_limits(facts: Facts) -> None:
    if facts.duration_s > MAX_DURATION_S:
        raise Refused("too_long", {"duration_s": round(facts.duration_s, 1), "limit_s": MAX_DURATION_S})
    video = facts.video
    if video is not None and video.width * video.height > MAX_PIXELS:
        details = {"width": video.width, "height": video.height, "limit_pixels": MAX_PIXELS}
        raise Refused("too_large_picture", details)


def _ask(
    tools: Tools, path: Path, container: Container, should_stop: Callable[[], bool] | None
) -> Mapping[str, Any]:
    args = [
        str(tools.ffprobe),
        "-v",
        "error",
        "-of",
        "json",
        "-show_format",
        "-show_streams",
        "-show_chapters",
    ]
    # A recorder's transport stream can bring its sound seconds after its picture: look further than 5 s.
    args += ["-analyzeduration", "20M", "-probesize", "50M", "-max_streams", str(MAX_STREAMS)]
    args += ["-max_pixels", str(MAX_PIXELS), *input_args(container.demuxer, path)]
    try:
        answer = json.loads(run(args, timeout_s=PROBE_TIMEOUT_S, should_stop=should_stop).stdout)
    except ToolFailed as error:
        raise ffprobe_refusal(error) or error from error
    return answer if isinstance(answer, dict) else {}


def _scan_ends(
    tools: Tools, path: Path, container: Container, should_stop: Callable[[], bool] | None
) -> dict[int, float]:
    """Read every packet (no decoding) and return where each stream ends, on the file's clock.

    For every kind of file without an index of its samples: lengths are missing there (what a browser
    recorded), guessed (bare MP3), or were true before the file was cut. An hour takes one or two seconds.
    Raises Refused("broken_clock") for recordings that were joined by their bytes.
    """
    streams: dict[int, PacketTimes] = {}
    lecture: set[int] = set()
    together = PacketTimes()

    def note(line: str) -> None:
        fields = dict(part.partition("=")[::2] for part in line.split("|"))
        at, index = _number(fields.get("pts_time")), _whole(fields.get("stream_index"))
        decoded_at = _number(fields.get("dts_time"))
        at = decoded_at if at is None else at
        if at is None or index is None:
            return
        end = at + (_number(fields.get("duration_time")) or 0.0)
        streams.setdefault(index, PacketTimes()).take(at, end)
        if fields.get("codec_type") in {"video", "audio"}:
            lecture.add(index)
            together.take(at, end)

    args = [str(tools.ffprobe), "-v", "error", "-of", "compact=p=0", "-max_streams", str(MAX_STREAMS)]
    args += ["-show_entries", "packet=codec_type,stream_index,pts_time,dts_time,duration_time"]
    command = [*args, *input_args(container.demuxer, path)]
    try:
        run(command, timeout_s=SCAN_TIMEOUT_S, on_line=note, should_stop=should_stop)
    except ToolFailed as error:  # a file that ends in rubbish: what came before it counts
        if not streams:
            raise ffprobe_refusal(error) or error from error
    if container.demuxer in _JOINED_BY_BYTES and together.broken_at_s is not None:
        raise Refused("broken_clock", {"at_s": round(together.broken_at_s, 1)})
    ends = {index: times.end_s for index, times in streams.items()}
    for index in lecture if len(lecture) > 1 else ():
        others_end_s = max(streams[other].sure_end_s for other in lecture - {index})
        ends[index] = streams[index].end_beside(others_end_s)
    return ends


def _number(value: object) -> float | None:
    """A finite number, or None for what ffprobe writes when it does not know (N/A, absent)."""
    try:
        number = float(str(value))
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _whole(value: object) -> int | None:
    number = _number(value)
    return None if number is None else int(number)


def _ratio(value: object, sign: str) -> Fraction | None:
    """A positive ratio such as 30000/1001 or 64:45; None for 0/0, 0:1, N/A."""
    above, _, below = str(value).partition(sign)
    if not (above.isdecimal() and below.isdecimal()) or int(above) == 0 or int(below) == 0:
        return None
    return Fraction(int(above), int(below))
