"""How well speech is recognised and scripts are aligned, and what that costs: ``python -m
bench.speech``.

With the real model and a clip whose words and seconds are known (``--clip lecture.ogg --truth
lecture.json``; the clip of tests/speech otherwise). ``--minutes N`` says how long the lecture is (the
clip again and again) in which the child process is killed. Put before all else with ``--first``, as
root.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from bench.measure import go_first, machine, p95
from bench.report import Figure, show
from speech import launch
from speech.alignment import Aligned, align
from speech.holes import SAID_AT_LEAST
from speech.models import usable
from speech.recogniser import RATE_HZ, Samples
from speech.sounds import sounds
from speech.words import Word, plain
from speech.written_forms import simplified
from transcode.tools import find_tools

HERE = Path(__file__).resolve().parents[1] / "tests" / "speech"
UNSAID = (
    "要把学习成果写进每月的工作清单，",
    "乡镇党委派来的同志作了点评。",
    "请各位翻到手册的第三十二页。",
    "这件事我们下一讲再细说。",
)
"""Sentences that stand in the script and were never said."""


@dataclass(frozen=True)
class Clip:
    """A recording with its truth: sentences as ``{"start_s", "end_s", "text"}``."""

    samples: Samples
    truth: Sequence[dict[str, Any]]

    @property
    def text(self) -> str:
        return "".join(one["text"] for one in self.truth)

    @property
    def length_s(self) -> float:
        return len(self.samples) / RATE_HZ


@dataclass(frozen=True)
class Said:
    """What the child process made of a sound."""

    words: tuple[Word, ...]
    pauses: tuple[tuple[float, float], ...]
    cpu_s: float
    memory_bytes: int

    @property
    def text(self) -> str:
        return "".join(word.text for word in self.words)


def main() -> None:
    """Measure and show."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clip", type=Path, default=HERE / "lecture_1.ogg")
    parser.add_argument("--truth", type=Path, default=HERE / "lecture_1.json")
    parser.add_argument("--model", type=Path)
    parser.add_argument("--minutes", type=float, default=12.0)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--first", action="store_true")
    arguments = parser.parse_args()
    if arguments.first:
        go_first([os.getpid()])
    about = machine()
    model = usable(arguments.model)
    clip = Clip(sound_of(arguments.clip), json.loads(arguments.truth.read_text(encoding="utf-8")))
    figures = [
        *recognition(model.folder, clip),
        *nothing_said(model.folder),
        *alignments(model.folder, clip),
        *forced(model.folder, clip),
        *killed(model.folder, clip, arguments.minutes * 60),
    ]
    show(
        figures,
        f"{about}; {model.name}; {arguments.clip.name}, {clip.length_s:.0f} s",
        as_json=arguments.json,
    )


def sound_of(path: Path) -> Samples:
    """The clip as samples, decoded by ffmpeg."""
    command = [str(find_tools().ffmpeg), "-v", "error", "-i", str(path), "-ac", "1", "-ar", str(RATE_HZ)]
    raw = subprocess.run([*command, "-f", "s16le", "-"], check=True, capture_output=True).stdout
    return np.frombuffer(raw, dtype="<i2").astype(np.float32) / 32768


def raw(samples: Samples) -> bytes:
    """Samples as the child reads them."""
    return np.clip(np.round(samples * 32768), -32768, 32767).astype("<i2").tobytes()


def recognised(folder: Path, samples: Samples) -> Said:
    """What the child process says to a sound."""
    child = subprocess.run(
        launch.command(folder),
        input=raw(samples),
        capture_output=True,
        check=True,
        env={**os.environ, **launch.environment()},
    )
    return said([json.loads(line) for line in child.stdout.splitlines()])


def said(lines: Sequence[dict[str, Any]]) -> Said:
    """The lines of the child put together."""
    chunks = [line for line in lines if line["kind"] == "chunk"]
    end = next((line for line in lines if line["kind"] == "end"), {"cpu_s": 0.0, "memory_bytes": 0})
    return Said(
        tuple(Word(*word) for chunk in chunks for word in chunk["words"]),
        tuple((a, b) for chunk in chunks for a, b in chunk["pauses"]),
        end["cpu_s"],
        end["memory_bytes"],
    )


# ---------------------------------------------------------------- words


def recognition(folder: Path, clip: Clip) -> list[Figure]:
    """Errors beside plain faster-whisper with the same model, and what a second of sound costs."""
    ours = recognised(folder, clip.samples)
    characters, left_out = errors(plain(clip.text), plain(ours.text))
    as_is, _ = errors(plain(clip.text), plain(simplified(plain_whisper(folder, clip.samples))))
    syllables, _ = errors(sounds(clip.text), sounds(ours.text))
    left = sum(one != new for one, new in zip(ours.text, simplified(ours.text), strict=True))
    return [
        Figure("cer", "wrong characters / characters", characters, 0.22),
        Figure("cer_plain", "wrong characters of plain faster-whisper", as_is, None),
        Figure("cer_over_plain", "wrong characters, ours - plain", characters - as_is, 0.02),
        Figure("per", "wrong toneless syllables / syllables", syllables, 0.09),
        Figure("deleted", "characters left out / characters", left_out, 0.01),
        Figure("traditional", "traditional characters left", left, 0),
        Figure("cpu", "CPU s per s of sound, loading the model included", ours.cpu_s / clip.length_s, 0.16),
        Figure("memory", "MB of memory", ours.memory_bytes / 2**20, 650),
    ]


def plain_whisper(folder: Path, samples: Samples) -> str:
    """What somebody gets who calls faster-whisper as its README says."""
    os.environ["HF_HUB_OFFLINE"] = "1"
    from faster_whisper import WhisperModel

    model = WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=2, local_files_only=True)
    segments, _about = model.transcribe(samples, language="zh", beam_size=5)
    return "".join(segment.text for segment in segments)


def errors(true: Sequence[str], found: Sequence[str]) -> tuple[float, float]:
    """Share of wrong items and of left out ones, by the shortest way from one to the other."""
    before = [(n, 0) for n in range(len(found) + 1)]
    for n, one in enumerate(true):
        row = [(n + 1, n + 1)]
        for k, other in enumerate(found):
            kept = (before[k][0] + (one != other), before[k][1])
            added = (row[k][0] + 1, row[k][1])
            left_out = (before[k + 1][0] + 1, before[k + 1][1] + 1)
            row.append(min(kept, added, left_out, key=lambda way: way[0]))
        before = row
    wrong, left_out_count = before[-1]
    return wrong / len(true), left_out_count / len(true)


# ---------------------------------------------------------------- nothing


def nothing_said(folder: Path) -> list[Figure]:
    """Characters that are heard in a minute of silence, of noise and of music."""
    kinds: dict[str, Callable[[float], Samples]] = {"silence": silence, "noise": noise, "music": music}
    return [
        Figure(name, f"characters in 60 s of {name}", len(plain(recognised(folder, make(60.0)).text)), 0)
        for name, make in kinds.items()
    ]


def silence(length_s: float) -> Samples:
    """Digital silence."""
    return np.zeros(round(length_s * RATE_HZ), dtype=np.float32)


def noise(length_s: float, seed: int = 1) -> Samples:
    """A room: noise that falls with the frequency, at -30 dB."""
    white = np.random.default_rng(seed).normal(size=round(length_s * RATE_HZ))
    spectrum = np.fft.rfft(white)
    spectrum /= np.sqrt(np.maximum(1.0, np.arange(len(spectrum)) / length_s / 50))
    pink = np.fft.irfft(spectrum, len(white))
    return (pink / np.sqrt((pink**2).mean()) * 0.03).astype(np.float32)


def music(length_s: float, seed: int = 2) -> Samples:
    """Chords and a melody with overtones that swell and fade, four notes in two seconds."""
    dice = np.random.default_rng(seed)
    time_s = np.arange(round(length_s * RATE_HZ)) / RATE_HZ
    sound = np.zeros(len(time_s))
    scale = [0, 2, 4, 7, 9]
    for n in range(int(length_s / 0.5)):
        first, last = round(n * 0.5 * RATE_HZ), min(len(time_s), round((n * 0.5 + 0.8) * RATE_HZ))
        at_s = time_s[first:last] - n * 0.5
        for note in (int(dice.choice(scale)) + 12, *([0, 4, 7] if n % 4 == 0 else [])):
            hz = 220.0 * 2 ** (note / 12)
            fade = np.minimum(1, at_s * 30) * np.exp(-3 * at_s)
            sound[first:last] += fade * sum(np.sin(2 * np.pi * hz * k * at_s) / k**1.5 for k in (1, 2, 3, 4))
    return (sound / np.abs(sound).max() * 0.5).astype(np.float32)


# ---------------------------------------------------------------- alignment


def noisy(samples: Samples, snr_db: float) -> Samples:
    """The sound with a room around it."""
    room = noise(len(samples) / RATE_HZ)[: len(samples)]
    power = float((samples**2).mean() / (room**2).mean()) / 10 ** (snr_db / 10)
    return (samples + room * np.sqrt(power)).astype(np.float32)


def alignments(folder: Path, clip: Clip) -> list[Figure]:
    """A script of which a tenth was never said, and in which a tenth of what was said does not stand."""
    found = []
    for name, samples in (("as it is", clip.samples), ("10 dB", noisy(clip.samples, 10.0))):
        heard = recognised(folder, samples)
        script = script_of(clip.truth)
        aligned = align([one["text"] for one in script], heard.words, heard.pauses)
        off, lost, placed = judged(script, aligned)
        key = name.replace(" ", "_")
        found += [
            Figure(f"off_{key}", f"s off, sentence starts, median, {name}", median(off), 0.1),
            Figure(f"off_p95_{key}", f"s off, 95 of 100, {name}", p95(off), 0.3),
            Figure(f"unsaid_{key}", f"unsaid sentences placed, {name}", placed, 0),
            Figure(f"lost_{key}", f"said sentences lost / said, {name}", lost, 0.02),
        ]
    return found


def script_of(truth: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The truth without every tenth sentence, and with sentences without seconds that nobody said."""
    script: list[dict[str, Any]] = []
    for n, sentence in enumerate(truth):
        if n % 10 != 4:
            script.append(dict(sentence))
        if n % 10 == 7:
            script.append({"text": UNSAID[n // 10 % len(UNSAID)]})
    return script


def judged(script: Sequence[dict[str, Any]], aligned: Aligned) -> tuple[list[float], float, int]:
    """How far off the starts are, which share of what was said was not found, how much unsaid was
    placed."""
    off, lost, placed = [], 0, 0
    for sentence, cue in zip(script, aligned.cues, strict=True):
        if "start_s" not in sentence:
            placed += cue is not None
        elif cue is None:
            lost += 1
        else:
            off.append(abs(cue.start_s - sentence["start_s"]))
    return off, lost / (len(off) + lost), placed


def forced(folder: Path, clip: Clip) -> list[Figure]:
    """Every third sentence as a hole of the script: with what was said there, and with what was not."""
    found = []
    for name, samples in (("as it is", clip.samples), ("10 dB", noisy(clip.samples, 10.0))):
        holes = [sentence for n, sentence in enumerate(clip.truth) if n % 3 == 1]
        asked = [
            [one["start_s"], one["end_s"], text]
            for n, one in enumerate(holes)
            for text in (one["text"], UNSAID[n % len(UNSAID)])
        ]
        with tempfile.TemporaryDirectory() as work:
            file = Path(work) / "holes.json"
            file.write_text(json.dumps(asked), encoding="utf-8")
            child = subprocess.run(
                [*launch.command(folder), "--holes-file", str(file)],
                input=raw(samples),
                capture_output=True,
                check=True,
                env={**os.environ, **launch.environment()},
            )
        lines = [json.loads(line) for line in child.stdout.splitlines()]
        likely = [line["probability"] for line in lines if line["kind"] == "hole"]
        filled = sum(one >= SAID_AT_LEAST for one in likely[::2]) / len(holes)
        placed = sum(one >= SAID_AT_LEAST for one in likely[1::2])
        key = name.replace(" ", "_")
        found += [
            Figure(f"filled_{key}", f"holes with what was said there: filled, {name}", filled, None),
            Figure(f"least_{key}", f"least likelihood of these, {name}", min(likely[::2]), None),
            Figure(f"most_{key}", f"most likelihood of what was not said, {name}", max(likely[1::2]), None),
            Figure(f"hole_unsaid_{key}", f"unsaid sentences placed in holes, {name}", placed, 0),
        ]
    each_s = lines[-1]["cpu_s"] / len(likely)
    return [*found, Figure("hole_cpu", "CPU s a hole, loading the model included", each_s, None)]


# ---------------------------------------------------------------- kill -9


def killed(folder: Path, clip: Clip, length_s: float) -> list[Figure]:
    """A long lecture, of which the child is killed in the middle and goes on behind the last chunk."""
    gap = np.zeros(round(0.7 * RATE_HZ), dtype=np.float32)
    times = max(1, int(length_s / (clip.length_s + 0.7)))
    lecture = np.concatenate([part for _ in range(times) for part in (clip.samples, gap)])
    first = lines_until(folder, lecture, 0.0, stop_at_s=len(lecture) / RATE_HZ / 2)
    kept_s = [line for line in first if line["kind"] == "chunk"][-1]["end_s"]
    rest = lines_until(folder, lecture[round(kept_s * RATE_HZ) :], kept_s, stop_at_s=None)
    chunks = [line for line in (*first, *rest) if line["kind"] == "chunk"]
    holes = sum(a["end_s"] != b["start_s"] for a, b in itertools.pairwise(chunks))
    end = rest[-1]
    texts = plain(said((*first, *rest)).text)
    wrong, _ = errors(plain(clip.text) * times, texts) if times <= 12 else (0.0, 0.0)
    return [
        Figure(
            "long_memory",
            f"MB of memory, {len(lecture) / RATE_HZ / 60:.0f} minutes",
            end["memory_bytes"] / 2**20,
            650,
        ),
        Figure("holes", "chunks missing or heard twice after kill -9", holes, 0),
        Figure("long_cer", "wrong characters of that lecture", wrong, 0.22),
    ]


def lines_until(
    folder: Path, samples: Samples, start_s: float, stop_at_s: float | None
) -> list[dict[str, Any]]:
    """The child's lines; at ``stop_at_s`` it is killed in the middle of the next chunk."""
    child = subprocess.Popen(
        launch.command(folder, start_s=start_s),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, **launch.environment()},
    )
    assert child.stdin is not None
    assert child.stdout is not None
    feeder = _feed(child.stdin.fileno(), raw(samples))
    child.stdin.close()  # the feeder's alone: when it has written all, that is the end
    lines = []
    for line in child.stdout:
        lines.append(json.loads(line))
        if stop_at_s is not None and lines[-1].get("end_s", 0.0) >= stop_at_s:
            time.sleep(0.5)  # into the next chunk
            child.send_signal(signal.SIGKILL)
            break
    child.stdout.close()
    child.wait()
    os.waitpid(feeder, 0)
    return lines


def _feed(descriptor: int, data: bytes) -> int:
    """Write into a pipe from a process of its own; returns its id."""
    pid = os.fork()
    if pid:
        return pid
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    done = 0
    while done < len(data):
        done += os.write(descriptor, data[done : done + 2**20])
    os._exit(0)


if __name__ == "__main__":
    main()
