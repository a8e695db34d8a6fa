"""The plan of a clip: everything that decides its files, and what follows from it alone. Pure."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field, replace
from fractions import Fraction
from itertools import pairwise

from transcode.planning.copying import CopiedPicture
from transcode.reading.facts import Side, Tone

PLAN_VERSION = 4
"""Part of every digest: raise it when `graph` makes other bytes from the same plan."""

_LATER = {"tone": None, "matrix": "", "resized": False, "side": None, "evened": False}
"""What plans learned later, and its value where nothing of it is done: such plans keep their digests."""

SOUND_ONLY = "audio"
"""Folder of the rendition without a picture: beside the pictures, or the only one."""


@dataclass(frozen=True)
class Rung:
    """One rendition with a picture. Rates in bits per second; CRF with a cap, so that slides stay small."""

    name: str
    width: int
    height: int
    crf: int
    maxrate_bps: int
    audio_bps: int


@dataclass(frozen=True)
class PicturePlan:
    """The picture of a clip. The frame grid counts from the clip's first frame."""

    index: int
    rate: tuple[int, int]
    frames: int
    gop_frames: int
    deinterlace: bool
    pad_s: float
    """How much of the end may be filled with the last frame: where the source's picture ends early."""
    copied: CopiedPicture | None = None
    """The best rung is the original's own packets, and all rungs have their key frames where it has them."""
    turned: bool = False
    """ffmpeg turns the picture before anything else."""
    tone: Tone | None = None
    """What its light and colours are brought down from; None for an ordinary picture."""
    matrix: str = ""
    """How its colours are coded, where there is a `tone`."""
    resized: bool = False
    """Its size changes on the way: each is fitted into the rungs, with black beside it."""

    @property
    def fps(self) -> Fraction:
        """Frames per second, exactly."""
        return Fraction(*self.rate)


@dataclass(frozen=True)
class SoundPlan:
    """The sound of a clip. `gain_db` is linear, followed by a limiter; `pad_s` is filled with silence.

    `side`: the one side that both shall have. `evened`: it changes on the way, and is first made even.
    """

    index: int
    channels: int
    sample_rate_hz: int
    samples: int
    gain_db: float
    pad_s: float
    side: Side | None = None
    evened: bool = False


@dataclass(frozen=True)
class Plan:
    """Everything that decides a clip's bytes; `digest` names it."""

    demuxer: str
    start_s: float
    duration_s: float
    seek_s: float
    """Where to open the source."""
    offset_s: float
    """How far behind `seek_s` the clip's time 0 lies."""
    picture: PicturePlan | None
    sound: SoundPlan | None
    rungs: tuple[Rung, ...]
    """From the best down; empty when there is no picture."""
    audio_bps: int
    """Of the only rendition, when there is no picture."""
    sound_only_bps: int | None
    """Of the sound-only rendition beside the pictures; None when picture or sound is missing."""
    preset: str
    segment_s: int
    profile: str = field(default="lecture")
    copy_reason: str = "unknown"
    """"copied", or why the best rung is encoded (`copying.REASONS`)."""

    @property
    def digest(self) -> str:
        """The plan hash, 12 hexadecimal characters: equal plans, equal bytes wanted."""
        decides = {key: value for key, value in asdict(self).items() if key != "copy_reason"}
        for part in filter(None, (decides["picture"], decides["sound"])):
            for key in [key for key, at_rest in _LATER.items() if part.get(key) == at_rest]:
                part.pop(key, None)
        told = json.dumps([PLAN_VERSION, decides], sort_keys=True)
        return hashlib.sha256(told.encode()).hexdigest()[:12]


def without_copy(plan: Plan) -> Plan:
    """Return the plan for encoding everything: for when what was copied did not come out as it should."""
    if plan.picture is None:
        return plan
    return replace(plan, picture=replace(plan.picture, copied=None), copy_reason="check")


def rendition_names(plan: Plan) -> list[str]:
    """Return the folders that a plan's command fills: the rungs from the best down, then the sound alone."""
    names = [rung.name for rung in plan.rungs]
    return [*names, SOUND_ONLY] if plan.sound_only_bps or not names else names


def segment_frames(picture: PicturePlan) -> list[int]:
    """Return how many frames each segment of a picture has."""
    if picture.copied is not None:
        return [after - before for before, after in pairwise((0, *picture.copied.borders, picture.frames))]
    full, rest = divmod(picture.frames, picture.gop_frames)
    return [picture.gop_frames] * full + ([rest] if rest else [])
