"""One noun of the server as one object: all that it brings to the application."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import ModuleType

from fastapi import APIRouter

from server.settings import Settings
from server.web.language.phrases import Sentence
from server.web.limits.bodies import Body
from server.web.navigation import NavigationEntry
from server.web.parts import Context


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """What a slice brings. Nothing of it may be brought twice: `server.web.routing.registry` raises at start.

    `routers` answer in their order; `built_routers` are those that can only be made from the settings.
    `pages` are the contexts that it shows, each with its template.
    `sentences` are what is said about a code. `told_apart` is for a code that somebody else uses too: by
    (code, a value that only this slice gives), the code under which its own sentence stands.
    `words` are what other codes are called: kind of code -> code -> name, marked with N_.
    `navigation` are its entries in the navigation.
    `bodies` are the routes ("METHOD /path/{place}") that take more than other routes, and from whom.
    `tables` are the modules of the library's tables that it works on: a migration knows the tables by them.
    """

    name: str
    routers: tuple[APIRouter, ...] = ()
    built_routers: tuple[Callable[[Settings], APIRouter], ...] = ()
    pages: tuple[type[Context], ...] = ()
    sentences: Mapping[str, Sentence] = field(default_factory=dict)
    told_apart: Mapping[tuple[str, str], str] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    navigation: tuple[NavigationEntry, ...] = ()
    bodies: Mapping[str, Body] = field(default_factory=dict)
    tables: tuple[ModuleType, ...] = ()
