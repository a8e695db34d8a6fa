"""What a machine made of a lesson's transcript, as the page of its transcripts shows it."""

from __future__ import annotations

from collections.abc import Sequence

from library.catalog import transcript_versions as versions
from library.catalog.rules import CueLine, TranscriptQuality
from library.catalog.tables import TranscriptVersion
from library.intake.transcripts import telling
from server.slices.intake.contexts import BeyondLine, DraftLine, HeardPart, RepairLine

_MOST_SHOWN = 1500
"""Lines of a draft that are shown: an hour has about a thousand."""


def heard_part(given: Sequence[TranscriptVersion]) -> HeardPart | None:
    """Return what a machine made of the version in use of those given; None where it had no hand in it."""
    version = next((one for one in given if one.in_use), None)
    if version is None:
        return None
    if version.quality is TranscriptQuality.RECOGNISED:
        lines = versions.lines_of(version)
        return HeardPart(
            n=version.n,
            draft=tuple(_draft(line) for line in lines[:_MOST_SHOWN]),
            draft_left=max(0, len(lines) - _MOST_SHOWN),
            repairs=tuple(
                RepairLine(k=k, start_s=one.start_s, was=one.was, now=one.now, undone=one.undone)
                for k, one in enumerate(telling.repairs_of(version))
            ),
        )
    places = telling.places_of(version)
    if places is None or not places.figures.fits:
        return None
    return HeardPart(
        n=version.n,
        unsaid=places.unsaid(versions.lines_of(version)),
        beyond=tuple(
            BeyondLine(n=n, start_s=line.start_s or 0.0, text=line.text, taken=n in places.taken)
            for n, line in enumerate(places.beyond)
        ),
    )


def _draft(line: CueLine) -> DraftLine:
    return DraftLine(start_s=line.start_s or 0.0, parts=parts_of(line.text, line.doubtful))


def parts_of(text: str, doubtful: Sequence[tuple[int, int]]) -> tuple[tuple[str, bool], ...]:
    """Return a text in pieces, and whether each is one of the doubtful spans."""
    found, at = [], 0
    for first, last in sorted(doubtful):
        first, last = max(at, first), min(len(text), last)
        if first > at:
            found.append((text[at:first], False))
        if last > first:
            found.append((text[first:last], True))
            at = last
        at = max(at, first)
    if at < len(text):
        found.append((text[at:], False))
    return tuple(found)
