"""ffmpeg's arguments for a plan: pure functions, compared whole by golden tests.

ffmpeg-python compiles the filter graph and the argument list; it never runs anything (it can hang when it
does). Output names are relative: the child runs inside the clip's folder, so that no folder name is ever a
pattern.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import ffmpeg

from transcode.encoding.even_sound import open_evened
from transcode.ffmpeg_args import COMMON, number, open_source
from transcode.hls.files import INIT, PLAYLIST, SEGMENTS
from transcode.pictures.fitting import fitted
from transcode.pictures.sprites import strip_output
from transcode.pictures.stills import still_output
from transcode.pictures.tone_mapping import mapped
from transcode.planning.ladder import PEAK_DB
from transcode.planning.plan import (
    SOUND_ONLY,
    PicturePlan,
    Plan,
    Rung,
    SoundPlan,
    rendition_names,
    segment_frames,
)
from transcode.reading.facts import Side
from transcode.tools import Tools

AAC_FRAME = 1024
"""Samples in a packet of AAC-LC (ISO/IEC 14496-3)."""


COPY_ROOM_S = 2.0
"""How much longer than the clip packets are read for a copy: frames are decoded before they are shown."""


def clip_args(tools: Tools, source: Path, plan: Plan, *, threads: int | None = None) -> list[str]:
    """Return the command that makes all renditions of a clip from one decode; run it in the clip's folder."""
    media = open_source(source, plan.demuxer, plan.seek_s, **_when_it_changes(plan))
    pictures, looks = _pictures(media, plan.picture, plan) if plan.picture else ([], [])
    sounds = _sounds(media, plan, plan.sound, len(sound_rates(plan))) if plan.sound else []
    options = {**_encoding_options(plan), **({} if threads is None else {"threads": threads})}
    renditions = ffmpeg.output(*pictures, *sounds, _slaves(plan), **options)
    made: list[str] = ffmpeg.merge_outputs(renditions, *looks).get_args()
    return [str(tools.ffmpeg), *COMMON, "-progress", "pipe:1", "-stats_period", "0.5", *made]


def sound_rates(plan: Plan) -> list[int]:
    """Return the bits per second that a plan's sound is encoded at, each once."""
    return (
        list(dict.fromkeys(_sound_rate(name, plan) for name in rendition_names(plan))) if plan.sound else []
    )


def _when_it_changes(plan: Plan) -> dict[str, Any]:
    """Options for a source whose picture's size or sound's channels change on the way.

    ffmpeg would build the whole graph anew, and all that counts from the clip's beginning would begin again.
    A shared screen's picture may change its size: `scale` takes frames of any size, and only what stands
    before it (deinterlacing, turning) does not. Sound that changes is an error, unless the plan knows of it
    and has it made even first: see `encoding.even_sound`.
    """
    may_change = plan.picture is not None and not (plan.picture.deinterlace or plan.picture.turned)
    pictures = {"reinit_filter:v": 0} if may_change else {}
    return pictures | ({"reinit_filter:a": 0} if plan.sound else {})


def _pictures(media: Any, picture: PicturePlan, plan: Plan) -> tuple[list[Any], list[Any]]:
    """Return the streams of the rungs, and the outputs of single pictures."""
    stream, rungs = media[str(picture.index)], plan.rungs
    if plan.offset_s:
        stream = stream.filter("setpts", f"PTS-{number(plan.offset_s)}/TB")
    if picture.deinterlace:
        stream = stream.filter("bwdif", mode="send_frame", deint="interlaced")
    # First the frame rate (fewer frames to scale), on a grid that begins at 0: a picture that starts late is
    # filled from its first frame, so that all streams begin together.
    stream = stream.filter("fps", fps=f"{picture.rate[0]}/{picture.rate[1]}", start_time=0)
    stream = stream.filter("tpad", stop_mode="clone", stop_duration=number(picture.pad_s))
    stream = stream.filter("trim", end_frame=picture.frames)
    scaled, looks = [], []
    for n, rung in enumerate(rungs):
        # Each size from the one above it: 7 % less work than each from the source. Pixels become square.
        if n == 0:
            stream = _top(stream, picture, rung)
        else:
            stream = stream.filter("scale", rung.width, rung.height, flags="bicubic").filter("setsar", 1)
        ways = stream.filter_multi_output("split")
        scaled.append(media[str(picture.index)] if n == 0 and picture.copied else ways[0])
        stream = ways[1]
        looks += [still_output(ways[2], plan, picture)] if n == 0 else []
    return scaled, [*looks, strip_output(stream, plan, picture)]


def _top(stream: Any, picture: PicturePlan, rung: Rung) -> Any:
    """Return the picture in the best rung's size, as every player decodes it: 10 bits and 4:4:4 are not."""
    if picture.resized:
        stream = fitted(stream, rung.width, rung.height)
    if picture.tone is not None:
        return mapped(stream, picture.matrix, rung.width, rung.height)
    # Levels as all players expect them; webcams write full range.
    stream = stream.filter("scale", rung.width, rung.height, flags="bicubic", out_range="limited")
    return stream.filter("setsar", 1).filter("format", "yuv420p")


def _sounds(media: Any, plan: Plan, sound: SoundPlan, copies: int) -> list[Any]:
    if sound.evened:  # already on the clip's own clock
        stream = open_evened()
    else:
        stream = media[str(sound.index)]
        if plan.offset_s:
            stream = stream.filter("asetpts", f"PTS-{number(plan.offset_s)}/TB")
    stream = stream.filter(
        "atrim", start=0
    )  # what lies before the clip, as seeking is not exact (open_source)
    # Holes become silence, and a sound that starts late or early begins at 0 like the picture.
    stream = stream.filter("aresample", sound.sample_rate_hz, **{"async": 1, "first_pts": 0})
    layout = "mono" if sound.channels == 1 else "stereo"
    stream = stream.filter("aformat", sample_fmts="fltp", channel_layouts=layout)
    if sound.side is not None:
        mine = 0 if sound.side is Side.LEFT else 1
        stream = stream.filter("channelmap", f"{mine}-0|{mine}-1", channel_layout="stereo")
    if sound.gain_db:
        stream = stream.filter("volume", f"{number(sound.gain_db)}dB")
        # level=0: the limiter only limits; by default it would raise everything to the limit.
        stream = stream.filter("alimiter", limit=number(10 ** (PEAK_DB / 20)), level=0)
    stream = stream.filter("apad", pad_len=round(sound.pad_s * sound.sample_rate_hz))
    stream = stream.filter("atrim", end_sample=sound.samples)
    if copies == 1:
        return [stream]
    split = stream.filter_multi_output("asplit", copies)
    return [split[n] for n in range(copies)]


def _encoding_options(plan: Plan) -> dict[str, Any]:
    """Return the options of the one output that all renditions are (`tee`, see _slaves)."""
    options: dict[str, Any] = {
        "format": "tee",
        "flags": "+global_header",  # parameter sets belong into init.mp4; the tee does not ask for it
        # Sound waits for its picture and the picture for its sound, however far one is ahead: by default
        # ffmpeg stops waiting after 10 s, and segments then hold the sound of other moments.
        "max_interleave_delta": 0,
        # Titles, places and names that a phone wrote into the original are nobody's business.
        "map_metadata": -1,
        "map_chapters": -1,
    }
    if plan.picture is not None:
        options |= _picture_options(plan.picture, plan)
    if plan.sound is not None:
        options |= {"c:a": "aac"} | {f"b:a:{n}": rate for n, rate in enumerate(sound_rates(plan))}
    return options


def _picture_options(picture: PicturePlan, plan: Plan) -> dict[str, Any]:
    # One key frame per segment, at the same frames in every rung: a player can change rungs at each segment.
    gop = max(segment_frames(picture)) if picture.copied else picture.gop_frames
    every: dict[str, Any] = {"c": "libx264", "preset": plan.preset, "profile": "high"}
    every |= {"g": gop, "keyint_min": gop, "sc_threshold": 0}
    if picture.copied is not None and picture.copied.borders:
        # A little early, as ffmpeg 9 takes the first frame that is not before the moment; less than half a
        # frame, as 5.1 rounds the moment to the nearest frame.
        moments = (float((border - 0.25) / picture.fps) for border in picture.copied.borders)
        every["force_key_frames"] = ",".join(number(at_s) for at_s in moments)
    options = _copy_options(plan, picture) if picture.copied else {}
    for n, rung in enumerate(plan.rungs):
        if n or picture.copied is None:
            own = {"crf": rung.crf, "maxrate": rung.maxrate_bps, "bufsize": 2 * rung.maxrate_bps}
            # Each for its stream: an option of an encoder is an error where packets are copied.
            options |= {f"{key}:v:{n}": value for key, value in (every | own).items()}
    return options


def _copy_options(plan: Plan, picture: PicturePlan) -> dict[str, Any]:
    """Options for packets that are taken as they are. A key frame at the clip's end is not among them."""
    return {
        "c:v:0": "copy",
        # Exactly the clip's frames, counted in the order of decoding. Neither -frames:v (ffmpeg 5.1 then ends
        # the sound beside it, 0.1 s too early) nor -t alone (a few frames more or less) does it.
        "bsf:v:0": f"noise=amount=0:drop=gte(n\\,{picture.frames})",
        # Later than needed, so that the rest of the lecture is not read.
        "t": number(plan.duration_s + COPY_ROOM_S),
    }


def _sound_rate(name: str, plan: Plan) -> int:
    rung = next((rung for rung in plan.rungs if rung.name == name), None)
    bits_per_s = rung.audio_bps if rung else plan.sound_only_bps or plan.audio_bps
    return bits_per_s * 2 // 3 if plan.sound and plan.sound.channels == 1 else bits_per_s


def _slaves(plan: Plan) -> str:
    """Return the renditions as the tee muxer reads them: options in brackets, then the playlist's name.

    The light build of hls.js has no separate audio tracks, so the sound is muxed into each rung. A tee gives
    one encoded sound to every rendition of its rate: an encoder of AAC takes 1.5 % of real time.
    """
    slaves = []
    for n, name in enumerate(rendition_names(plan)):
        streams = [f"v:{n}"] if n < len(plan.rungs) else []
        if plan.sound:
            streams.append(f"a:{sound_rates(plan).index(_sound_rate(name, plan))}")
        # Quoted, because a comma or a colon would end the option, and escaped, because it is read twice.
        options = {"select": rf"\'{','.join(streams)}\'", **_hls_options(name, plan)}
        told = ":".join(f"{key}={value}" for key, value in options.items())
        slaves.append(f"[{told}]{name}/{PLAYLIST}")
    return "|".join(slaves)


def _hls_options(name: str, plan: Plan) -> dict[str, Any]:
    return {
        "f": "hls",
        "hls_time": number(_sound_segment_s(plan) if name == SOUND_ONLY else _picture_segment_s(plan)),
        "hls_playlist_type": "vod",
        "hls_list_size": 0,
        "hls_segment_type": "fmp4",
        "hls_fmp4_init_filename": INIT,
        "hls_segment_filename": f"{name}/{SEGMENTS}",
        "hls_flags": "independent_segments",
        "start_number": 1,
        # Otherwise ffmpeg moves both streams until no DTS is negative and writes that into an "empty edit",
        # which browsers pass over: the sound then comes early by the B-frames' delay (two frames less 21
        # ms).
        "avoid_negative_ts": "disabled",
    }


def _picture_segment_s(plan: Plan) -> float:
    if plan.picture is None:
        raise ValueError("a plan without a picture has no rungs")
    if plan.picture.copied is not None:
        return plan.picture.copied.split_s
    # Half a frame less than the key frames' distance: compared as floating-point numbers, an exact value
    # could miss one and make a segment of double length.
    return float((plan.picture.gop_frames - 0.5) / plan.picture.fps)


def _sound_segment_s(plan: Plan) -> float:
    """How long the segments of sound alone are, so that they lie under those of the pictures.

    The encoder's priming puts one packet more into the stream than the clip is long. What that packet takes
    is spread over the segments: otherwise it could become a last segment of its own (of 21 ms).
    """
    if plan.sound is None:
        raise ValueError("a plan without sound has no rendition of sound alone")
    segment_s = float(plan.segment_s)
    if plan.picture is not None:  # of a copied picture the first stands for all: they are alike, mostly
        segment_s = float(segment_frames(plan.picture)[0] / plan.picture.fps)
    spread_s = AAC_FRAME / plan.sound.sample_rate_hz + 0.001
    return segment_s + spread_s / math.ceil(plan.duration_s / segment_s - 1e-4)
