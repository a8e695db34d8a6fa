"""A folder with a model is looked at before it is used: what is wrong is one sentence with what to do."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import pytest

from speech.models import ABOUT, Kind, ModelUnusable, check, sha256_of, verify
from tests.speech import onnx_models


def text(name: str) -> bytes:
    data = name.encode() + b"\0"
    return struct.pack("<H", len(data)) + data


def model_bin(*, specification: str = "WhisperSpec") -> bytes:
    """A file as CTranslate2 writes it, with one small variable."""
    value = b"\1\2\3\4"
    variable = text("decoder/scale") + struct.pack("<BIBI", 1, 1, 0, len(value)) + value
    return (
        struct.pack("<I", 6)
        + text(specification)
        + struct.pack("<II", 3, 1)
        + variable
        + struct.pack("<I", 0)
    )


@pytest.fixture
def whisper(tmp_path: Path) -> Path:
    folder = tmp_path / "whisper"
    folder.mkdir()
    (folder / "model.bin").write_bytes(model_bin())
    (folder / "config.json").write_text("{}")
    (folder / "tokenizer.json").write_text('{"added_tokens": ["<|zh|>"]}')
    (folder / "vocabulary.txt").write_text("a")
    return folder


def problem(folder: Path) -> tuple[str, str]:
    with pytest.raises(ModelUnusable) as raised:
        check(folder)
    assert str(folder) in raised.value.text
    assert "\n" not in raised.value.text
    return raised.value.code, raised.value.text


def test_a_whole_one_says_what_it_is(whisper: Path) -> None:
    (whisper / "README.md").write_text("---\nlicense: apache-2.0\n---\n")
    model = check(whisper)
    assert (model.kind, model.name, model.licence) == (Kind.WHISPER, "whisper", "apache-2.0")
    (whisper / ABOUT).write_text(json.dumps({"name": "Whisper base", "licence": "MIT"}))
    assert (check(whisper).name, check(whisper).licence) == ("Whisper base", "MIT")


@pytest.mark.parametrize("left", [3, 20, 40, -1])
def test_a_file_that_ends_too_early(whisper: Path, left: int) -> None:
    (whisper / "model.bin").write_bytes(model_bin()[:left])
    code, said = problem(whisper)
    assert code == "model_cut"
    assert "model.bin" in said


@pytest.mark.parametrize("file", ["config.json", "tokenizer.json", "vocabulary.txt"])
def test_a_file_that_is_not_there(whisper: Path, file: str) -> None:
    # Without tokenizer.json faster-whisper would ask its hub.
    (whisper / file).unlink()
    code, said = problem(whisper)
    assert code == "model_incomplete"
    assert file in said


def test_other_things_that_are_no_model_of_ours(whisper: Path, tmp_path: Path) -> None:
    (whisper / "model.bin").write_bytes(model_bin(specification="TransformerSpec"))
    assert problem(whisper)[0] == "model_cut"
    (whisper / "model.bin").write_bytes(model_bin())
    (whisper / "tokenizer.json").write_text("{}")
    assert problem(whisper)[0] == "model_english"
    (whisper / "tokenizer.json").write_text('{"added')
    assert problem(whisper)[0] == "model_cut"
    (tmp_path / "empty").mkdir()
    assert problem(tmp_path / "empty")[0] == "model_unknown"
    assert problem(tmp_path / "nowhere")[0] == "model_missing"


def test_a_changed_file_is_seen_when_all_of_it_is_read(whisper: Path) -> None:
    (whisper / ABOUT).write_text(json.dumps({"sha256": {"model.bin": sha256_of(whisper / "model.bin")}}))
    verify(whisper)
    (whisper / "model.bin").write_bytes(model_bin()[:-5] + b"\5" + model_bin()[-4:])
    check(whisper)
    with pytest.raises(ModelUnusable, match="model_changed"):
        verify(whisper)


def test_models_of_sherpa_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "model.int8.onnx").touch()
    assert problem(tmp_path)[0] == "model_incomplete"
    assert check(onnx_models.sense_voice(tmp_path / "a")).kind is Kind.SENSE_VOICE
    assert check(onnx_models.paraformer(tmp_path / "b")).kind is Kind.PARAFORMER


def test_a_model_that_sherpa_would_end_the_process_for_is_refused_before(tmp_path: Path) -> None:
    folder = onnx_models.sense_voice(tmp_path)
    whole = (folder / "model.onnx").read_bytes()
    for left in (0, 1, len(whole) // 2, len(whole) - 1):
        (folder / "model.onnx").write_bytes(whole[:left])
        code, said = problem(folder)
        assert (code, "model.onnx" in said) == ("model_cut", True), left
    (folder / "model.onnx").write_bytes(b"version https://git-lfs.github.com/spec/v1")
    assert problem(folder)[0] == "model_cut"
    onnx_models.sense_voice(tmp_path, {"model_type": "whisper-base", "n_mels": "80"})
    assert problem(folder)[0] == "model_unknown"
