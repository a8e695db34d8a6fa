"""Context of the page of feeds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal

from server.web.parts import Context


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedAddress:
    """An address to subscribe to: what it is of, its name ("" where the kind says all), and the same with
    sound alone, "" for none."""

    kind: Literal["weeks", "gatherings", "lessons", "reflections", "series", "topic", "node"]
    name: str
    url: str
    sound_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedsPage(Context):
    """GET /account/feeds?series=&topic= (signed in): the addresses of feeds.

    `made_at` is when their private link was made, None where they have none: then `feeds` is empty. `public`
    are the addresses of what everybody may see. `downloads`: files can be taken along. A podcast has the
    `most` newest lessons. `local`: the addresses are of this machine alone, because nobody has set a public
    one.
    Forms: POST /account/feeds/make (), POST /account/feeds/end ().
    """

    template: ClassVar[str] = "feeds/feeds.html"
    made_at: datetime | None
    feeds: tuple[FeedAddress, ...]
    public: tuple[FeedAddress, ...]
    downloads: bool
    most: int
    local: bool
