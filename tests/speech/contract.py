"""What every recogniser keeps to, whichever it is."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from speech.errors import Cancelled
from speech.recogniser import RATE_HZ, Hints, Recogniser, Samples


def keeps_the_contract(recogniser: Recogniser, samples: Samples) -> None:
    """``samples``: some seconds in which somebody speaks."""
    told: list[float] = []
    words = recogniser.recognise(samples, Hints(), told.append, lambda: False)
    assert words
    length_s = len(samples) / RATE_HZ
    assert all(0 <= word.start_s <= word.end_s <= length_s + 0.5 for word in words)
    assert all(a.start_s <= b.start_s for a, b in pairwise(words))
    assert all(word.text.strip() and 0 <= word.probability <= 1 for word in words)
    assert told[-1] == 1.0
    assert told == sorted(told)
    before = samples.copy()
    with pytest.raises(Cancelled):
        recogniser.recognise(samples, Hints(), told.append, lambda: True)
    assert np.array_equal(before, samples), "it changed what it was given"
