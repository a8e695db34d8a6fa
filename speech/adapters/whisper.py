"""Whisper through faster-whisper and CTranslate2, as measured to do best (decision 24).

int8 (float32 is no better at twice the CPU), beam 5, a second try at temperature 0.4, a short prompt of
its own for each chunk, nothing of the text before, no hot words, no batches.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from pathlib import Path

# Before the import: nothing of it may ever ask a hub.
os.environ["HF_HUB_OFFLINE"] = "1"

from faster_whisper import WhisperModel
from faster_whisper.audio import pad_or_trim
from faster_whisper.tokenizer import Tokenizer

from speech.adapters.prompts import prompt_for
from speech.errors import Cancelled, SpeechError
from speech.recogniser import RATE_HZ, Hints, Samples
from speech.words import Word

_BEAM, _TEMPERATURES = 5, [0.0, 0.4]
_LEAST = 1e-10
"""A probability of which a logarithm is taken."""


LEAST_LEFT_S = 0.8
"""What is left of a chunk behind the last words must be as long to be heard as a window of its own: in
the silence at a chunk's end Whisper hears thanks for watching."""


class Whisper:
    """A recogniser for chunks: one model, loaded once; one thread at a time may use it."""

    def __init__(self, folder: Path, threads: int = 2) -> None:
        """Load the model; the folder has been looked at (``models.usable``). Raises SpeechError
        (model_broken)."""
        try:
            self._model = WhisperModel(
                str(folder),
                device="cpu",
                compute_type="int8",
                cpu_threads=threads,
                local_files_only=True,
            )
        except Exception as error:
            said = f"{type(error).__name__}: {error}"[:300]
            raise SpeechError("model_broken", {"folder": str(folder), "said": said}) from error

    def probability(self, samples: Samples, text: str) -> float:
        """Return how likely the tokens of a text are over a sound of at most 30 s: the geometric mean of
        their probabilities, 0 of a text without any."""
        model = self._model
        tokenizer = Tokenizer(
            model.hf_tokenizer, model.model.is_multilingual, task="transcribe", language="zh"
        )
        tokens = tokenizer.encode(text)
        if not tokens or not len(samples):
            return 0.0
        encoded = model.encode(pad_or_trim(model.feature_extractor(samples)))
        frames = max(2, len(samples) // model.feature_extractor.hop_length)
        (found,) = model.model.align(encoded, tokenizer.sot_sequence, [tokens], frames)
        logs = [math.log(max(_LEAST, probability)) for probability in found.text_token_probs]
        return math.exp(sum(logs) / len(logs)) if logs else 0.0

    def recognise(
        self,
        samples: Samples,
        hints: Hints,
        on_progress: Callable[[float], None],
        should_stop: Callable[[], bool],
    ) -> tuple[Word, ...]:
        """Return the words of a chunk (see ``Recogniser``). Never drops any because of "no speech":
        true speech had 0.83 of it, and where nobody speaks nobody asks us."""
        if should_stop():
            raise Cancelled
        segments, _about = self._model.transcribe(
            samples,
            language=hints.language,
            beam_size=_BEAM,
            temperature=_TEMPERATURES,
            condition_on_previous_text=False,
            initial_prompt=prompt_for(hints),
            word_timestamps=True,
            vad_filter=False,
            no_speech_threshold=None,
        )
        found: list[Word] = []
        length_s = len(samples) / RATE_HZ
        for segment in segments:
            if should_stop():
                raise Cancelled
            found += [
                Word(word.start, max(word.start, word.end), word.word.strip(), float(word.probability))
                for word in segment.words or ()
                if word.word.strip()
            ]
            if length_s - segment.end < LEAST_LEFT_S:
                break
        on_progress(1.0)
        return tuple(found)
