"""Models that sherpa-onnx loads and that know one word: 好 wherever it is loud. Made here, because none comes
from a package registry; what is real about them is their form (inputs, outputs, what they say of
themselves)."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from pathlib import Path

import numpy as np

WIDE = 560
"""What both kinds are given for every 60 ms: seven frames of 80 bands."""

SENSE_VOICE = {
    "model_type": "sense_voice_ctc",
    "vocab_size": "3",
    "lfr_window_size": "7",
    "lfr_window_shift": "6",
    "normalize_samples": "0",
    "with_itn": "14",
    "without_itn": "15",
    "lang_auto": "0",
    "lang_zh": "3",
    "lang_en": "4",
    "lang_yue": "7",
    "lang_ja": "11",
    "lang_ko": "12",
    "neg_mean": ",".join(["0"] * WIDE),
    "inv_stddev": ",".join(["1"] * WIDE),
}
PARAFORMER = {
    "model_type": "paraformer",
    "vocab_size": "3",
    "lfr_window_size": "7",
    "lfr_window_shift": "6",
    "encoder_output_size": "512",
    "neg_mean": ",".join(["0"] * WIDE),
    "inv_stddev": ",".join(["1"] * WIDE),
}

_LOUD = 9.0
"""The mean of the bands' logarithms from which on the word is the likeliest."""

_INT64, _INT32, _FLOAT = 7, 6, 1


def sense_voice(folder: Path, about: Mapping[str, str] = SENSE_VOICE) -> Path:
    """A folder with a model of this kind."""
    folder.mkdir(exist_ok=True)
    (folder / "tokens.txt").write_text("<blank> 0\n<|zh|> 1\n好 2\n", encoding="utf-8")
    inputs = [("x", _FLOAT, 3), ("x_length", _INT32, 1), ("language", _INT32, 1), ("text_norm", _INT32, 1)]
    nodes = [*_scores("x"), _node("Concat", ("four", "scores"), "logits", axis=1)]
    _write(folder / "model.onnx", about, inputs, [("logits", _FLOAT, 3)], nodes)
    return folder


def paraformer(folder: Path, about: Mapping[str, str] = PARAFORMER) -> Path:
    """A folder with a model of this kind: a token for each 60 ms, without their times."""
    folder.mkdir(exist_ok=True)
    (folder / "tokens.txt").write_text("<blank> 0\n</s> 1\n好 2\n", encoding="utf-8")
    inputs = [("speech", _FLOAT, 3), ("speech_lengths", _INT32, 1)]
    nodes = [*_scores("speech", "logits"), _node("Identity", ("speech_lengths",), "token_num")]
    _write(
        folder / "model.int8.onnx", about, inputs, [("logits", _FLOAT, 3), ("token_num", _INT32, 1)], nodes
    )
    return folder


def _scores(given: str, named: str = "scores") -> list[bytes]:
    """Nothing is likely as `_LOUD` says, the word as what is loud."""
    return [_node("MatMul", (given, "weights"), "loud"), _node("Add", ("loud", "bias"), named)]


def _write(
    path: Path,
    about: Mapping[str, str],
    inputs: list[tuple[str, int, int]],
    outputs: list[tuple[str, int, int]],
    nodes: list[bytes],
) -> None:
    weights = np.zeros((WIDE, 3), dtype="<f4")
    weights[:, 2] = 1 / WIDE
    bias = np.array([_LOUD, 0, 0], dtype="<f4")
    four = np.zeros((1, 4, 3), dtype="<f4")
    four[0, [0, 1, 2, 3], [1, 2, 1, 2]] = (
        1  # of the language, the mood and the like, before those of the sound
    )
    held = {"weights": weights, "bias": bias, "four": four}
    graph = b"".join(
        [
            *(_field(1, node) for node in nodes),
            _field(2, b"loud"),
            *(_field(5, _tensor(name, value)) for name, value in held.items()),
            *(_field(11, _value(*one)) for one in inputs),
            *(_field(12, _value(*one)) for one in outputs),
        ]
    )
    said = [_field(14, _field(1, key.encode()) + _field(2, value.encode())) for key, value in about.items()]
    opset = _field(1, b"") + _number(2, 13)
    path.write_bytes(_number(1, 8) + _field(7, graph) + _field(8, opset) + b"".join(said))


# ---------------------------------------------------------------- protobuf, as onnx.proto numbers its fields


def _node(kind: str, inputs: tuple[str, ...], output: str, *, axis: int | None = None) -> bytes:
    names = b"".join(_field(1, name.encode()) for name in inputs) + _field(2, output.encode())
    own = b"" if axis is None else _field(5, _field(1, b"axis") + _number(3, axis) + _number(20, 2))
    return names + _field(4, kind.encode()) + own


def _tensor(name: str, value: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> bytes:
    shape = b"".join(_number(1, size) for size in value.shape)
    return shape + _number(2, _FLOAT) + _field(8, name.encode()) + _field(9, value.tobytes())


def _value(name: str, kind: str | int, dimensions: int) -> bytes:
    each = b"".join(_field(1, _field(2, f"{name}{n}".encode())) for n in range(dimensions))
    shaped = _number(1, int(kind)) + _field(2, each)
    return _field(1, name.encode()) + _field(2, _field(1, shaped))


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _field(field: int, value: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(value)) + value


def _varint(value: int) -> bytes:
    made = b""
    while value > 127:
        made += struct.pack("B", value & 127 | 128)
        value >>= 7
    return made + struct.pack("B", value)
