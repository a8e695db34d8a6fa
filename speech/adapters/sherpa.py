"""SenseVoice and Paraformer through sherpa-onnx, for who has such a model.

Tried with sherpa-onnx 2.0.1 and models of the right form that know one word (tests/speech/onnx_models.py),
never with one that was trained, for none comes from a package registry; ``weike speech try`` says what one is
worth.
"""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from speech.errors import Cancelled, SpeechError
from speech.models import Kind
from speech.recogniser import RATE_HZ, Hints, Samples
from speech.words import SURE, Word

LONGEST_WORD_S = 0.4
"""A token goes on until the next one begins, and not longer than this."""


class Sherpa:
    """A recogniser for chunks. A model that does not say how sure it is of a word leaves none doubtful."""

    def __init__(self, folder: Path, kind: Kind, threads: int = 2) -> None:
        """Load the model; ``models.usable`` has looked at the folder. Raises SpeechError (model_broken)."""
        names = ("model.int8.onnx", "model.onnx")
        model = next(str(folder / name) for name in names if (folder / name).exists())
        tokens, self._folder = str(folder / "tokens.txt"), str(folder)
        try:
            made = importlib.import_module("sherpa_onnx").OfflineRecognizer
            self._recogniser = (
                made.from_sense_voice(
                    model=model, tokens=tokens, num_threads=threads, language="zh", use_itn=True
                )
                if kind is Kind.SENSE_VOICE
                else made.from_paraformer(paraformer=model, tokens=tokens, num_threads=threads)
            )
        except Exception as error:
            raise self._broken(error) from error

    def _broken(self, error: Exception) -> SpeechError:
        said = f"{type(error).__name__}: {error}"[:300]
        return SpeechError("model_broken", {"folder": self._folder, "said": said})

    def recognise(
        self,
        samples: Samples,
        hints: Hints,
        on_progress: Callable[[float], None],
        should_stop: Callable[[], bool],
    ) -> tuple[Word, ...]:
        """Return the words of a chunk (see ``Recogniser``)."""
        if should_stop():
            raise Cancelled
        stream = self._recogniser.create_stream()
        stream.accept_waveform(RATE_HZ, samples)
        try:
            self._recogniser.decode_stream(stream)
            found: Any = stream.result
        except Exception as error:  # such as a token that tokens.txt lacks
            raise self._broken(error) from error
        on_progress(1.0)
        return words_of(
            list(found.tokens),
            list(found.timestamps),
            list(getattr(found, "ys_log_probs", None) or ()),
            len(samples) / RATE_HZ,
        )


def words_of(
    tokens: Sequence[str], starts_s: Sequence[float], log_probabilities: Sequence[float], length_s: float
) -> tuple[Word, ...]:
    """Return words of tokens and their beginnings; where a model gives none they are spread evenly."""
    if len(starts_s) != len(tokens):
        starts_s = [length_s * n / len(tokens) for n in range(len(tokens))]
    sure = len(log_probabilities) == len(tokens)
    found = []
    for n, token in enumerate(tokens):
        text = token.replace("▁", " ").replace("@@", "").strip()
        if not text or text.startswith("<"):
            continue
        following_s = starts_s[n + 1] if n + 1 < len(tokens) else length_s
        end_s = min(max(following_s, starts_s[n]), starts_s[n] + LONGEST_WORD_S)
        probability = min(1.0, math.exp(log_probabilities[n])) if sure else SURE
        found.append(Word(starts_s[n], end_s, text, probability))
    return tuple(found)
