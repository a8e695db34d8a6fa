"""Facts to decide on, without a file behind them."""

from __future__ import annotations

from typing import Any

from hypothesis import settings

from tests.support.examples import examples
from transcode.reading.facts import AudioFacts, Facts, VideoFacts

STEADY = settings(deadline=None, max_examples=examples(60))
"""For property tests: a busy machine must not turn them red."""


def video(**changes: Any) -> VideoFacts:
    """A 1080p picture of an hour at 25 frames per second, with changes."""
    values: dict[str, Any] = {
        "index": 0,
        "codec": "h264",
        "width": 1920,
        "height": 1080,
        "fps": 25.0,
        "rate": (25, 1),
        "variable_rate": False,
        "rotation": 0,
        "pix_fmt": "yuv420p",
        "interlaced": False,
        "bit_rate_bps": 4_000_000,
        "start_s": 0.0,
        "end_s": 3600.0,
    }
    return VideoFacts(**{**values, **changes})


def audio(**changes: Any) -> AudioFacts:
    """Stereo sound of an hour, with changes."""
    values: dict[str, Any] = {
        "index": 1,
        "codec": "aac",
        "channels": 2,
        "sample_rate_hz": 48000,
        "bit_rate_bps": 128_000,
        "start_s": 0.0,
        "end_s": 3600.0,
    }
    return AudioFacts(**{**values, **changes})


def facts(**changes: Any) -> Facts:
    """An hour's lecture, with changes."""
    values: dict[str, Any] = {
        "container": "mp4",
        "demuxer": "mov",
        "duration_s": 3600.0,
        "start_s": 0.0,
        "size_bytes": 2_000_000_000,
        "video": video(),
        "audio": audio(),
        "chapters": (),
    }
    return Facts(**{**values, **changes})
