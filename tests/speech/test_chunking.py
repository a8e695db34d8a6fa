"""Chunks lie side by side over the whole sound, are short enough for the recogniser, and cut no speech
that has pauses."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speech.chunking import LONGEST_S, chunks_of
from speech.words import Span


@st.composite
def speech(draw: st.DrawFn) -> tuple[list[Span], float]:
    at_s, found = draw(st.floats(0, 40)), []
    for _ in range(draw(st.integers(0, 30))):
        length_s = draw(st.floats(0.1, 45))
        found.append(Span(at_s, at_s + length_s))
        at_s += length_s + draw(st.floats(0.1, 50))
    return found, at_s + draw(st.floats(0, 40))


@pytest.mark.slow
@settings(deadline=None)
@given(speech())
def test_every_second_is_in_one_chunk_and_all_speech_is_heard(spoken: tuple[list[Span], float]) -> None:
    spans, end_s = spoken
    chunks = chunks_of(spans, 0.0, end_s)
    assert [chunk.start_s for chunk in chunks[1:]] == [chunk.end_s for chunk in chunks[:-1]]
    if chunks:
        assert (chunks[0].start_s, chunks[-1].end_s) == (0.0, end_s)
    for chunk in chunks:
        if chunk.speech:
            assert chunk.end_s - chunk.start_s <= LONGEST_S + 1e-6
            assert chunk.heard.start_s >= chunk.start_s
            assert chunk.heard.end_s <= chunk.end_s
    heard = [span for chunk in chunks for span in chunk.speech]
    assert abs(sum(span.length_s for span in heard) - sum(span.length_s for span in spans)) < 1e-6
    short = [span for span in spans if span.length_s < LONGEST_S - 1]
    assert all(
        any(abs(one.start_s - span.start_s) < 1e-9 and abs(one.end_s - span.end_s) < 1e-9 for one in heard)
        for span in short
    )


def test_a_chunk_takes_what_fits_and_is_cut_in_the_pause_behind() -> None:
    spans = [Span(0, 10), Span(10.3, 18), Span(19.5, 26), Span(26.2, 40)]
    first, second, *_ = chunks_of(spans, 0.0, 40.0)
    assert 26 < first.end_s < 26.2
    assert second.speech == (spans[3],)
