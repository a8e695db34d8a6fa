"""The voice: espeak-ng through ctypes, as a program of its own.

espeak-ng keeps everything in global variables and is native code, so it runs as a child process: two lessons
cannot disturb each other, and a crash of the voice is not a crash of the server. Run by path (`python -I
speech.py JOB.json WAV CUES.json`); so nothing of ours is imported here.

Job: {"voice", "rate_wpm", "grid_hz", "lead_in_s", "lines": [{"said", "pause_s", "ends_section"}]}. A section
is made to end on the grid (the frames of the picture). Cues: {"cues": [[start_s, end_s], ...],
"section_ends_s", "duration_s"}, counted in samples, not estimated.
"""

from __future__ import annotations

import array
import ctypes
import json
import sys
import tempfile
import wave
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TypeAlias

_RETRIEVAL = 1  # AUDIO_OUTPUT_RETRIEVAL of speak_lib.h: samples go to the callback, no sound device
_DONT_EXIT = 0x8000  # espeakINITIALIZE_DONT_EXIT: report missing data instead of exit(1)
_UTF8 = 1  # espeakCHARS_UTF8
_RATE, _PITCH, _RANGE = 1, 3, 4  # espeak_PARAMETER
_BYTES_PER_SAMPLE = 2

SILENCE_LEVEL = 150
"""Samples (of 32,767) below this at the rim of a sentence are silence, not speech: -47 dB."""
_RIM_S = 0.02  # kept around the trimmed speech, so that soft consonants stay

_LONGEST_DATA_PATH_BYTES = 120  # espeak-ng cuts long paths off silently; its buffer is 160 to 230, by version

Samples: TypeAlias = "array.array[int]"  # quoted: array can be subscripted from Python 3.12 on

_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


class Voice:
    """One loaded voice. Only one may live in a process."""

    def __init__(self, library: Path, data: Path, name: str, rate_wpm: int) -> None:
        self._heard = bytearray()
        self._callback = _Callback(self._hear)  # kept: ctypes does not hold it for the library
        self._espeak = ctypes.CDLL(str(library))
        self.sample_rate_hz: int = self._espeak.espeak_Initialize(
            _RETRIEVAL, 0, str(data).encode(), _DONT_EXIT
        )
        if self.sample_rate_hz <= 0:
            raise RuntimeError(f"espeak-ng cannot read its data in {data}")
        self._espeak.espeak_SetSynthCallback(self._callback)
        if self._espeak.espeak_SetVoiceByName(name.encode()) != 0:
            raise RuntimeError(f"espeak-ng has no voice {name}")
        # A calm lecturer: a little lower and livelier than the flat default of 50 and 50.
        for parameter, value in ((_RATE, rate_wpm), (_PITCH, 45), (_RANGE, 60)):
            self._espeak.espeak_SetParameter(parameter, value, 0)

    def _hear(self, samples: Any, count: int, _events: Any) -> int:
        if samples and count > 0:
            self._heard += ctypes.string_at(samples, count * _BYTES_PER_SAMPLE)
        return 0

    def say(self, text: str) -> Samples:
        """Return the samples of one sentence without the silence around it. Raises RuntimeError."""
        self._heard.clear()
        raw = text.encode() + b"\0"
        if self._espeak.espeak_Synth(raw, len(raw), 0, 1, 0, _UTF8, None, None) != 0:
            raise RuntimeError("espeak-ng refused a sentence")
        self._espeak.espeak_Synchronize()
        return trim(array.array("h", bytes(self._heard)), round(_RIM_S * self.sample_rate_hz))


def trim(samples: Samples, rim: int) -> Samples:
    """Return `samples` without silence at both ends but `rim` samples of it; nothing loud: none at all."""
    loud = [i for i in (_first_loud(samples, 1), _first_loud(samples, -1)) if i is not None]
    if not loud:
        return array.array("h")
    return samples[max(loud[0] - rim, 0) : loud[-1] + rim + 1]


def _first_loud(samples: Samples, step: int) -> int | None:
    indices = range(len(samples))[::step]
    return next((i for i in indices if abs(samples[i]) >= SILENCE_LEVEL), None)


def speak(
    job: dict[str, Any], say: Callable[[str], Samples], sample_rate_hz: int, target: Path
) -> dict[str, Any]:
    """Write the job's sentences and pauses to a WAV file; return the cues. Raises RuntimeError, OSError."""
    cues: list[tuple[float, float]] = []
    section_ends: list[float] = []
    grid = sample_rate_hz // job["grid_hz"]
    with wave.open(str(target), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(_BYTES_PER_SAMPLE)
        out.setframerate(sample_rate_hz)
        at = _silence(out, round(job["lead_in_s"] * sample_rate_hz))
        for line in job["lines"]:
            samples = say(line["said"])
            if not samples:
                raise RuntimeError(f"nothing was said for: {line['said']}")
            out.writeframes(samples.tobytes())
            cues.append((at / sample_rate_hz, (at + len(samples)) / sample_rate_hz))
            at += len(samples)
            pause = round(line["pause_s"] * sample_rate_hz)
            if line["ends_section"]:
                pause += -(at + pause) % grid
            at += _silence(out, pause)
            if line["ends_section"]:
                section_ends.append(at / sample_rate_hz)
    return {"cues": cues, "section_ends_s": section_ends, "duration_s": at / sample_rate_hz}


def _silence(out: wave.Wave_write, count: int) -> int:
    out.writeframes(bytes(count * _BYTES_PER_SAMPLE))
    return count


def main(job_file: str, wav: str, cues_file: str) -> None:
    """Speak one job."""
    import espeakng_loader  # here: the tests use the rest of this file without the wheel

    job = json.loads(Path(job_file).read_text("utf-8"))
    with ExitStack() as stack:
        data = Path(espeakng_loader.get_data_path())
        if len(str(data).encode()) > _LONGEST_DATA_PATH_BYTES:
            short = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="weike-"))) / data.name
            short.symlink_to(data)
            data = short
        voice = Voice(Path(espeakng_loader.get_library_path()), data, job["voice"], job["rate_wpm"])
        cues = speak(job, voice.say, voice.sample_rate_hz, Path(wav))
    Path(cues_file).write_text(json.dumps(cues), "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
