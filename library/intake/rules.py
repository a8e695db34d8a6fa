"""Pure rules of intake: may this upload begin, in which states is a recording, how far is the pipeline."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from library.catalog.rules import TranscriptQuality
from library.core.errors import Invalid, Throttled, TooLarge
from transcode.transcripts.suffixes import SUFFIXES

MEDIA_SUFFIXES = (
    *(".mp4", ".m4v", ".mov", ".qt", ".f4v", ".3gp", ".3g2", ".3gpp", ".mkv", ".webm", ".avi", ".divx"),
    *(".wmv", ".asf", ".flv", ".ts", ".mts", ".m2ts", ".m2t", ".tod", ".trp", ".tp"),
    *(".mpg", ".mpeg", ".mpe", ".m2p", ".vob", ".mod", ".dat", ".ogv", ".ogm"),
    *(
        ".mp3",
        ".mp2",
        ".m4a",
        ".m4b",
        ".mka",
        ".aac",
        ".wav",
        ".flac",
        ".ogg",
        ".oga",
        ".opus",
        ".wma",
        ".amr",
    ),
)
"""What lecturers' devices call their files: what the browser's file chooser shows first.

Nothing is refused by its name: the bytes decide (`transcode.reading.sniff`).
"""

TRANSCRIPT_SUFFIXES = SUFFIXES
TRANSCRIPT_MAX_BYTES = 8 * 1024 * 1024
FILE_NAME_MAX = 255


class RecordingState(StrEnum):
    """Where a recording is: its bytes arrive, it waits for a run or is in one, or a run has ended.

    `refused` is a recording that can never play, `failed` one whose run may be tried again.
    """

    RECEIVING = "receiving"
    WAITING = "waiting"
    WORKING = "working"
    READY = "ready"
    FAILED = "failed"
    REFUSED = "refused"
    CANCELLED = "cancelled"


BUSY = (RecordingState.WAITING, RecordingState.WORKING)
"""A run is going on, or about to."""
RETRIABLE = (RecordingState.FAILED, RecordingState.REFUSED, RecordingState.CANCELLED)
"""The run ended without clips that play; another may be tried."""
ENDED = (RecordingState.READY, *RETRIABLE)


class StepKind(StrEnum):
    """The steps of a run, in the order in which they follow each other."""

    RECEIVE = "receive"
    PROBE = "probe"
    SPLIT = "split"
    CLIP = "clip"
    CAPTIONS = "captions"
    INDEX = "index"


class StepState(StrEnum):
    """Where a step is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


def quality_of(*, timed: bool) -> TranscriptQuality:
    """Return how well a transcript that was handed in says when something is said."""
    return TranscriptQuality.EXACT if timed else TranscriptQuality.PLAIN


STEP_ORDER = {kind: place for place, kind in enumerate(StepKind)}
# How much of the whole wait each kind of step is on hour-long lectures: encoding is nearly all of it.
_WEIGHTS = {
    StepKind.RECEIVE: 2.0,
    StepKind.PROBE: 1.0,
    StepKind.SPLIT: 7.0,
    StepKind.CLIP: 86.0,
    StepKind.CAPTIONS: 1.0,
    StepKind.INDEX: 3.0,
}


@dataclass(frozen=True)
class Limits:
    """What a library takes in: sizes in bytes, None for no quota."""

    max_upload_bytes: int
    quota_bytes: int | None
    keep_free_bytes: int


def check_upload(file_name: str, size_bytes: int, used_bytes: int, free_bytes: int, limits: Limits) -> None:
    """Raise Invalid or TooLarge with the reason why an upload cannot begin; return when it can.

    `free_bytes` is what is free of the disk and promised to nobody (`promised_bytes`).
    What kind of file it is nobody knows before its bytes are here: see `transcode.reading.sniff`.
    """
    if not file_name.strip():
        raise Invalid("upload_name", field="file")
    if size_bytes <= 0:
        raise Invalid("empty_file", field="file")
    if size_bytes > limits.max_upload_bytes:
        raise TooLarge("upload_size", size_bytes=size_bytes, most_bytes=limits.max_upload_bytes)
    if limits.quota_bytes is not None and used_bytes + size_bytes > limits.quota_bytes:
        raise TooLarge(
            "upload_quota", size_bytes=size_bytes, left_bytes=max(0, limits.quota_bytes - used_bytes)
        )
    # The original, the working copy of a clip and the clips together take about twice the file.
    if size_bytes * 2 + limits.keep_free_bytes > free_bytes:
        raise TooLarge("disk_room", size_bytes=size_bytes, free_bytes=free_bytes)


def promised_bytes(open_uploads: Iterable[tuple[int, int]], waiting_bytes: int) -> int:
    """Return how much of a free disk belongs to recordings that are here in part or not made into clips yet.

    `open_uploads` are (size, received) in bytes of uploads that have begun; each still needs what is missing
    of it and its clips. `waiting_bytes` are all originals of which clips are still to be made.
    """
    return waiting_bytes + sum(2 * size - min(received, size) for size, received in open_uploads)


@dataclass(frozen=True)
class UploadNumbers:
    """How much one person, and everybody at one address together, may begin to upload.

    `open` are uploads that have begun and not ended, `hour` those begun within an hour, `day_bytes` what was
    taken, or is still to come, of those begun within a day. 0 is no limit.
    """

    open_person: int
    open_address: int
    hour_person: int
    hour_address: int
    day_bytes_person: int
    day_bytes_address: int


@dataclass(frozen=True)
class Begun:
    """What has been begun already, by one person or from one address; as `UploadNumbers` counts it."""

    open: int
    hour: int
    day_bytes: int


def check_numbers(size_bytes: int, person: Begun, address: Begun, most: UploadNumbers) -> None:
    """Raise Throttled with the reason why one more upload of `size_bytes` cannot begin now."""
    for begun, open_most, hour_most, day_most, whose in (
        (person, most.open_person, most.hour_person, most.day_bytes_person, ""),
        (address, most.open_address, most.hour_address, most.day_bytes_address, "_here"),
    ):
        if open_most and begun.open >= open_most:
            raise Throttled(f"uploads_open{whose}", most=open_most)
        if hour_most and begun.hour >= hour_most:
            raise Throttled(f"uploads_hour{whose}", most=hour_most)
        if day_most and begun.day_bytes + size_bytes > day_most:
            left_bytes = max(0, day_most - begun.day_bytes)
            raise Throttled(f"uploads_day{whose}", most_bytes=day_most, left_bytes=left_bytes)


@dataclass(frozen=True)
class StepView:
    """One step as the progress page shows it."""

    kind: StepKind
    n: int
    state: StepState
    percent: float


def overall_percent(steps: Iterable[StepView]) -> float:
    """Return how far the whole pipeline is, 0 to 100, never 100 before every step is done."""
    known = list(steps)
    clips = [s for s in known if s.kind is StepKind.CLIP]
    total = 0.0
    for kind, weight in _WEIGHTS.items():
        of_kind = [s for s in known if s.kind is kind]
        if of_kind:
            done = sum(100.0 if s.state is StepState.DONE else s.percent for s in of_kind) / len(of_kind)
            total += weight * done / 100.0
    if all(s.state is StepState.DONE for s in known) and clips:
        return 100.0
    return min(99.0, round(total, 1))
