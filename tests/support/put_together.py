"""What every server loads and works out once in its process, in the process that servers are forked from.

Loaded by it (tests/support/processes.py): each `weike serve` of the tests begins with its routes, its tables
and its sentences ready, as a second application in one process does.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.orm import configure_mappers

import server.app
from server.slices import SLICES
from server.web.language.i18n import load_catalogues
from server.web.routing.guarded_routes import guarded_once
from server.web.routing.registry import gather

configure_mappers()
for one in SLICES:
    for router in one.routers:
        guarded_once(router)
load_catalogues(Path(server.app.__file__).parent / "locale", gather(SLICES).phrases)
