"""From words that a machine heard to lines of a transcript, and to where a text is said. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from library.catalog.rules import CueLine, CueSource
from library.hearing.rules import Heard
from library.intake.transcripts.aligning import Place, Places
from library.intake.transcripts.repairing import Repaired
from speech.alignment import align
from speech.cues import SpokenCue, cues_of_words
from speech.holes import SAID_AT_LEAST, Hole, holes
from speech.repair import repair
from speech.words import Word
from transcode.remarks import Remark

Undone = Collection[tuple[float, str]]
"""Repairs that somebody took back: when the word is said, and what the machine wrote."""


@dataclass(frozen=True)
class Spoken:
    """The lines of a recognised transcript, what was exchanged in them, and what is to be known of them."""

    lines: tuple[CueLine, ...]
    repairs: tuple[Repaired, ...] = ()
    remarks: tuple[Remark, ...] = ()


def spoken(heard: Heard, terms: Iterable[str], undone: Undone = ()) -> Spoken:
    """Return the lines of what was heard, with `terms` in the places where something else of the same sound
    was written, except those that somebody has taken back."""
    mended, repairs = repair(heard.words, terms)
    words, kept = list(mended), []
    for one in repairs:
        start_s = heard.words[one.at].start_s
        taken_back = (round(start_s, 3), one.was) in undone
        if taken_back:
            _put_back(words, heard.words, one.at, len(one.was))
        kept.append((start_s, one.was, one.now, taken_back))
    cues = cues_of_words(words, heard.pauses)
    told = Counter[str]()
    for remark in heard.remarks:
        told[remark.code] += remark.count
    remarks = [Remark(code, count) for code, count in told.items()]
    exchanged = sum(not taken_back for *_one, taken_back in kept)
    if exchanged:
        remarks.append(Remark("words_repaired", exchanged))
    return Spoken(tuple(map(_line, cues)), tuple(_placed(cues, kept)), tuple(remarks))


def _put_back(words: list[Word], heard: Sequence[Word], at: int, characters: int) -> None:
    """Let the words that hold so many characters from word `at` on be as they were heard."""
    while characters > 0 and at < len(words):
        words[at] = replace(words[at], text=heard[at].text)
        characters -= len(heard[at].text)
        at += 1


def _line(cue: SpokenCue) -> CueLine:
    return CueLine(
        round(cue.start_s, 3),
        round(cue.end_s, 3),
        cue.text,
        source=CueSource.RECOGNISED,
        confidence=cue.confidence,
        doubtful=cue.doubtful,
    )


def _placed(cues: Sequence[SpokenCue], repairs: Iterable[tuple[float, str, str, bool]]) -> Iterable[Repaired]:
    """Find each repair in its line; one that a line's end cuts in two is in the text and not in the list."""
    line, at = 0, 0
    for start_s, was, now, taken_back in repairs:
        while line + 1 < len(cues) and cues[line + 1].start_s <= start_s + _NEAR_S:
            line, at = line + 1, 0
        stands = was if taken_back else now
        for candidate in (line, line - 1):
            found = (
                cues[candidate].text.find(stands, at if candidate == line else 0) if candidate >= 0 else -1
            )
            if found >= 0:
                yield Repaired(candidate, found, was, now, round(start_s, 3), taken_back)
                at = found + len(stands) if candidate == line else at
                break


_NEAR_S = 0.005
"""Lines keep milliseconds."""


def undone_of(repairs: Iterable[Repaired]) -> Undone:
    """Return the repairs that somebody took back, as `spoken` takes them."""
    return {(round(one.start_s, 3), one.was) for one in repairs if one.undone}


def places(text: Sequence[CueLine], heard: Heard) -> Places:
    """Return where the lines of a text are said, and the lines of what is said beyond it."""
    aligned = align([line.text for line in text], heard.words, heard.pauses)
    found = tuple(
        None
        if cue is None
        else Place(round(cue.start_s, 3), round(cue.end_s, 3), round(min(1.0, cue.share), 3))
        for cue in aligned.cues
    )
    beyond = [
        _line(cue)
        for first, last in aligned.beyond
        for cue in cues_of_words(heard.words[first:last], heard.pauses)
    ]
    return Places(found, tuple(beyond))


def missing(text: Sequence[CueLine], heard: Heard, found: Places) -> tuple[Hole, ...]:
    """Return the lines that were not found between two that were, where there is room for one."""
    placed = [None if one is None else (one.start_s, one.end_s) for one in found.lines]
    return holes([line.text for line in text], placed, heard.pauses)


def filled(found: Places, asked: Iterable[Hole], likely: Mapping[int, float]) -> Places:
    """Return the places with those lines too that are likely enough to have been said (by their number).

    Their share is that likelihood: no syllable of them need have been heard.
    """
    lines = list(found.lines)
    for hole in asked:
        if likely.get(hole.n, 0.0) >= SAID_AT_LEAST:
            share = round(min(1.0, likely[hole.n]), 3)
            lines[hole.n] = Place(round(hole.start_s, 3), round(hole.end_s, 3), share)
    beyond = [line for line in found.beyond if not any(_covers(lines[one.n], line) for one in asked)]
    return replace(found, lines=tuple(lines), beyond=tuple(beyond))


def _covers(place: Place | None, line: CueLine) -> bool:
    """Tell whether what was taken for said beyond the text lies where a line of it was said."""
    if place is None or line.start_s is None or line.end_s is None:
        return False
    return place.start_s <= (line.start_s + line.end_s) / 2 <= place.end_s
