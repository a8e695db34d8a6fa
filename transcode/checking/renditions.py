"""Looking at what ffmpeg wrote before anybody else does: whole, long enough, and in step.

ffmpeg's HLS muxer can lose segments in silence, and a clip that ends early looks like a short one.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from transcode.checking.segments import picture_starts, sound_apart
from transcode.errors import Failed
from transcode.hls.files import INIT, PLAYLIST
from transcode.hls.playlist import MediaPlaylist, parse_media_playlist
from transcode.planning.plan import SOUND_ONLY, Plan
from transcode.reading.boxes import is_whole

LENGTH_TOLERANCE_S = 0.2
UNEVEN_TOLERANCE_S = 0.001
UNEVEN_SOUND_TOLERANCE_S = 0.06
"""Segments of sound alone end with a packet (21 ms), not with a frame of the picture."""

SOUND_APART_S = 1.0
"""A segment holds the sound of its own picture, but for the frames that a decoder waits for. Where it holds
another moment's, a player that begins there shows nothing."""

COPIED_TOLERANCE_FRAMES = 0.3
"""A camera's clock is not exact: its key frames lie a little beside the others' frames."""


def check_whole(out_dir: Path, name: str, plan: Plan) -> MediaPlaylist:
    """Return a rendition's playlist. Raises Failed: bad_output, short_output."""
    folder = out_dir / name
    details: dict[str, str | float]
    try:
        playlist = parse_media_playlist((folder / PLAYLIST).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise Failed("bad_output", {"rung": name, "found": "no playlist"}) from None
    whole = {segment.uri: is_whole(folder / segment.uri, b"moof", b"mdat") for segment in playlist.segments}
    whole[playlist.init_uri or INIT] = is_whole(folder / (playlist.init_uri or INIT), b"moov")
    for uri in (uri for uri, good in whole.items() if not good):
        raise Failed("bad_output", {"rung": name, "found": f"incomplete {uri}"})
    found_s = playlist.duration_s
    if not playlist.ended or abs(found_s - plan.duration_s) > LENGTH_TOLERANCE_S:
        details = {"rung": name, "expected_s": plan.duration_s, "found_s": round(found_s, 3)}
        raise Failed("short_output", details)
    return playlist


def check_even(out_dir: Path, playlists: Mapping[str, MediaPlaylist], plan: Plan) -> None:
    """Raise Failed("uneven_output") unless a player can change renditions at every segment.

    All are cut at the same moments, and each segment begins with a key frame that is shown at that moment
    and holds the sound of its picture: the playlists say the first, only the segments themselves the rest.
    """
    is_copied = plan.picture is not None and plan.picture.copied is not None
    allowed_s = UNEVEN_TOLERANCE_S
    if plan.picture is not None and is_copied:
        allowed_s = float(COPIED_TOLERANCE_FRAMES / plan.picture.fps)
    first, *_ = playlists.values()
    for name, playlist in playlists.items():
        if name != SOUND_ONLY:
            _compare(name, playlist.borders_s, first.borders_s, allowed_s)
            _compare(name, _key_moments(out_dir, name, playlist), (0.0, *first.borders_s[:-1]), allowed_s)
            _check_together(out_dir, name, playlist)
        elif is_copied:  # its segments are all of one length: see graph
            _compare(name, playlist.borders_s[-1:], first.borders_s[-1:], UNEVEN_SOUND_TOLERANCE_S)
        else:
            _compare(name, playlist.borders_s, first.borders_s, UNEVEN_SOUND_TOLERANCE_S)


def _key_moments(out_dir: Path, name: str, playlist: MediaPlaylist) -> tuple[float, ...]:
    uris = [segment.uri for segment in playlist.segments]
    try:
        starts = picture_starts(out_dir / name, playlist.init_uri or INIT, uris) or []
    except ValueError as error:
        raise Failed("bad_output", {"rung": name, "found": str(error)}) from error
    for n, (_, is_key) in enumerate(starts):
        if not is_key:
            raise Failed("uneven_output", {"rung": name, "found": f"no key frame in front of {uris[n]}"})
    return tuple(at_s for at_s, _ in starts)


def _check_together(out_dir: Path, name: str, playlist: MediaPlaylist) -> None:
    uris = [segment.uri for segment in playlist.segments]
    apart = sound_apart(out_dir / name, playlist.init_uri or INIT, uris) or []
    for n, seconds in enumerate(apart):
        # A last segment may be one frame, and its sound have ended with the segment before.
        if seconds is None and n + 1 < len(apart):
            raise Failed("uneven_output", {"rung": name, "found": f"no sound in {uris[n]}"})
        if seconds is not None and abs(seconds) > SOUND_APART_S:
            found = f"the sound of another moment in {uris[n]}: {seconds:.1f} s"
            raise Failed("uneven_output", {"rung": name, "found": found})


def _compare(name: str, found_s: tuple[float, ...], wanted_s: tuple[float, ...], allowed_s: float) -> None:
    if len(found_s) != len(wanted_s):
        raise Failed("uneven_output", {"rung": name, "found": f"{len(found_s)} of {len(wanted_s)} segments"})
    for found, wanted in zip(found_s, wanted_s, strict=True):
        if abs(found - wanted) > allowed_s:
            raise Failed("uneven_output", {"rung": name, "found": f"{found:.3f} s for {wanted:.3f} s"})
