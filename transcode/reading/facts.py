"""The records of a probed recording. Times count from the lecture's first moment, the clock of `-ss`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Self

from transcode.remarks import Remark


class Tone(StrEnum):
    """What a picture's light and colours must be brought down from; see `pictures.tone_mapping`."""

    HLG = "hlg"
    PQ = "pq"
    WIDE = "wide"
    """The ordinary light, in the wide colours of BT.2020."""


REMARKS: Mapping[str, str] = {
    "picture_left": "several pictures can be read, one was taken; taken, left",
    "picture_unreadable": "a picture was passed over because it cannot be decoded; taken, left",
    "sound_left": "several sounds can be heard, one was taken; taken, left",
    "sound_silent": "a sound was passed over because nobody speaks in it; taken, left",
    "sound_unreadable": "a sound was passed over because it cannot be decoded; taken, left",
    "picture_broken": "none of the pictures can be decoded: the lecture is its sound alone",
    "picture_unknown": "the same, of a coding that we do not know; found",
    "sound_broken": "none of the sounds can be decoded: the lecture is silent",
    "sound_unknown": "the same, of a coding that we do not know; found",
    "picture_untried": "more pictures than are tried: nobody knows whether the others can be read",
    "sound_untried": "more sounds than are listened to: nobody knows whether somebody speaks in the others",
    "sound_left_only": "a stereo sound with its right side empty: both sides get the left one",
    "sound_right_only": "the other way round",
    "sound_evened": "the sound's rate or channels change on the way",
    "picture_resized": "the picture's size changes on the way; sizes, taken",
    "tone_hlg": "an HDR picture (HLG), mapped to an ordinary one",
    "tone_pq": "an HDR picture (PQ), mapped to an ordinary one",
    "tone_wide": "a picture in the colours of BT.2020, mapped to ordinary ones",
    "dolby_vision_alone": "colours that only Dolby Vision knows (profile 5): they come out wrong",
    "subtitles_left": "subtitles inside the file, which are not used",
    "cover_left": "a cover beside a sound alone, which is not used",
}
"""Codes of what a person should know of how a recording was read, and the values of each."""

_HDR = {"arib-std-b67": Tone.HLG, "smpte2084": Tone.PQ}


@dataclass(frozen=True)
class VideoFacts:
    """The picture that we will use. `width` and `height` are what a viewer sees: turned, square pixels.

    `rate` is the average frame rate as a ratio; `rotation` is in degrees (0, 90, 180, 270). Those with a
    default decide whether it can be copied, and are the cautious answer in rows that were written before they
    were: `profile` and `level` as ffprobe names them (High, 40), `square` pixels as stored, and `progressive`
    only where the stream says so. `transfer`, `primaries` and `matrix` of its colours are ffprobe's words.
    `resized`: its size changes on the way.
    """

    index: int
    codec: str
    width: int
    height: int
    fps: float
    rate: tuple[int, int]
    variable_rate: bool
    rotation: int
    pix_fmt: str
    interlaced: bool
    bit_rate_bps: int | None
    start_s: float
    end_s: float
    profile: str = ""
    level: int = 0
    square: bool = False
    progressive: bool = False
    transfer: str = ""
    primaries: str = ""
    matrix: str = ""
    resized: bool = False

    @property
    def tone(self) -> Tone | None:
        """What the picture must be brought down from for ordinary screens; None for an ordinary one."""
        return _HDR.get(self.transfer) or (Tone.WIDE if self.primaries == "bt2020" else None)


class Side(StrEnum):
    """The one side of a stereo sound that has all of it."""

    LEFT = "left"
    RIGHT = "right"


class TrackKind(StrEnum):
    """What a track is for us, in ffprobe's words."""

    VIDEO = "video"
    AUDIO = "audio"


@dataclass(frozen=True)
class Track:
    """A track that was or might have been taken. `index` in the file; `n` counts those of its kind from 1."""

    index: int
    kind: TrackKind
    n: int
    codec: str
    language: str = ""
    title: str = ""
    usable: bool = True

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Return what `asdict` gave."""
        return cls(**{**value, "kind": TrackKind(value["kind"])})


@dataclass(frozen=True)
class AudioFacts:
    """The sound that we will use.

    What only listening tells stands there after the audio pass: on which `side` all of it is, and whether its
    channels or rate change on the way (`changes`).
    """

    index: int
    codec: str
    channels: int
    sample_rate_hz: int
    bit_rate_bps: int | None
    start_s: float
    end_s: float
    side: Side | None = None
    changes: bool = False


@dataclass(frozen=True)
class Chapter:
    """A chapter mark of the original, on the lecture's clock."""

    start_s: float
    end_s: float
    title: str


@dataclass(frozen=True)
class Facts:
    """A recording as the pipeline sees it. `start_s`: what the file's own clock says at its first moment.

    `tracks`: those of picture and of sound, where there are several of a kind. `remarks`: what a person
    should know of how it was read.
    """

    container: str
    demuxer: str
    duration_s: float
    start_s: float
    size_bytes: int
    video: VideoFacts | None
    audio: AudioFacts | None
    chapters: tuple[Chapter, ...]
    tracks: tuple[Track, ...] = ()
    remarks: tuple[Remark, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return plain values for a JSON column; `from_json` reads them back."""
        return {**asdict(self), "remarks": [remark.to_json() for remark in self.remarks]}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Return what `to_json` wrote, also before there were tracks and remarks."""
        video, audio = value["video"], value["audio"]
        return cls(
            **{
                **value,
                "video": VideoFacts(**{**video, "rate": tuple(video["rate"])}) if video else None,
                "audio": _audio(audio) if audio else None,
                "chapters": tuple(Chapter(**chapter) for chapter in value["chapters"]),
                "tracks": tuple(Track.from_json(track) for track in value.get("tracks", ())),
                "remarks": tuple(Remark.from_json(remark) for remark in value.get("remarks", ())),
            }
        )


def _audio(value: Mapping[str, Any]) -> AudioFacts:
    side = value.get("side")
    return AudioFacts(**{**value, "side": Side(side) if side else None})
