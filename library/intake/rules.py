"""Pure rules of intake: may this upload begin, how far is the pipeline, what does a retry redo."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from library.core.errors import Invalid, TooLarge

# What lecturers' devices produce. The name is a first courtesy: the bytes decide (transcode.reading.sniff).
MEDIA_SUFFIXES = (
    *(".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".wmv", ".asf", ".flv", ".ts", ".mts", ".m2ts"),
    *(
        ".mpg",
        ".mpeg",
        ".vob",
        ".3gp",
        ".mp3",
        ".m4a",
        ".aac",
        ".wav",
        ".flac",
        ".ogg",
        ".opus",
        ".wma",
        ".amr",
    ),
)
TRANSCRIPT_SUFFIXES = (".srt", ".vtt", ".txt", ".docx")
TRANSCRIPT_MAX_BYTES = 8 * 1024 * 1024
FILE_NAME_MAX = 255

STEP_KINDS = ("receive", "probe", "split", "clip", "captions", "index")
# How much of the whole wait each kind of step is on hour-long lectures: encoding is nearly all of it.
_WEIGHTS = {"receive": 2.0, "probe": 1.0, "split": 7.0, "clip": 86.0, "captions": 1.0, "index": 3.0}


@dataclass(frozen=True)
class Limits:
    """What a library takes in: sizes in bytes, None for no quota."""

    max_upload_bytes: int
    quota_bytes: int | None
    keep_free_bytes: int


def check_upload(file_name: str, size_bytes: int, used_bytes: int, free_bytes: int, limits: Limits) -> None:
    """Raise Invalid or TooLarge with the reason why an upload cannot begin; return when it can."""
    suffix = "." + file_name.rsplit(".", 1)[-1].lower() if "." in file_name else ""
    if suffix not in MEDIA_SUFFIXES:
        raise Invalid("upload_type", field="file", suffix=suffix or file_name[-20:])
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


@dataclass(frozen=True)
class StepView:
    """One step as the progress page shows it."""

    kind: str
    n: int
    state: str
    percent: float


def overall_percent(steps: Iterable[StepView]) -> float:
    """Return how far the whole pipeline is, 0 to 100, never 100 before every step is done."""
    known = list(steps)
    clips = [s for s in known if s.kind == "clip"]
    total = 0.0
    for kind, weight in _WEIGHTS.items():
        its = clips if kind == "clip" else [s for s in known if s.kind == kind]
        if its:
            done = sum(100.0 if s.state == "done" else s.percent for s in its) / len(its)
            total += weight * done / 100.0
    if all(s.state == "done" for s in known) and clips:
        return 100.0
    return min(99.0, round(total, 1))
