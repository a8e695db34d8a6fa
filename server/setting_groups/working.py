"""What is worked at, how much of it at once, and with which programs."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings

from library.hearing.rules import SpeechMode


class WorkSettings(BaseSettings):
    """What is worked at, how much of it at once, and with which programs."""

    threads: int = Field(
        default=40,
        ge=4,
        le=1000,
        description="How many requests are worked at at once; each may hold a connection to the database.",
    )

    worker: bool = Field(default=True, description="Whether `serve` runs the worker too.")
    executor_id: str = Field(
        default="local", description="This worker's fixed name; different for each worker."
    )
    worker_dead_after_s: int = Field(
        default=90,
        ge=2,
        description="Seconds without a sign of life after which another worker takes over (PostgreSQL).",
    )
    parallel_clips: int = Field(
        default=2, ge=1, le=64, description="How many clips a worker encodes at once."
    )
    ffmpeg: str | None = Field(default=None, description="The ffmpeg to use; empty: PATH, then the wheel.")
    ffprobe: str | None = Field(default=None, description="The ffprobe to use; empty: PATH, then the wheel.")

    speech: SpeechMode = Field(
        default=SpeechMode.ON_REQUEST,
        description="Whether speech is recognised: always (every recording without words), on-request "
        "(where somebody asks for it), never. Lecturers may choose otherwise for their own lessons, except "
        "where it is never. Needs `python3 run.py setup --speech`.",
    )
    speech_model: Path | None = Field(
        default=None,
        description="The folder of a model to recognise with; empty: the one that set-up put there.",
    )
    speech_threads: int = Field(
        default=2, ge=1, le=64, description="How many threads recognise; one recording at a time."
    )
    speech_nice: int = Field(
        default=10,
        ge=0,
        le=19,
        description="How far recognising stands back behind everything else, up to 19.",
    )
    speech_memory_bytes: int = Field(
        default=4 * 1024**3,
        ge=1024**3,
        description="The most address space that recognising may take; a fifth of it is really used.",
    )
