"""The slices put together: one registry for the pages and the command line, one list of routers for the web.

Whatever two of them bring is refused here, when the program starts; a later one never quietly wins.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.routing import iter_route_contexts

from server.settings import Settings
from server.web.language.phrases import Phrases, SlicesClash, Spoken, joined, together
from server.web.language.sentences import SENTENCES
from server.web.limits.bodies import Body
from server.web.navigation import NavigationEntry
from server.web.parts import Context, ErrorPage
from server.web.slice import Slice

__all__ = ["SHARED", "Registry", "SlicesClash", "gather", "routers_of"]

SHARED = Slice(name="everybody", pages=(ErrorPage,), sentences=SENTENCES)
"""What is there before any slice comes."""


@dataclass(frozen=True, slots=True)
class Registry:
    """What all slices bring: sentences and words, pages by their templates, the navigation in its order, the
    routes that take large bodies."""

    phrases: Phrases
    pages: dict[str, type[Context]]
    navigation: tuple[NavigationEntry, ...]
    bodies: dict[str, Body]


def gather(slices: Sequence[Slice]) -> Registry:
    """Put together what `slices` bring and what everybody shares; raises SlicesClash."""
    slices = (SHARED, *slices)
    joined("the name", slices, lambda one: [(one.name, one)])
    return Registry(
        phrases=together([Spoken(one.name, one.sentences, one.told_apart, one.words) for one in slices]),
        pages=joined("the template", slices, lambda one: [(page.template, page) for page in one.pages]),
        navigation=tuple(
            sorted((entry for one in slices for entry in one.navigation), key=lambda entry: entry.rank)
        ),
        bodies=joined("the body of", slices, lambda one: one.bodies.items()),
    )


def routers_of(slices: Sequence[Slice], settings: Settings) -> list[APIRouter]:
    """Return all routers of `slices` in their order, those built that need the settings.

    Raises SlicesClash for a route that two routers would answer, or that one router has twice.
    """
    routers: list[APIRouter] = []
    # Only what has the same method and as many parts can meet: at every start all are compared with all.
    taken: dict[tuple[str, int], list[tuple[str, str, APIRouter]]] = defaultdict(list)
    for one in slices:
        for router in (*one.routers, *(build(settings) for build in one.built_routers)):
            for method, path in _routes(router):
                alike = taken[method, path.count("/")]
                for owner, other_path, other in alike:
                    # Within one router the order is meant: /words stands before /{entry_id}.
                    if _same(path, other_path) if other is router else _overlap(path, other_path):
                        raise SlicesClash(
                            f"{method} {path} of the slice {one.name} is {other_path} of the slice {owner}"
                        )
                alike.append((one.name, path, router))
            routers.append(router)
    return routers


def paths_of(routers: Iterable[APIRouter]) -> list[str]:
    """Return the paths of all routes, as they are declared."""
    return [path for router in routers for _method, path in _routes(router)]


def _routes(router: APIRouter) -> Iterator[tuple[str, str]]:
    for route in iter_route_contexts(router.routes):
        for method in sorted(getattr(route, "methods", None) or {"*"}):
            yield method, str(route.path)


_PLACE = re.compile(r"\{[^}]*\}")


def _same(one: str, other: str) -> bool:
    """Tell whether two paths are the same but for what their places are called."""
    return _PLACE.sub("{}", one) == _PLACE.sub("{}", other)


def _overlap(one: str, other: str) -> bool:
    """Tell whether an address can be of both paths, so that the order of routers decides who answers."""
    ours, theirs = one.split("/"), other.split("/")
    return len(ours) == len(theirs) and all(map(_parts_meet, reversed(ours), reversed(theirs)))


def _parts_meet(one: str, other: str) -> bool:
    if "{" not in one and "{" not in other:
        return one == other
    if "{" in one and "{" in other:
        return True
    pattern, text = (one, other) if "{" in one else (other, one)
    # What stands between places stays as it is: {n}.jpg meets 3.jpg and not 3.png.
    return re.fullmatch(".+".join(map(re.escape, _PLACE.split(pattern))), text) is not None
