"""Every route of the application, so that a test can ask each and a new one cannot be forgotten."""

from __future__ import annotations

import re

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from server.app import create_app
from server.slices.watching.beats import PATH
from tests.support.server import Served

BEATS = f"POST {PATH}"
"""Answered outside of the framework, so the framework does not know of it."""
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")

OF_A_KIND = 4
"""How many addresses a walk visits of those that differ only in what they name."""


def kind_of(path: str) -> str:
    """What an address is without the things that it names: ids, numbers, weeks, and the values of a query."""
    place, _, query = path.partition("?")
    place = re.sub(r"(?<=/system/licences/).+", "{}", place)  # hundreds of parts, by their names
    named = re.sub(r"(?<=/)([0-9a-z]{16}|[0-9][0-9W-]*)(?=/|$)", "{}", place)
    return f"{named}?{sorted(word.partition('=')[0] for word in query.split('&'))}"


def application(served: Served) -> FastAPI:
    """The application that a server runs."""
    return create_app(served.ports.settings, served.ports)


def all_routes(served: Served) -> set[str]:
    """Each route as "METHOD /path"; a mount, which takes all methods, as "* /path"."""
    found = set()
    for route in iter_route_contexts(application(served).routes):
        methods = getattr(route, "methods", None) or {"*"}
        # HEAD comes with GET and does the same.
        found |= {f"{method} {route.path}" for method in methods if method != "HEAD" or len(methods) == 1}
    return found | {BEATS}
