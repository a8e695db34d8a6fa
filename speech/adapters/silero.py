"""Where somebody speaks: the voice detector that faster-whisper carries (Silero, MIT)."""

from __future__ import annotations

from faster_whisper.vad import VadOptions, get_speech_timestamps

from speech.recogniser import RATE_HZ, Samples
from speech.words import Span

_OPTIONS = VadOptions(
    threshold=0.5, min_speech_duration_ms=120, min_silence_duration_ms=200, speech_pad_ms=60
)


def find_speech(samples: Samples) -> tuple[Span, ...]:
    """Return the stretches of speech, in seconds from the first sample."""
    if not len(samples):
        return ()
    found = get_speech_timestamps(samples, _OPTIONS)
    return tuple(Span(one["start"] / RATE_HZ, one["end"] / RATE_HZ) for one in found)
