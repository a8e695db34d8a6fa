"""What all slices bring together, and the catalogues with it, as the server puts them together."""

from __future__ import annotations

from pathlib import Path

from server.slices import SLICES
from server.web.language.i18n import Catalogues, load_catalogues
from server.web.routing.registry import gather

REGISTRY = gather(SLICES)


def read_catalogues() -> Catalogues:
    """The catalogues as the server reads them."""
    return load_catalogues(Path(__file__).parents[2] / "server" / "locale", REGISTRY.phrases)
