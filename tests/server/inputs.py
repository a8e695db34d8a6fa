"""All that the routes of the application read: fields, addresses, JSON; so that none can be forgotten."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, get_args, get_origin

from fastapi.routing import iter_route_contexts
from pydantic import BaseModel

from server.app import create_app
from tests.support.server import Served

PARTS = ("path", "query", "header", "cookie", "body")


@dataclass(frozen=True)
class Input:
    """One thing that a route reads: where it stands, and how long its text may be (None: no text, or any)."""

    name: str
    part: str
    is_text: bool
    most: int | None
    model: type[BaseModel] | None = None


@dataclass(frozen=True)
class Route:
    """A route and all that it reads."""

    method: str
    path: str
    inputs: tuple[Input, ...]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    def address(self, filler: str = "x") -> str:
        """Its path with each place filled."""
        return re.sub(r"\{[^}]+\}", lambda _: filler, self.path)

    def of(self, part: str) -> list[Input]:
        """What it reads of one part of a request."""
        return [one for one in self.inputs if one.part == part]


def routes_with_inputs(served: Served) -> list[Route]:
    """Every route that the framework answers."""
    app = create_app(served.ports.settings, served.ports)
    found = []
    for context in iter_route_contexts(app.routes):
        dependant = getattr(context, "dependant", None)
        if dependant is not None:
            inputs = tuple(dict.fromkeys(_inputs(dependant)))
            found += [Route(method, str(context.path), inputs) for method in sorted(context.methods or ())]
    return found


def _inputs(dependant: Any) -> Iterator[Input]:
    for part in PARTS:
        for field in getattr(dependant, f"{part}_params"):
            info = field.field_info
            kind = info.annotation
            model = next(
                (one for one in _kinds(kind) if isinstance(one, type) and issubclass(one, BaseModel)), None
            )
            of_each = _inner_most(kind) if get_origin(kind) is Sequence else None
            yield Input(field.alias, part, _is_text(kind), of_each or _most(info.metadata), model)
    for below in dependant.dependencies:
        yield from _inputs(below)


def texts_of(model: type[BaseModel]) -> Iterator[tuple[str, int | None]]:
    """Every text in an object of JSON, as "outer.inner", with its limit; of a list that of what is in it."""
    for name, info in model.model_fields.items():
        for kind in _kinds(info.annotation):
            if isinstance(kind, type) and issubclass(kind, BaseModel):
                yield from ((f"{name}.{inner}", most) for inner, most in texts_of(kind))
        if _has_plain_text(info.annotation) and _most(info.metadata) is None:
            yield name, None
        elif _is_text(info.annotation):
            yield name, _most(info.metadata) or _inner_most(info.annotation)


def _kinds(annotation: Any) -> Iterator[Any]:
    yield annotation
    for inner in get_args(annotation):
        yield from _kinds(inner)


def _is_text(annotation: Any) -> bool:
    return any(kind is str for kind in _kinds(annotation))


def _has_plain_text(annotation: Any) -> bool:
    """Whether a text stands anywhere in it without a limit."""
    if annotation is str:
        return True
    if hasattr(annotation, "__metadata__"):
        inner = get_args(annotation)[0]
        return False if inner is str and _most_of(annotation) else _has_plain_text(inner)
    if get_origin(annotation) is None:
        return False
    return any(_has_plain_text(inner) for inner in get_args(annotation))


def _inner_most(annotation: Any) -> int | None:
    return next((most for kind in _kinds(annotation) if (most := _most_of(kind)) is not None), None)


def _most_of(annotation: Any) -> int | None:
    return _most(
        [
            one
            for info in getattr(annotation, "__metadata__", ())
            for one in (info, *getattr(info, "metadata", ()))
        ]
    )


def _most(metadata: Any) -> int | None:
    return next((one.max_length for one in metadata if getattr(one, "max_length", None) is not None), None)
