"""Looking at what was made with programs that are not ours: ffmpeg decodes, ffprobe lists, m3u8 parses."""

from __future__ import annotations

import json
import re
import subprocess
from array import array
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import m3u8

from transcode.encoding.package import ClipOutput
from transcode.pictures.small import small_file
from transcode.tools import Tools

READ_HLS = ["-protocol_whitelist", "file,crypto", "-allowed_extensions", "ALL", "-f", "hls"]


def decode(tools: Tools, playlist: Path) -> None:
    """Decode a whole rendition; any complaint of ffmpeg fails the test."""
    command = [str(tools.ffmpeg), "-v", "warning", "-nostdin", "-xerror", *READ_HLS, "-i", str(playlist)]
    done = subprocess.run([*command, "-f", "null", "-"], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert not done.stderr.strip(), done.stderr


@dataclass(frozen=True)
class Signal:
    """A decoded rendition, small: mean luma of each frame, loudness of each 5 ms."""

    luma: list[int]
    loud: list[float]


def signal(tools: Tools, playlist: Path, *, video: bool = True, audio: bool = True) -> Signal:
    """Decode a rendition to one pixel per frame and 8 kHz mono sound."""
    base = [str(tools.ffmpeg), "-v", "error", "-nostdin", *READ_HLS, "-i", str(playlist)]
    luma, loud = b"", array("h")
    if video:
        # passthrough: every frame once, although the sound's priming begins before the first of them.
        gray = [
            "-map",
            "0:v",
            "-fps_mode",
            "passthrough",
            "-vf",
            "scale=1:1:flags=area,format=gray",
            "-f",
            "rawvideo",
            "-",
        ]
        luma = subprocess.run([*base, *gray], capture_output=True, check=True, timeout=60).stdout
    if audio:
        # From time 0: the encoder's priming before it is not for ears.
        pcm = [
            "-map",
            "0:a",
            "-af",
            "aresample=async=1:first_pts=0",
            "-ac",
            "1",
            "-ar",
            "8000",
            "-f",
            "s16le",
            "-",
        ]
        loud.frombytes(subprocess.run([*base, *pcm], capture_output=True, check=True, timeout=60).stdout)
    steps = [max(map(abs, loud[n : n + 40])) / 32768 for n in range(0, len(loud) - 39, 40)]
    return Signal(list(luma), steps)


def packets(tools: Tools, playlist: Path, *read: str) -> list[dict[str, Any]]:
    """Packets of a rendition (or of a file that is opened with other arguments), as ffprobe lists them."""
    entries = [
        "-show_entries",
        "packet=stream_index,pts_time,duration_time,size,flags:stream=codec_type,index",
    ]
    command = [str(tools.ffprobe), "-v", "error", "-of", "json", *entries, *(read or READ_HLS), "-i"]
    found: dict[str, Any] = json.loads(
        subprocess.run([*command, str(playlist)], capture_output=True, check=True, timeout=60).stdout
    )
    kinds = {stream["index"]: stream["codec_type"] for stream in found["streams"]}
    return [{**packet, "kind": kinds[packet["stream_index"]]} for packet in found["packets"]]


def sound_apart_s(tools: Tools, folder: Path, rendition: str) -> list[float]:
    """How far the first packet of sound lies from the first picture in each segment of a rendition.

    Each segment is read by itself, as a player does that begins there.
    """
    init, alone, apart = (folder / rendition / "init.mp4").read_bytes(), folder.parent / "alone.mp4", []
    for segment in sorted((folder / rendition).glob("*.m4s")):
        alone.write_bytes(init + segment.read_bytes())
        firsts: dict[str, float] = {}
        for packet in packets(tools, alone, "-f", "mov"):
            firsts.setdefault(packet["kind"], float(packet["pts_time"]))
        apart.append(firsts["audio"] - firsts["video"])
    return apart


def key_times(tools: Tools, playlist: Path) -> list[float]:
    """Presentation times of the key frames of a rendition."""
    return [
        float(packet["pts_time"])
        for packet in packets(tools, playlist)
        if packet["kind"] == "video" and packet["flags"].startswith("K")
    ]


def check_bandwidth(folder: Path, output: ClipOutput) -> None:
    """The master's rates against the files', measured as RFC 8216 (4.3.4.2) defines them, to within 5 %."""
    for variant in m3u8.loads((folder / output.master).read_text()).playlists:
        playlist = m3u8.loads((folder / variant.uri).read_text())
        bits = [8 * (folder / variant.uri).with_name(one.uri).stat().st_size for one in playlist.segments]
        ends = [sum(one.duration for one in playlist.segments[:n]) for n in range(len(bits) + 1)]
        stretches = [
            sum(bits[first:last]) / (ends[last] - ends[first])
            for first in range(len(bits))
            for last in range(first + 1, len(bits) + 1)
            if 0.5 <= (ends[last] - ends[first]) / playlist.target_duration <= 1.5
        ]
        told = variant.stream_info
        assert abs(told.average_bandwidth / (sum(bits) / ends[-1]) - 1) <= 0.05, variant.uri
        assert abs(told.bandwidth / max(stretches) - 1) <= 0.05, variant.uri


def check_clip(tools: Tools, folder: Path, output: ClipOutput, duration_s: float) -> None:
    """What every clip must be, whatever it was made from."""
    master = m3u8.loads((folder / output.master).read_text())
    assert output.files[-1] == output.master
    assert {variant.uri for variant in master.playlists} == {one.playlist for one in output.renditions}
    listed = {output.master, *([output.poster] if output.poster else []), *output.stills}
    if output.small:
        listed |= {small_file(name, output.small) for name in output.stills or [output.poster or ""]}
    if output.strip:
        sheets = re.findall(r"^(.+)#xywh=", (folder / output.strip).read_text(), re.MULTILINE)
        listed |= {output.strip, *(f"strip/{sheet}" for sheet in sheets)}
    for variant in master.playlists:
        playlist = m3u8.loads((folder / variant.uri).read_text())
        assert playlist.is_endlist
        assert abs(sum(segment.duration for segment in playlist.segments) - duration_s) <= 0.2
        for segment in playlist.segments:
            assert segment.duration <= playlist.target_duration + 0.5
        uris = [playlist.segment_map[0].uri, *(segment.uri for segment in playlist.segments)]
        listed |= {variant.uri, *(f"{Path(variant.uri).parent}/{uri}" for uri in uris)}
        decode(tools, folder / variant.uri)
    assert listed == set(output.files)
    there = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert there == listed
    assert output.bytes_total == sum((folder / name).stat().st_size for name in output.files)
