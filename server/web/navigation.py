"""The navigation: the entries that slices bring, and which of them a viewer is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from library.core.permits import Role, Viewer
from library.core.rights import Act, allowed
from server.web.parts import Navigation, NavigationLink


@dataclass(frozen=True, slots=True, kw_only=True)
class NavigationEntry:
    """A way to a page. `place`: the bar above every page, the bell, or the menu under one's own name.

    Entries stand in the order of `rank`, the lowest first. `label` is marked with N_. `shown_to` tells who
    sees the entry, `number` counts what waits behind it for them, no further than to `most` (0: all): a
    SELECT of one number, or None for 0. All numbers of a page are asked for at once.
    """

    place: Literal["main", "bell", "personal"]
    rank: int
    url: str
    label: str
    shown_to: Callable[[Viewer], bool]
    number: Callable[[Viewer], Select[int] | None] | None = None
    most: int = 0


def everybody(viewer: Viewer) -> bool:
    """Show an entry to all, also to those who have not signed in."""
    return True


def lecturers(viewer: Viewer) -> bool:
    """Show an entry to lecturers and whoever stands above them."""
    return viewer.has(Role.LECTURER)


def keepers(viewer: Viewer) -> bool:
    """Show an entry to those who keep the people of a node: secretaries, and the staff."""
    return viewer.has(Role.SECRETARY)


def reviewers(viewer: Viewer) -> bool:
    """Show an entry to those who decide about lessons: reviewers and the staff."""
    return viewer.has(Role.REVIEWER)


def staff(viewer: Viewer) -> bool:
    """Show an entry to the staff."""
    return viewer.has(Role.STAFF)


def admins(viewer: Viewer) -> bool:
    """Show an entry to those who look after the machine: administrators of the whole tree."""
    return allowed(viewer, Act.SYSTEM_LOOK)


WORK = frozenset(
    ("studio", "progress", "cut", "cover", "words", "transcripts", "works", "declare", "draft", "versions")
)
"""What a lecturer does to a lesson, by the word after its id in the address."""


def section_of(path: str, links: Iterable[NavigationLink]) -> str:
    """Return the url of the entry among `links` that a page belongs to, "" where it belongs to none.

    A page belongs to the entry that its address begins with; but the pages on which a lesson is made belong
    to one's own lessons, and its figures to the figures, where the viewer has such an entry.
    """
    urls = {link.url for link in links}
    parts = path.split("?", 1)[0].strip("/").split("/")
    if parts[0] in ("lessons", "clips") and len(parts) > 2:
        own = "/stats" if parts[2] == "stats" else "/mine" if parts[2] in WORK else ""
        if own in urls:
            return own
    if parts[0] in ("clips", "topics", "lecturers"):
        parts[0] = "lessons"
    own = "/" + parts[0]
    return own if own in urls else ""


def numbers_of(
    session: Session, viewer: Viewer, entries: Iterable[NavigationEntry], known: Mapping[str, int]
) -> dict[str, int]:
    """Return the numbers of the entries that a viewer is shown, by url, in one statement; those that are
    `known` are not counted."""
    counted = {}
    for entry in entries:
        if entry.number is not None and entry.url not in known and entry.shown_to(viewer):
            wanted = entry.number(viewer)
            if wanted is not None:
                counted[entry.url] = wanted.scalar_subquery()
    found = session.execute(select(*counted.values())).one() if counted else ()
    return {**known, **dict(zip(counted, found, strict=True))}


def navigation_for(
    viewer: Viewer, entries: Iterable[NavigationEntry], number_of: Callable[[NavigationEntry], int]
) -> Navigation:
    """Return what `viewer` is shown of `entries`; only shown ones are asked for their number."""
    shown = [entry for entry in entries if entry.shown_to(viewer)]

    def links(place: str) -> tuple[NavigationLink, ...]:
        return tuple(
            NavigationLink(
                url=entry.url,
                label=entry.label,
                number=number_of(entry) if entry.number else 0,
                most=entry.most,
            )
            for entry in shown
            if entry.place == place
        )

    return Navigation(main=links("main"), bell=links("bell"), personal=links("personal"))
