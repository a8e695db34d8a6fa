"""Context of the page of what is kept on this device."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from server.web.parts import Context


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepClip:
    """A clip that may be kept: `choices` are (rendition, bytes), the smallest first."""

    id: str
    title: str
    duration_s: float
    choices: tuple[tuple[str, int], ...]
    captions_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OfflinePage(Context):
    """GET /offline?clip= : what is kept on this device; kept itself, so that it opens without a network.

    `clip` is the one that is to be kept, None for none; `refused`: it may not be. `enabled`: the library lets
    browsers keep anything. `bare`: the page as it is kept, for nobody in particular.
    """

    template: ClassVar[str] = "offline/offline.html"
    kept_days: int
    most_pages: int
    enabled: bool = True
    clip: KeepClip | None = None
    refused: bool = False
    bare: bool = False
