"""A script of which a tenth was never said: where its sentences are laid, and what its holes hold."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from bench.measure import p95
from bench.report import Figure
from bench.speech.hearing import Clip, Said, raw, recognised
from bench.speech.unspoken import noisy
from speech import launch
from speech.alignment import Aligned, align
from speech.holes import SAID_AT_LEAST, Hole, holes
from speech.recogniser import Samples

UNSAID = (
    "要把学习成果写进每月的工作清单，",
    "乡镇党委派来的同志作了点评。",
    "请各位翻到手册的第三十二页。",
    "这件事我们下一讲再细说。",
)
"""Sentences that stand in the script and were never said."""

ROOM_DB = 10.0
"""How much louder than its room the noisy recording is."""


def scripts(folder: Path, clip: Clip, as_it_is: Said) -> list[Figure]:
    """How scripts are laid over the recording as it is, and in a room."""
    room = noisy(clip.samples, ROOM_DB)
    heard = (("as it is", clip.samples, as_it_is), ("10 dB", room, recognised(folder, room)))
    return [
        *(figure for name, _sound, said in heard for figure in alignment(clip, said, name)),
        *(figure for name, sound, said in heard for figure in filling(folder, clip, sound, said, name)),
    ]


def alignment(clip: Clip, heard: Said, name: str) -> list[Figure]:
    """A script of which a tenth was never said, and in which a tenth of what was said does not stand."""
    script = script_of(clip.truth)
    aligned = align([one["text"] for one in script], heard.words, heard.pauses)
    off, lost, placed = judged(script, aligned)
    key = name.replace(" ", "_")
    return [
        Figure(f"off_{key}", f"s off, sentence starts, median, {name}", median(off), 0.1),
        Figure(f"off_p95_{key}", f"s off, 95 of 100, {name}", p95(off), 0.3),
        Figure(f"unsaid_{key}", f"unsaid sentences placed, {name}", placed, 0),
        Figure(f"lost_{key}", f"said sentences lost / said, {name}", lost, 0.02),
    ]


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


@dataclass(frozen=True)
class Forced:
    """Sentences forced upon holes: each with how likely it is; what all cost, in
    how many runs."""

    holes: Sequence[Hole]
    likely: Sequence[float]
    cpu_s: float
    runs: int = 1

    @property
    def filled(self) -> list[Hole]:
        """Those that count as said."""
        return [one for one, likely in zip(self.holes, self.likely, strict=True) if likely >= SAID_AT_LEAST]


def filling(folder: Path, clip: Clip, sound: Samples, heard: Said, name: str) -> list[Figure]:
    """Each sentence but the first and the last as a hole: nothing of it was understood, as if the recogniser
    had heard nobody there. Filled with what was said there, and with as much that nobody said."""
    inner = range(1, len(clip.truth) - 1)
    found = [hole for n in inner for hole in _holes(clip, heard, n, clip.truth[n]["text"])]
    wrong = [hole for n in inner for hole in _holes(clip, heard, n, _unsaid(clip.truth[n]["text"]))]
    said, unsaid = forced(folder, sound, found), forced(folder, sound, wrong)
    loading_s = forced(folder, sound, []).cpu_s
    off = [abs(one.start_s - clip.truth[one.n]["start_s"]) for one in said.filled]
    each_s = (said.cpu_s + unsaid.cpu_s - (said.runs + unsaid.runs) * loading_s) / len((*found, *wrong))
    key = name.replace(" ", "_")
    least, most = min(said.likely), max(unsaid.likely)
    placed, asked = len(said.filled) / len(inner), len(found) / len(inner)
    return [
        Figure(
            f"holes_{key}", f"sentences taken out of what was heard, one at a time, {name}", len(inner), None
        ),
        Figure(
            f"holes_asked_{key}", f"of these with just room between their neighbours, {name}", asked, None
        ),
        Figure(f"holes_filled_{key}", f"placed again by teacher forcing / all, {name}", placed, None),
        Figure(f"holes_off_{key}", f"s off, starts of these, median, {name}", median(off), None),
        Figure(f"holes_off_most_{key}", f"s off, starts of these, at most, {name}", max(off), None),
        Figure(f"holes_unsaid_{key}", f"unsaid sentences placed in holes, {name}", len(unsaid.filled), 0),
        Figure(f"holes_least_{key}", f"least likelihood of what was said, {name}", least, None),
        Figure(f"holes_most_{key}", f"most likelihood of what was not said, {name}", most, None),
        Figure(f"holes_cpu_{key}", f"CPU s a hole, {name}", each_s, None),
        Figure(f"holes_loading_{key}", f"CPU s to load the model, once a script, {name}", loading_s, None),
    ]


def _unsaid(text: str) -> str:
    """Something that nobody said, with as many characters, so that there is just room for it too."""
    return ("".join(UNSAID) * 3)[: len(text)]


def _holes(clip: Clip, heard: Said, n: int, text: str) -> list[Hole]:
    """The hole that sentence n leaves in the script when no word of it was heard, asked about ``text``."""
    start_s, end_s = clip.truth[n]["start_s"], clip.truth[n]["end_s"]
    words = [word for word in heard.words if not start_s <= (word.start_s + word.end_s) / 2 <= end_s]
    script = [text if k == n else one["text"] for k, one in enumerate(clip.truth)]
    aligned = align(script, words, heard.pauses)
    placed = [None if cue is None else (cue.start_s, cue.end_s) for cue in aligned.cues]
    return [hole for hole in holes(script, placed, heard.pauses) if hole.n == n]


def forced(folder: Path, samples: Samples, asked: Sequence[Hole]) -> Forced:
    """Force sentences upon their holes, as the worker does; neighbours in runs of their own, for a stream is
    read once and their holes may touch."""
    runs = [half for half in (asked[::2], asked[1::2]) if half] or [asked]
    done = [_forced(folder, samples, half) for half in runs]
    return Forced(
        [hole for one in done for hole in one.holes],
        [likely for one in done for likely in one.likely],
        sum(one.cpu_s for one in done),
        len(done),
    )


def _forced(folder: Path, samples: Samples, asked: Sequence[Hole]) -> Forced:
    with tempfile.TemporaryDirectory() as work:
        file = Path(work) / "holes.json"
        file.write_text(json.dumps([[one.start_s, one.end_s, one.text] for one in asked]), encoding="utf-8")
        child = subprocess.run(
            [*launch.command(folder), "--holes-file", str(file)],
            input=raw(samples),
            capture_output=True,
            check=True,
            env={**os.environ, **launch.environment()},
        )
    lines: list[dict[str, Any]] = [json.loads(line) for line in child.stdout.splitlines()]
    likely = [line["probability"] for line in lines if line["kind"] == "hole"]
    return Forced(asked, likely, lines[-1]["cpu_s"])
