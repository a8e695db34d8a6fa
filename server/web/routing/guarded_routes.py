"""The routes of a router behind the guard, worked out once in a process and before the first request.

Left to itself, FastAPI works out what the routes of an included router depend on when a first request comes:
half a second and more for ours, in which the event loop answers nobody.
"""

from __future__ import annotations

from fastapi import APIRouter, Depends
from fastapi.params import Depends as Dependency
from fastapi.routing import iter_route_contexts
from starlette.routing import BaseRoute

from server.web.deps import guard, turn


def guards() -> list[Dependency]:
    """Return what is asked before every route."""
    return [Depends(guard), Depends(turn, scope="function")]


def guarded(router: APIRouter) -> list[BaseRoute]:
    """Return the routes of `router` behind `guards()`, ready to be met."""
    around = APIRouter(dependencies=guards())
    around.include_router(router)
    for _route in iter_route_contexts(around.routes):
        pass  # to have asked is what makes them ready
    return around.routes


def guarded_once(router: APIRouter) -> list[BaseRoute]:
    """Return `guarded(router)`, the same for every application of this process: for a router that stays."""
    if id(router) not in _KEPT:
        _KEPT[id(router)] = router, guarded(router)
    return _KEPT[id(router)][1]


_KEPT: dict[int, tuple[APIRouter, list[BaseRoute]]] = {}
"""By identity, as routers have no hash: each with the router, so that no other comes to have its identity."""
