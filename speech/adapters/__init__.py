"""Recognisers. Each module needs packages that only the extra ``speech`` brings, so none is imported
before it is chosen; the child process alone does that."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from speech.errors import SpeechError
from speech.listening import Listener
from speech.models import Kind, usable
from speech.recogniser import Samples


def listener(folder: Path, threads: int = 2) -> Listener:
    """Return what recognises with the model in ``folder``. Raises ModelUnusable; SpeechError when the
    model cannot be loaded."""
    model = usable(folder)
    from speech.adapters.silero import find_speech

    if model.kind is Kind.WHISPER:
        from speech.adapters.prompts import PROMPT
        from speech.adapters.whisper import Whisper

        return Listener(Whisper(folder, threads), find_speech, PROMPT)
    from speech.adapters.sherpa import Sherpa

    return Listener(Sherpa(folder, model.kind, threads), find_speech)


def forcer(folder: Path, threads: int = 2) -> Callable[[Samples, str], float]:
    """Return what says how likely a text is over a sound; raises as ``listener``, and SpeechError
    (not_forced) for a model that cannot say it."""
    model = usable(folder)
    if model.kind is not Kind.WHISPER:
        raise SpeechError("not_forced", {"folder": str(folder)})
    from speech.adapters.whisper import Whisper

    return Whisper(folder, threads).probability
