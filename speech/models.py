"""Folders with models: what must be in them, what is missing, whose licence. Needs none of the packages
that recognise.

Two kinds: Whisper as CTranslate2 keeps it (model.bin), and SenseVoice or Paraformer as sherpa-onnx
reads them (tokens.txt and a .onnx). Nothing is ever fetched: a Whisper without its tokenizer.json is
refused here, because faster-whisper would ask a hub for one.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import struct
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

from speech import onnx_files
from speech.errors import Detail, SpeechError

ABOUT = "weike-model.json"
"""What we write beside a model that we put together: name, licence, source, sha256 of each file."""

_BLOCK_BYTES = 1024 * 1024


class Kind(StrEnum):
    """Which adapter reads a folder."""

    WHISPER = "whisper"
    SENSE_VOICE = "sense-voice"
    PARAFORMER = "paraformer"


PACKAGES: Mapping[Kind, tuple[str, ...]] = {
    Kind.WHISPER: ("faster_whisper", "ctranslate2", "onnxruntime"),
    Kind.SENSE_VOICE: ("sherpa_onnx", "faster_whisper", "onnxruntime"),
    Kind.PARAFORMER: ("sherpa_onnx", "faster_whisper", "onnxruntime"),
}
"""What must be installed for each; the voice detector of faster-whisper serves all."""

_SENTENCES: Mapping[str, str] = {
    "model_missing": "there is no folder {folder}: run `python3 run.py setup --speech`, or name a model's "
    "folder in WEIKE_SPEECH_MODEL",
    "model_unknown": "{folder} holds no model that we know: a Whisper of CTranslate2 (model.bin) or a model "
    "of sherpa-onnx (tokens.txt and model.onnx)",
    "model_incomplete": "{file} is missing in {folder}: copy the whole model",
    "model_cut": "{file} in {folder} ends too early or is damaged: copy it again, or run "
    "`python3 run.py setup --speech`",
    "model_changed": "{file} in {folder} is not as it was put there: run `python3 run.py setup --speech`",
    "model_english": "the model in {folder} knows English only: take a multilingual one",
    "extra_missing": "the package {package} is not installed: run `python3 run.py setup --speech`",
}


_ASKED_BY_SHERPA = {"vocab_size", "lfr_window_size", "lfr_window_shift", "neg_mean", "inv_stddev"}
"""What a SenseVoice or Paraformer says of itself. sherpa-onnx does not raise where it is missing: it ends the
process."""


class ModelUnusable(SpeechError):
    """There is no model to recognise with; ``text`` says in one English sentence why and what to do."""

    def __init__(self, code: str, details: Mapping[str, Detail]) -> None:
        super().__init__(code, details)
        self.text = _SENTENCES[code].format(**self.details)


@dataclass(frozen=True)
class Model:
    """A folder that is whole. ``licence``: as its files name it, "" when they do not."""

    folder: Path
    kind: Kind
    name: str
    licence: str
    size_bytes: int


def default_folder() -> Path:
    """Where set-up puts the model of the extra ``speech``: in the environment that it belongs to."""
    return Path(sys.prefix) / "share" / "weike" / "models" / "whisper-base"


def usable_folder(named: Path | None) -> Path:
    """Return the folder to recognise with: the named one, else what set-up made. Raises ModelUnusable."""
    return usable(named).folder


def usable(named: Path | None) -> Model:
    """Return the model to recognise with, once it is certain that its files are whole and its packages
    are there. Raises ModelUnusable."""
    model = check(named or default_folder())
    for package in PACKAGES[model.kind]:
        if importlib.util.find_spec(package) is None:
            raise ModelUnusable("extra_missing", {"package": package.replace("_", "-")})
    return model


def check(folder: Path) -> Model:
    """Return what lies in a folder. Cheap: sizes are compared with what the files say of themselves,
    nothing is hashed. Raises ModelUnusable."""
    if not folder.is_dir():
        raise ModelUnusable("model_missing", {"folder": str(folder)})
    try:
        kind = _check_whisper(folder) if (folder / "model.bin").exists() else _check_sherpa(folder)
        about = _about(folder)
        size = sum(path.stat().st_size for path in folder.iterdir() if path.is_file())
    except OSError as error:
        file = Path(str(error.filename or "model.bin")).name
        raise ModelUnusable("model_incomplete", {"folder": str(folder), "file": file}) from error
    name = str(about.get("name") or folder.resolve().name)
    return Model(folder, kind, name, str(about.get("licence") or _licence(folder)), size)


def verify(folder: Path) -> None:
    """Compare every file with the sha256 that was written down when the model was put together. Reads
    all of it; says nothing where none was. Raises ModelUnusable."""
    sums = _about(folder).get("sha256", {})
    for name, wanted in sums.items() if isinstance(sums, dict) else ():
        if not (folder / name).is_file():
            raise ModelUnusable("model_incomplete", {"folder": str(folder), "file": name})
        if sha256_of(folder / name) != wanted:
            raise ModelUnusable("model_changed", {"folder": str(folder), "file": name})


def sha256_of(path: Path) -> str:
    """The sha256 of a file, in hex."""
    total = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            total.update(block)
    return total.hexdigest()


def _require(folder: Path, *names: str) -> None:
    for name in names:
        if not (folder / name).is_file():
            raise ModelUnusable("model_incomplete", {"folder": str(folder), "file": name})


def _check_whisper(folder: Path) -> Kind:
    _require(folder, "config.json", "tokenizer.json")
    if not _is_whole(*_as_it_is(folder / "model.bin")):
        raise ModelUnusable("model_cut", {"folder": str(folder), "file": "model.bin"})
    vocabularies = [
        folder / name for name in ("vocabulary.json", "vocabulary.txt") if (folder / name).is_file()
    ]
    if not vocabularies:
        raise ModelUnusable("model_incomplete", {"folder": str(folder), "file": "vocabulary.txt"})
    for name in ("config.json", "tokenizer.json"):
        if _read(*_as_it_is(folder / name)) is None:
            raise ModelUnusable("model_cut", {"folder": str(folder), "file": name})
    if "<|zh|>" not in (_read(*_as_it_is(folder / "tokenizer.json")) or ""):
        raise ModelUnusable("model_english", {"folder": str(folder)})
    return Kind.WHISPER


def _as_it_is(path: Path) -> tuple[Path, int, int]:
    """A file, and what changes when it does: every lesson's page asks for the model, and to look through its
    files takes 70 ms, so what was found is kept for as long as they stay."""
    now = path.stat()
    return path, now.st_mtime_ns, now.st_size


@lru_cache(maxsize=8)
def _read(path: Path, _mtime_ns: int, _size_bytes: int) -> str | None:
    """The text of a file of JSON, None where it is none."""
    try:
        text = path.read_text(encoding="utf-8")
        return text if json.loads(text) is not None else None
    except ValueError:
        return None


def _check_sherpa(folder: Path) -> Kind:
    models = [name for name in ("model.int8.onnx", "model.onnx") if (folder / name).is_file()]
    if not models and not (folder / "tokens.txt").is_file():
        raise ModelUnusable("model_unknown", {"folder": str(folder)})
    model = models[0] if models else "model.onnx"
    _require(folder, model, "tokens.txt")
    said = onnx_files.about(folder / model)
    if said is None:
        raise ModelUnusable("model_cut", {"folder": str(folder), "file": model})
    if not said.keys() >= _ASKED_BY_SHERPA:
        raise ModelUnusable("model_unknown", {"folder": str(folder)})
    return Kind.SENSE_VOICE if "lang_zh" in said else Kind.PARAFORMER


@lru_cache(maxsize=8)
def _is_whole(model: Path, _mtime_ns: int, size: int) -> bool:
    """Whether a file of CTranslate2 is as long as its own table of contents says."""
    with model.open("rb") as file:
        try:
            version = _number(file, "<I")
            if version < 6 or _text(file) != "WhisperSpec":
                return False
            _number(file, "<I")  # the specification's revision
            for _ in range(_number(file, "<I")):
                _text(file)
                file.seek(4 * _number(file, "<B") + 1, os.SEEK_CUR)  # dimensions and type
                file.seek(_number(file, "<I"), os.SEEK_CUR)
                if file.tell() > size:
                    return False
            for _ in range(_number(file, "<I")):  # other names of the same
                _text(file), _text(file)
        except (struct.error, UnicodeDecodeError):
            return False
        return file.tell() <= size


def _number(file: BinaryIO, form: str) -> int:
    found: int = struct.unpack(form, file.read(struct.calcsize(form)))[0]
    return found


def _text(file: BinaryIO) -> str:
    return file.read(_number(file, "<H")).rstrip(b"\0").decode("ascii")


def _json(path: Path) -> object:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        return None


def _about(folder: Path) -> Mapping[str, object]:
    about = folder / ABOUT
    found = _json(about) if about.is_file() else None
    return found if isinstance(found, dict) else {}


def _licence(folder: Path) -> str:
    """What a README's head or the first line of a LICENSE names."""
    for name in ("README.md", "LICENSE", "LICENSE.txt", "LICENSE.md"):
        path = folder / name
        if not path.is_file():
            continue
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines()[:40]:
            if name != "README.md" and line.strip():
                return line.strip()[:80]
            key, _, value = line.partition(":")
            if key.strip().lower() in ("license", "licence") and value.strip():
                return value.strip()[:80]
    return ""
