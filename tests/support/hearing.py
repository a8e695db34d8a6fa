"""Recordings to be heard, and who hears them in tests: a recogniser of written words."""

from __future__ import annotations

import json
import sys
import wave
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from obstore.store import ObjectStore
from sqlalchemy.orm import Session

from library.catalog.tables import Lesson
from library.hearing.recogniser import Recogniser
from library.intake import actions as intake
from library.intake.files import objects
from library.intake.rules import RecordingState
from library.intake.tables import Recording
from tests.support import factories as make
from tests.support.databases import NOW
from transcode.cutting.audio_profile import AudioProfile
from transcode.reading.facts import AudioFacts, Facts
from transcode.run import Limits
from transcode.tools import Tools

FAKE = Path(__file__).with_name("fake_recogniser.py")
RATE = 8000


def words(start_s: float, text: str, probability: float = 0.9) -> list[list[Any]]:
    """Each character of a text as a word of a fifth of a second; marks go with the one before."""
    found: list[list[Any]] = []
    for character in text:
        if found and character in "，。！？":
            found[-1][2] += character
            continue
        at_s = start_s + 0.2 * len(found)
        found.append([round(at_s, 2), round(at_s + 0.2, 2), character, probability])
    return found


def chunk(start_s: float, end_s: float, text: str = "", **more: Any) -> dict[str, Any]:
    """A chunk as the child says it: the text from half a second after its beginning on."""
    return {"start_s": start_s, "end_s": end_s, "words": words(start_s + 0.5, text), **more}


def recogniser(tools: Tools, script: Path, *, model: str = "fake") -> Recogniser:
    """The fake: it says what `script` holds when it is started."""
    command: Callable[[float], list[str]] = lambda from_s: [  # noqa: E731
        *(sys.executable, "-I", "-S", str(FAKE), str(script)),
        *("--start-s", f"{from_s:.3f}"),
    ]
    return Recogniser(tools, command, {}, Limits(), model)


def write_script(
    file: Path, chunks: Sequence[dict[str, Any]], *, hold: int | None = None, error: str | None = None
) -> Path:
    """Write down what the fake says."""
    file.write_text(json.dumps({"chunks": list(chunks), "hold": hold, "error": error}), "utf-8")
    return file


def recorded(
    session: Session,
    store: ObjectStore,
    folder: Path,
    lesson: Lesson,
    duration_s: float,
    *,
    facts: bool = True,
) -> Recording:
    """A recording of silence of a lesson, ready: its clips play, its original is in the store."""
    row = make.recording(session, lesson)
    sha256 = f"{row.id:0<64}"
    file = folder / f"{row.id}.wav"
    with wave.open(str(file), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        sound.writeframes(bytes(2 * round(RATE * duration_s)))
    objects.keep_file(store, file, objects.original_key(sha256))
    intake.take_in(session, row, sha256, objects.original_key(sha256), NOW)
    audio = AudioFacts(0, "pcm_s16le", 1, RATE, None, 0.0, duration_s) if facts else None
    row.facts = Facts("wav", "wav", duration_s, 0.0, 1, None, audio, ()).to_json()
    row.profile = AudioProfile((), None, None).to_json()
    lesson.duration_s = duration_s
    row.state = RecordingState.READY
    session.flush()
    return row
