"""What recognises, as the rest sees it: samples in, words out. The port that ``adapters`` fill."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from speech.words import Word

RATE_HZ = 16_000

Samples = NDArray[np.float32]
"""Mono sound at RATE_HZ, from -1 to 1."""


@dataclass(frozen=True)
class Hints:
    """What is known before: the language ("zh") and terms that may be said. Terms are for ``repair``:
    given to the model they do harm (twenty hot words: 39 % of the characters wrong instead of 15)."""

    language: str = "zh"
    terms: tuple[str, ...] = ()
    before: str = ""
    """What was said just before, where that was recognised well: the names of things stay the same."""


class Recogniser(Protocol):
    """Recognises speech. An adapter is given at most ``chunking.LONGEST_S`` at once;
    ``listening.Listener``, which is one too, takes any length."""

    def recognise(
        self,
        samples: Samples,
        hints: Hints,
        on_progress: Callable[[float], None],
        should_stop: Callable[[], bool],
    ) -> tuple[Word, ...]:
        """Return the words in the order of their beginnings, in seconds from the first sample; none
        where nobody speaks.

        ``on_progress`` is told the share that is done, 0 to 1. Raises Cancelled soon after
        ``should_stop`` says so, SpeechError when the recogniser fails.
        """
        ...
