"""A recording on its whole way, and what must hold at the end of it, whatever it was."""

from __future__ import annotations

import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import m3u8
import psutil

from tests.media.inspection import READ_HLS
from transcode.cutting.audio_profile import audio_pass, with_sound
from transcode.cutting.split import choose_cuts
from transcode.encoding.package import ClipOutput, encode_clip
from transcode.planning.ladder import plan_clip
from transcode.reading.facts import Facts
from transcode.reading.probe import probe
from transcode.tools import Tools

PATIENCE_S = 200.0
"""After this the work is cancelled, which is neither a clip nor a refusal: nothing here needs half of it."""


@dataclass(frozen=True)
class Made:
    """What became of a recording."""

    facts: Facts
    clips: tuple[ClipOutput, ...]
    folders: tuple[Path, ...]


def transcode(tools: Tools, source: Path, folder: Path) -> Made:
    """Take a recording all the way, as the pipeline does; its errors are the caller's.

    Leaves nothing behind but the clips' folders: that is checked here, for good ends and bad.
    """
    # Direct children only: those of a browser or a server that another test left open come and go.
    ours, began = psutil.Process(), time.monotonic()
    children, neighbours = set(ours.children()), _listing(source.parent)

    def too_long() -> bool:
        return time.monotonic() - began > PATIENCE_S

    made: list[tuple[ClipOutput, Path]] = []
    try:
        facts = probe(tools, source, too_long)
        heard = audio_pass(tools, source, facts, should_stop=too_long)
        facts = with_sound(facts, heard)
        for cut in choose_cuts(facts.duration_s, heard.pauses):
            plan = plan_clip(
                facts,
                cut.start_s,
                cut.end_s,
                integrated_lufs=heard.integrated_lufs,
                true_peak_db=heard.true_peak_db,
            )
            into = folder / str(cut.n)
            made.append((encode_clip(tools, source, plan, into, should_stop=too_long), into))
    finally:
        left = [child.name() for child in ours.children() if child not in children]
        assert not left, f"processes were left behind: {left}"
        assert _listing(source.parent) == neighbours, "something was written beside the recording"
    return Made(facts, tuple(clip for clip, _ in made), tuple(into for _, into in made))


def _listing(folder: Path) -> dict[str, tuple[int, int]]:
    return {
        path.name: (path.stat().st_size, path.stat().st_mtime_ns)
        for path in folder.iterdir()
        if path.is_file()
    }


@dataclass(frozen=True)
class Seen:
    """A clip as a viewer gets it: a small grey picture per frame, and 8 kHz of sound."""

    picture: bytes
    sound: bytes

    @property
    def shows(self) -> bool:
        """Whether anything is to be seen: not one even grey."""
        return bool(self.picture) and max(self.picture) - min(self.picture) > 60

    @property
    def loudest(self) -> float:
        """The loudest sample, 0 to 1."""
        high, low = self.sound[1::2], self.sound[::2]
        values = (int.from_bytes((a, b), "little", signed=True) for a, b in zip(low, high, strict=True))
        return max(map(abs, values), default=0) / 32768


def watch(tools: Tools, folder: Path, clip: ClipOutput) -> Seen:
    """Check a clip's lists and files, decode every rendition without a complaint, return what it shows."""
    master = m3u8.loads((folder / clip.master).read_text(encoding="utf-8"))
    assert clip.files[-1] == clip.master
    assert {variant.uri for variant in master.playlists} == {one.playlist for one in clip.renditions}
    for variant in master.playlists:
        playlist = m3u8.loads((folder / variant.uri).read_text(encoding="utf-8"))
        assert playlist.is_endlist
        assert abs(sum(segment.duration for segment in playlist.segments) - clip.duration_s) < 0.1
        assert all(segment.duration <= playlist.target_duration + 0.5 for segment in playlist.segments)
        inside = [playlist.segment_map[0].uri, *(segment.uri for segment in playlist.segments)]
        assert {f"{Path(variant.uri).parent}/{uri}" for uri in inside} <= set(clip.files)
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert there == set(clip.files)
    return _decode(tools, folder, clip)


def _decode(tools: Tools, folder: Path, clip: ClipOutput) -> Seen:
    first = clip.renditions[0]
    command = [str(tools.ffmpeg), "-v", "warning", "-nostdin", "-xerror"]
    for rendition in clip.renditions:
        command += [*READ_HLS, "-i", str(folder / rendition.playlist)]
    seen = {"picture": folder.parent / "picture.raw", "sound": folder.parent / "sound.raw"}
    if first.width:
        small = "scale=16:16:flags=area,format=gray"
        command += ["-map", "0:v", "-vf", small, "-f", "rawvideo", "-y", str(seen["picture"])]
    if "mp4a" in first.codecs:
        command += ["-map", "0:a", "-ac", "1", "-ar", "8000", "-f", "s16le", "-y", str(seen["sound"])]
    for n in range(1, len(clip.renditions)):
        command += ["-map", str(n), "-f", "null", "-"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert not done.stderr.strip(), done.stderr
    got = {kind: path.read_bytes() if path.exists() else b"" for kind, path in seen.items()}
    for path in seen.values():
        path.unlink(missing_ok=True)
    return Seen(**got)
