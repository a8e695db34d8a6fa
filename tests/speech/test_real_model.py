"""The real model on the given recording: what it hears, what kill -9 costs, where a script's sentences are.

Everything is heard once, with the network taken away and a kill -9 in the middle; the tests look at it.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import threading
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import pytest

from bench.speech.scripts import judged, script_of
from speech import launch
from speech.alignment import align
from speech.models import ModelUnusable, default_folder, usable
from speech.recogniser import RATE_HZ, Samples
from speech.sounds import sounds
from speech.words import Word, plain
from speech.written_forms import simplified
from tests.speech.contract import keeps_the_contract
from tests.speech.sound import as_bytes, clip, distance, room, truth
from tests.support.needs import missing, program

pytestmark = [pytest.mark.slow, pytest.mark.dear(26)]

QUIET_S, NOISE_S = 40.0, 30.0
"""Behind the recording: a room without anybody."""


@pytest.fixture(scope="module")
def folder() -> Path:
    """The model that set-up made."""
    try:
        return usable(None).folder
    except ModelUnusable as error:
        missing(error.text)


@dataclass(frozen=True)
class Heard:
    """The lines of the child process."""

    lines: list[dict[str, Any]]

    @property
    def chunks(self) -> list[dict[str, Any]]:
        return [line for line in self.lines if line["kind"] == "chunk"]

    @property
    def words(self) -> list[Word]:
        return [Word(*word) for chunk in self.chunks for word in chunk["words"]]

    @property
    def pauses(self) -> list[tuple[float, float]]:
        return [(a, b) for chunk in self.chunks for a, b in chunk["pauses"]]


def hear(
    folder: Path, samples: Samples, start_s: float = 0.0, *, kill_behind: int | None = None
) -> list[dict[str, Any]]:
    """What the child says to a sound, without any network; killed behind a chunk."""
    unshare = program("unshare", package="util-linux")
    before = [str(unshare), "-n"]
    if subprocess.run([*before, "true"], capture_output=True, check=False).returncode:
        missing("the network cannot be taken away here (unshare -n needs root)")
    child = subprocess.Popen(
        [*before, *launch.command(folder, start_s=start_s)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={"PATH": os.defpath, "HOME": "/nonexistent", **launch.environment()},
    )
    assert child.stdin is not None
    assert child.stdout is not None
    lines = []
    feeding = threading.Thread(target=_feed, args=(child, as_bytes(samples)))
    feeding.start()
    for line in child.stdout:
        lines.append(json.loads(line))
        if len(lines) == kill_behind:
            child.send_signal(signal.SIGKILL)  # unshare has become the child: there is nobody between
            break
    child.stdout.close()
    feeding.join()
    assert child.wait() == (-signal.SIGKILL if kill_behind else 0)
    return lines


def _feed(child: subprocess.Popen[bytes], data: bytes) -> None:
    assert child.stdin is not None
    try:
        child.stdin.write(data)
        child.stdin.close()
    except BrokenPipeError:
        pass


@pytest.fixture(scope="module")
def heard(folder: Path) -> Heard:
    """The recording and a room behind it, heard in two goes."""
    quiet = np.zeros(round(5 * RATE_HZ), dtype=np.float32)
    sound = np.concatenate([clip(), quiet, room(NOISE_S, 0.02)])
    first = hear(folder, sound, kill_behind=1)
    kept_s = first[-1]["end_s"]
    return Heard([*first, *hear(folder, sound[round(kept_s * RATE_HZ) :], kept_s)])


def test_kill_9_costs_a_chunk(heard: Heard) -> None:
    chunks = heard.chunks
    assert chunks[0]["start_s"] == 0.0
    assert all(a["end_s"] == b["start_s"] for a, b in pairwise(chunks))
    end = heard.lines[-1]
    assert end["kind"] == "end"
    assert abs(end["heard_s"] - (len(clip()) / RATE_HZ + 5 + NOISE_S)) < 0.01
    assert end["memory_bytes"] < 650 * 2**20


def test_the_words_are_those_that_were_said(heard: Heard) -> None:
    true = "".join(sentence["text"] for sentence in truth())
    said = "".join(word.text for word in heard.words)
    assert distance(plain(true), plain(said)) <= 0.22 * len(plain(true))
    assert distance(sounds(true), sounds(said)) <= 0.09 * len(sounds(true))
    assert simplified(said) == said
    assert re.search("[A-Za-z]{3}", said) is None


def test_nothing_is_heard_where_nobody_speaks(heard: Heard) -> None:
    after_s = len(clip()) / RATE_HZ
    assert [word.text for word in heard.words if word.end_s > after_s] == []


def test_a_script_finds_its_seconds_and_what_was_not_said_is_not_placed(heard: Heard) -> None:
    script = script_of(truth())
    aligned = align([sentence["text"] for sentence in script], heard.words, heard.pauses)
    off, lost, placed = judged(script, aligned)
    assert (lost, placed) == (0.0, 0)
    assert median(off) <= 0.05
    assert max(off) <= 0.3
    beyond = "".join(word.text for a, b in aligned.beyond for word in heard.words[a:b])
    assert "老党员" in beyond or len(plain(beyond)) >= 20  # what stands in no script


def test_in_a_noisy_room_too(folder: Path) -> None:
    speech = clip()[: 52 * RATE_HZ]
    noisy = speech + room(52.0, float(speech.std() / 10 ** (10 / 20)))
    heard = Heard(hear(folder, noisy))
    script = script_of([sentence for sentence in truth() if sentence["end_s"] < 52])
    off, lost, placed = judged(script, align([one["text"] for one in script], heard.words, heard.pauses))
    assert placed == 0
    assert lost <= 0.1  # one of ten
    assert median(off) <= 0.1


def test_a_cut_model_is_said_in_one_sentence(folder: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut"
    cut.mkdir()
    for file in folder.iterdir():
        if file.name != "model.bin":
            (cut / file.name).symlink_to(file)
    with (folder / "model.bin").open("rb") as whole:
        (cut / "model.bin").write_bytes(whole.read(1_000_000))
    said = subprocess.run(
        launch.command(cut), input=b"", capture_output=True, env=launch.environment(), check=False
    )
    assert said.returncode == 1
    (line,) = said.stdout.splitlines()
    assert json.loads(line)["code"] == "model_cut"
    assert said.stderr == b""


def test_whisper_keeps_the_contract_of_recognisers(folder: Path) -> None:
    from speech.adapters.whisper import Whisper

    keeps_the_contract(Whisper(folder), clip()[: 8 * RATE_HZ])


def test_the_default_folder_is_that_of_set_up(folder: Path) -> None:
    assert folder == default_folder()
