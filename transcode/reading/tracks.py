"""Which of several tracks becomes the lecture's picture, and which its sound: pure, and what to say.

A phone puts a second sound beside the first that only itself can read, a meeting program a silent microphone
before the one that speaks. Nothing is passed over in silence: every choice has its remark.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from transcode.errors import Refused
from transcode.reading.facts import Track, TrackKind
from transcode.remarks import Remark

SPEAKS_DB = -50.0
"""A track speaks when its loudest moments (0.4 s, RMS) are above this: a quiet room with an open microphone
lies at -60 to -70 dB, the softest speech that can be made loud again above -45."""

LOUDER_DB = 12.0
"""Where none speaks, another is taken for the first when it is this much louder."""

_STILL_CODECS = {"mjpeg", "png", "bmp", "gif", "tiff", "webp"}
_MAX_NAME_CHARS = 60
_WORD = {TrackKind.VIDEO: "picture", TrackKind.AUDIO: "sound"}
"""How codes call a kind."""
_T = TypeVar("_T")
_P = TypeVar("_P")
_S = TypeVar("_S")


@dataclass(frozen=True)
class Trial:
    """What came of decoding a part of a track. `loudest_db`: of a sound's loudest 0.4 s; None for none."""

    decodes: bool
    loudest_db: float | None = None


@dataclass(frozen=True)
class Picked(Generic[_T]):
    """The facts of the track that was taken (None: there is none), all of its kind, and what to say.

    `refusal`: why none of its kind is of any use, though there are some.
    """

    facts: _T | None
    tracks: tuple[Track, ...] = ()
    remarks: tuple[Remark, ...] = ()
    refusal: Refused | None = None


def of_kind(streams: Sequence[Mapping[str, Any]], kind: TrackKind) -> list[Mapping[str, Any]]:
    """Return the tracks of a kind, without covers and chapter pictures: single images dressed as video."""
    return [stream for stream in streams if stream.get("codec_type") == kind and not _is_cover(stream)]


def rivals(streams: Sequence[Mapping[str, Any]], *, every: bool = False) -> list[tuple[int, TrackKind]]:
    """Return the index and kind of every track that has another beside it: these are worth a trial.

    `every`: those that are alone, too.
    """
    found = []
    for kind in TrackKind:
        tracks = of_kind(streams, kind)
        found += [(stream["index"], kind) for stream in tracks if every or len(tracks) > 1]
    return found


def pick(
    kind: TrackKind,
    streams: Sequence[Mapping[str, Any]],
    read: Callable[[Mapping[str, Any]], _T | None],
    *,
    trials: Mapping[int, Trial],
    wanted: int | None,
    sure: bool,
) -> Picked[_T]:
    """Return the track of a kind to use: the `wanted` one, else the first that decodes and speaks.

    `read` gives a track's facts, None or Refused for one that cannot be read. Where there are some, surely
    with packets, and none can be read, the answer has a `refusal`; so it has where none of them decodes.
    """
    facts: dict[int, _T] = {}
    refusal: Refused | None = None
    tracks = of_kind(streams, kind)
    for stream in tracks:
        try:
            one = read(stream)
        except Refused as refused:
            refusal = refusal or refused
            continue
        if one is not None:
            facts[stream["index"]] = one
    if not facts:
        if refusal is None and tracks and sure:
            refusal = Refused("unsupported_codec", {"found": str(tracks[0].get("codec_name", "unknown"))})
        return Picked(None, refusal=refusal)
    decodable = [index for index in facts if index not in trials or trials[index].decodes]
    broken = None if decodable else Refused("damaged")
    decodable = decodable or list(facts)
    named = tuple(_track(kind, n, stream, decodable) for n, stream in enumerate(tracks, start=1))
    order = sorted((stream for stream in tracks if stream["index"] in decodable), key=_rank)
    indexes: list[int] = [stream["index"] for stream in order]
    own = _first_that_speaks(indexes, trials) if kind is TrackKind.AUDIO else indexes[0]
    taken = wanted if wanted is not None and wanted in indexes else own
    silent = [index for index in indexes[: indexes.index(own)] if index in trials] if taken == own else []
    untried = [index for index in indexes if index not in trials] if trials and len(tracks) > 1 else []
    said = (*_remarks(kind, named, taken, silent), *_untried(kind, untried))
    return Picked(facts[taken], named, said, broken)


def without_the_lost(pictures: Picked[_P], sounds: Picked[_S]) -> tuple[Picked[_P], Picked[_S]]:
    """Return the same, a kind of which nothing can be read left out with its remark when the other is whole.

    A lecture whose sound is gone can still be looked at, and one whose picture is gone be heard: its lecturer
    is told, and decides. Raises Refused where nothing is left, and for what is encrypted.
    """
    for one in (pictures, sounds):
        if one.refusal is not None and one.refusal.code == "encrypted":
            raise one.refusal
    if pictures.refusal is not None and sounds.facts is not None and sounds.refusal is None:
        pictures = Picked(None, (), (_lost(TrackKind.VIDEO, pictures.refusal),))
    elif sounds.refusal is not None and pictures.facts is not None and pictures.refusal is None:
        sounds = Picked(None, (), (_lost(TrackKind.AUDIO, sounds.refusal),))
    for one in (pictures, sounds):
        if one.refusal is not None and one.facts is None:
            raise one.refusal
    return pictures, sounds


def _lost(kind: TrackKind, refusal: Refused) -> Remark:
    if refusal.code == "unsupported_codec":
        return Remark(f"{_WORD[kind]}_unknown", 1, {"found": str(refusal.details["found"])})
    return Remark(f"{_WORD[kind]}_broken")


def other_remarks(streams: Sequence[Mapping[str, Any]], *, has_picture: bool) -> tuple[Remark, ...]:
    """Return what is said of what is neither picture nor sound: subtitles inside the file, a cover."""
    words = sum(stream.get("codec_type") == "subtitle" for stream in streams)
    covers = sum(stream.get("codec_type") == "video" and _is_cover(stream) for stream in streams)
    said = [Remark("subtitles_left", words)] if words else []
    return (*said, *([Remark("cover_left", covers)] if covers and not has_picture else []))


def label(track: Track) -> str:
    """Return how a track is told from others of its kind: its number, language and title."""
    names = ", ".join(part for part in (track.language, track.title) if part)
    return f"{track.n} ({names})" if names else str(track.n)


def _is_cover(stream: Mapping[str, Any]) -> bool:
    flags = stream.get("disposition", {})
    return any(flags.get(flag) for flag in ("attached_pic", "timed_thumbnails", "still_image"))


def _rank(stream: Mapping[str, Any]) -> tuple[bool, bool]:
    """What the file's author marked comes first, and a single image in a track of its own last."""
    is_still = stream.get("codec_name") in _STILL_CODECS and stream.get("nb_frames") == "1"
    return is_still, not stream.get("disposition", {}).get("default")


def _first_that_speaks(indexes: Sequence[int], trials: Mapping[int, Trial]) -> int:
    """Return the first of those that were listened to, which are the first of the file."""
    levels = {index: trials[index].loudest_db for index in indexes if index in trials}
    if indexes[0] not in levels:  # no ground to prefer another
        return indexes[0]
    heard = {index: -120.0 if level is None else level for index, level in levels.items()}
    speaking = [index for index, level in heard.items() if level >= SPEAKS_DB]
    if speaking:
        return speaking[0]
    loudest = max(heard, key=lambda index: heard[index])
    return loudest if heard[loudest] >= heard[indexes[0]] + LOUDER_DB else indexes[0]


def _untried(kind: TrackKind, indexes: Sequence[int]) -> tuple[Remark, ...]:
    return (Remark(f"{_WORD[kind]}_untried", len(indexes)),) if indexes else ()


def _track(kind: TrackKind, n: int, stream: Mapping[str, Any], decodable: Sequence[int]) -> Track:
    tags = {str(key).lower(): str(value) for key, value in stream.get("tags", {}).items()}
    language = tags.get("language", "")
    # "handler_name" of MP4 is mostly the program's own word for any track.
    title = " ".join(tags.get("title", "").split())[:_MAX_NAME_CHARS]
    return Track(
        index=stream["index"],
        kind=kind,
        n=n,
        codec=str(stream.get("codec_name", "unknown")),
        language="" if language in {"und", "mis", "zxx"} else language[:16],
        title=title,
        usable=stream["index"] in decodable,
    )


def _remarks(
    kind: TrackKind, tracks: Sequence[Track], taken: int, silent: Sequence[int]
) -> tuple[Remark, ...]:
    if len(tracks) < 2:
        return ()
    own = label(next(track for track in tracks if track.index == taken))
    why = {
        "unreadable": [track for track in tracks if not track.usable],
        "silent": [track for track in tracks if track.index in silent],
        "left": [
            track for track in tracks if track.usable and track.index != taken and track.index not in silent
        ],
    }
    return tuple(
        Remark(f"{_WORD[kind]}_{reason}", len(some), {"taken": own, "left": "、".join(map(label, some))})
        for reason, some in why.items()
        if some
    )
