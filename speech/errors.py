"""Everything that can go wrong in this package: codes and details, never prose."""

from __future__ import annotations

from collections.abc import Mapping

Detail = str | int | float

PROBLEMS: Mapping[str, str] = {
    "model_missing": "there is no model folder; folder",
    "model_unknown": "the folder holds no model of a kind that we know; folder",
    "model_incomplete": "a file of the model is not there; folder, file",
    "model_cut": "a file of the model ends too early or is no such file; folder, file",
    "model_changed": "a file is not the one whose sha256 was written down; folder, file",
    "model_english": "a Whisper that knows English only; folder",
    "extra_missing": "the packages that recognise are not installed; package",
    "parts_missing": "the wheels that carry the default model are not installed; package",
    "model_broken": "the model cannot be loaded; folder, said",
    "not_recognised": "the recogniser failed in the middle; at_s, said",
}
"""Codes of ``SpeechError`` and what each means (for whoever translates them)."""


class SpeechError(Exception):
    """Root of this package's errors. ``code`` is stable; ``details`` are its arguments."""

    def __init__(self, code: str, details: Mapping[str, Detail] | None = None) -> None:
        self.code = code
        self.details: dict[str, Detail] = dict(details or {})
        super().__init__(code, self.details)

    def __str__(self) -> str:
        said = ", ".join(f"{key}={value!r}" for key, value in self.details.items())
        return f"{self.code}({said})"


class Cancelled(SpeechError):
    """``should_stop`` said so (code ``cancelled``)."""

    def __init__(self) -> None:
        super().__init__("cancelled")
