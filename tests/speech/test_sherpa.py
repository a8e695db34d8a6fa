"""The adapter for SenseVoice and Paraformer with the real sherpa-onnx, and models of their form."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from speech import launch
from speech.adapters.sherpa import Sherpa
from speech.errors import SpeechError
from speech.models import ModelUnusable, check, usable
from speech.recogniser import RATE_HZ, Hints, Samples
from tests.speech import onnx_models
from tests.speech.contract import keeps_the_contract
from tests.speech.sound import as_bytes, clip

LOUD_S = (1.0, 3.0, 5.5)
"""When each of three bursts of noise begins, of 0.3 s."""

KINDS = pytest.mark.parametrize("make", [onnx_models.sense_voice, onnx_models.paraformer])


def bursts() -> Samples:
    """Eight seconds, quiet but for the bursts."""
    dice = np.random.default_rng(0)
    sound = dice.normal(0, 1e-4, 8 * RATE_HZ)
    for start_s in LOUD_S:
        at = round(start_s * RATE_HZ)
        sound[at : at + round(0.3 * RATE_HZ)] += dice.normal(0, 0.2, round(0.3 * RATE_HZ))
    return sound.astype(np.float32)


@KINDS
def test_it_keeps_the_contract_of_recognisers(make: Callable[[Path], Path], tmp_path: Path) -> None:
    folder = make(tmp_path)
    keeps_the_contract(Sherpa(folder, usable(folder).kind), bursts())


@KINDS
def test_words_are_where_they_were_said(make: Callable[[Path], Path], tmp_path: Path) -> None:
    folder = make(tmp_path)
    words = Sherpa(folder, check(folder).kind).recognise(bursts(), Hints(), lambda share: None, lambda: False)
    begin_s = [
        word.start_s for n, word in enumerate(words) if not n or word.start_s - words[n - 1].end_s > 0.5
    ]
    assert begin_s == pytest.approx(LOUD_S, abs=0.12)  # 60 ms a frame
    assert {word.text for word in words} == {"好"}


@pytest.mark.slow
def test_the_child_hears_with_it(tmp_path: Path) -> None:
    folder = onnx_models.sense_voice(tmp_path)
    child = subprocess.run(
        launch.command(folder),
        input=as_bytes(clip()[: 5 * RATE_HZ]),
        capture_output=True,
        env=launch.environment(),
        check=False,
    )
    lines = [json.loads(line) for line in child.stdout.splitlines()]
    assert (child.returncode, [line["kind"] for line in lines]) == (0, ["chunk", "end"]), child.stderr
    words = lines[0]["words"]
    assert {text for *_times, text, _probability in words} == {"好"}
    assert words[0][0] > 0.7  # before that nobody speaks


def test_what_the_library_cannot_read_is_one_error(tmp_path: Path) -> None:
    folder = onnx_models.paraformer(tmp_path)
    onnx_models.sense_voice(tmp_path, onnx_models.PARAFORMER)
    (folder / "model.int8.onnx").write_bytes(
        (folder / "model.onnx").read_bytes().replace(b"MatMul", b"NoSuch")
    )
    with pytest.raises(SpeechError, match="model_broken"):
        Sherpa(folder, check(folder).kind)
    folder = onnx_models.sense_voice(tmp_path / "short")
    (folder / "tokens.txt").write_text("<blank> 0\n")
    with pytest.raises(SpeechError, match="model_broken"):
        Sherpa(folder, check(folder).kind).recognise(bursts(), Hints(), lambda share: None, lambda: False)


def test_a_package_that_is_missing_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = onnx_models.paraformer(tmp_path)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == "sherpa_onnx" else object())
    with pytest.raises(ModelUnusable, match="sherpa-onnx"):
        usable(folder)
