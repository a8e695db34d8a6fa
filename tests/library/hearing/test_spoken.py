"""Lines of a script that were not heard, and are likely to have been said all the same."""

from __future__ import annotations

from library.catalog.rules import CueLine
from library.hearing.rules import Heard
from library.hearing.spoken import filled, missing
from library.intake.transcripts.aligning import Place, Places
from speech.holes import SAID_AT_LEAST
from speech.words import Word

SENTENCES = ("同志们大家好。", "我们今天讲讲余村。", "谢谢大家来听。")
PAUSES = ((1.9, 2.5), (4.4, 5.1))


def test_only_what_is_likely_enough_is_placed_and_no_longer_beyond() -> None:
    text = [CueLine(None, None, one) for one in SENTENCES]
    heard = Heard((Word(2.6, 4.3, "听不清", 0.3),), PAUSES)
    beyond = CueLine(2.6, 4.3, "听不清")
    found = Places((Place(0.5, 2.0, 1.0), None, Place(5.0, 6.5, 1.0)), (beyond,))
    asked = missing(text, heard, found)
    assert filled(found, asked, {1: SAID_AT_LEAST - 0.001}) == found
    assert filled(found, asked, {}) == found
    became = filled(found, asked, {1: 0.2})
    assert became.lines[1] == Place(2.5, 4.4, 0.2)
    assert became.beyond == ()
